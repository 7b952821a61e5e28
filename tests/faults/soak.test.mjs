// SPDX-License-Identifier: MIT
// A site in use for SOAK_SECONDS (60): every endpoint and the guard at once,
// sessions that refresh, end and are refused, keys that change, clean-up that
// runs. Memory, descriptors and database connections stay what they were.
import assert from 'node:assert/strict'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { addClient, startSite } from '../lib/site.mjs'
import { authorizationRequest, Browser, callback, connect, newVerifier, redemption, refreshing, register, rpc, token, until } from '../lib/flow.mjs'
import { postForm, send } from '../lib/http.mjs'

const seconds = Number(process.env.SOAK_SECONDS ?? 60)
// What a worker may gain once it is warm: its arenas and caches grew to their
// size by then. A leak of a byte a request shows in an hour, not in a minute.
const GROWTH_MAX_KIB = 1024
const REFRESHING = 6
const PEOPLE = 2

let site, reader
before(async () => {
  site = await startSite({
    conf: 'ACCESS_TOKEN_EXPIRES=20\nKEY_PERIOD=60\nREFRESH_REUSE_GRACE=5\nREGISTRATION_LIMIT=100000000\nLOGIN_LIMIT_REMOTE=100000000\nLOGIN_LIMIT_ACCOUNT=100000000\nLOGIN_LIMIT_BROWSER=100000000',
    guardConf: 'JWKS_FILE=\nJWKS_URL=http://127.0.0.1:@PORT@/.well-known/jwks.json'
  })
  reader = await addClient(site, '--name', 'Reader', '--client-credentials', '--introspect', '/mcp')
})
after(() => site?.stop())

// ---- what is asked

const counts = {} // by what was asked and which status came
const outages = [] // 503, which clients must bear and we report
function note (what, answer, ...expected) {
  const key = `${what} ${answer.status}`
  counts[key] = (counts[key] ?? 0) + 1
  if (answer.status === 503) {
    assert.ok(answer.headers['retry-after'], `${what}: 503 without Retry-After`)
    outages.push(what)
  } else {
    assert.ok(expected.includes(answer.status), `${what}: ${answer.status} ${answer.text}`)
  }
  return answer
}

const call = (tokens, ...expected) => rpc(site.mcp, tokens?.access_token, 'tools/call', { name: 'whoami' }).then(answer => note('guard', answer, ...expected))
const get = (what, path, status, headers = {}) => send(site.url(path), { headers }).then(answer => note(what, answer, status))
const post = (what, fields, status, headers) => postForm(site.url('/api/oauth/' + what), fields, headers).then(answer => note(what, answer, status))

// A session that lives on: it refreshes, asks the MCP server, and repeats itself
// as a client does that lost an answer.
async function refresher (running) {
  let { client, tokens } = await connect(site)
  while (running()) {
    const before = tokens
    const answer = note('token', await token(site, refreshing(client, tokens)), 200)
    if (answer.status === 200) tokens = answer.json
    for (let i = 0; i < 5; i++) await call(tokens, 200)
    if (Math.random() < 0.1) {
      const again = note('token, again', await token(site, refreshing(client, before)), 200)
      if (again.status === 200) assert.equal(again.json.refresh_token, tokens.refresh_token)
    }
  }
}

// A person who connects applications, looks at them, and takes them back.
async function person (running) {
  while (running()) {
    const browser = new Browser(site)
    const { client, tokens } = await connect(site, { browser, params: { scope: 'openid email' } })
    await call(tokens, 200)
    await get('userinfo', '/api/oauth/userinfo', 200, { Authorization: `Bearer ${tokens.access_token}` })
    note('apps', await browser.get('/api/oauth/apps'), 200)
    note('password', await browser.get('/api/oauth/password'), 200)
    note('second_factor', await browser.get('/api/oauth/second-factor'), 200, 404)
    const known = note('introspect', await postForm(site.url('/api/oauth/introspect'), { token: tokens.access_token, ...reader }), 200)
    if (known.status === 200) assert.equal(known.json.active, true)
    const revoked = await post('revoke', { client_id: client.client_id, token: tokens.refresh_token }, 200)
    if (revoked.status !== 200) continue
    note('token, revoked', await token(site, refreshing(client, tokens)), 400)
    await until(async () => (await call(tokens, 200, 401)).status === 401)
  }
}

// A code that comes twice ends what it started.
async function thief (running) {
  while (running()) {
    const { client, code, verifier, tokens } = await connect(site)
    note('token, code again', await token(site, redemption(client, code, verifier)), 400)
    note('token, of a thief', await token(site, refreshing(client, tokens)), 400)
  }
}

// What asks for nothing of anybody.
async function stranger (running) {
  while (running()) {
    await get('server_metadata', '/.well-known/oauth-authorization-server', 200)
    await get('resource_metadata', '/.well-known/oauth-protected-resource/mcp', 200)
    await get('jwks', '/.well-known/jwks.json', 200)
    await get('health', '/api/oauth/health', 200)
    await get('metrics', '/api/oauth/metrics', 200)
    await get('logout', '/api/oauth/logout', 200)
    await get('device', '/api/oauth/device', 200)
    await call(undefined, 401)
    await call({ access_token: 'eyJhbGciOiJub25lIn0.e30.' }, 401)
    await post('token', { grant_type: 'refresh_token', client_id: 'nobody', refresh_token: 'x' }, 401)
    await post('introspect', { token: 'x' }, 401)
    const client = await register(site)
    note('authorize', await new Browser(site).authorize({ ...authorizationRequest(client, newVerifier()), redirect_uri: callback + '/other' }), 400)
    await post('par', authorizationRequest(client, newVerifier()), 201)
    await post('device_authorization', { client_id: client.client_id }, client.grant_types.includes('urn:ietf:params:oauth:grant-type:device_code') ? 200 : 400)
    await post('token', { grant_type: 'client_credentials', ...reader, resource: site.mcp }, 200)
  }
}

// ---- what is looked at

/** Each process of ours: {pid: {program, kib, descriptors, connections}}. */
async function look () {
  const folder = join(site.values.STATE, 'usr/libexec/mcp-oauth')
  const found = {}
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    try {
      const program = await readlink(`/proc/${pid}/exe`)
      if (!program.startsWith(folder)) continue
      const [, kib] = /^RssAnon:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))
      const descriptors = (await readdir(`/proc/${pid}/fd`)).length
      found[pid] = { program: program.split('/').pop(), kib: Number(kib), descriptors }
    } catch { /* it ended meanwhile */ }
  }
  return found
}

const connections = async () => (await site.sql("SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename IN ('mcp_web', 'mcp_guard')"))[0].n

const sum = (processes, member) => Object.values(processes).reduce((all, one) => all + one[member], 0)
const asked = () => Object.values(counts).reduce((all, n) => all + n, 0)

function row (at, processes, open) {
  const guards = Object.values(processes).filter(one => one.program === 'guard')
  const largest = Math.max(0, ...Object.values(processes).map(one => one.kib))
  return [at, asked(), outages.length, Object.keys(processes).length, guards.length, sum(processes, 'kib'), largest, sum(processes, 'descriptors'), open].map(String)
}

function print (rows) {
  const all = [['s', 'requests', '503', 'workers', 'guards', 'KiB', 'largest', 'fds', 'connections'], ...rows]
  const widths = all[0].map((_, i) => Math.max(...all.map(line => line[i].length)))
  for (const line of all) console.log(line.map((cell, i) => cell.padStart(widths[i])).join('  '))
}

// Of those that were warm and are still there: none has more than it had.
function compare (warm, last) {
  let compared = 0
  for (const [pid, now] of Object.entries(last)) {
    const then = warm[pid]
    if (!then || then.program !== now.program) continue
    compared++
    assert.ok(now.kib - then.kib <= GROWTH_MAX_KIB, `${now.program} grew from ${then.kib} to ${now.kib} KiB`)
    assert.ok(now.descriptors <= then.descriptors + 2, `${now.program} had ${then.descriptors} descriptors, and has ${now.descriptors}`)
  }
  assert.ok(compared > 0, 'no worker lived long enough')
  return compared
}

test(`in use for ${seconds} s, nothing grows and nothing fails`, { timeout: (seconds + 120) * 1000 }, async () => {
  const end = Date.now() + seconds * 1000
  let failed
  const running = () => Date.now() < end && !failed
  const fail = error => { failed ??= error }
  const rows = []
  let warm, last
  const purging = async () => {
    while (running()) {
      await site.command('purge', '--database', site.values.DATABASE_URL)
      await new Promise(resolve => setTimeout(resolve, 5000))
    }
  }
  const looking = async () => {
    const began = Date.now()
    const pause = Math.min(60000, seconds * 1000 / 12)
    while (running()) {
      await new Promise(resolve => setTimeout(resolve, pause))
      const open = await connections()
      last = await look()
      if (!warm && Date.now() - began > seconds * 250) warm = last
      assert.ok(open <= Object.keys(last).length, `${open} connections of ${Object.keys(last).length} workers`)
      rows.push(row(Math.round((Date.now() - began) / 1000), last, open))
    }
  }
  await Promise.all([
    ...Array.from({ length: REFRESHING }, () => refresher(running)),
    ...Array.from({ length: PEOPLE }, () => person(running)),
    thief(running), stranger(running), purging(), looking()
  ].map(part => part.catch(fail)))
  print(rows)
  console.log(Object.entries(counts).sort().map(([what, n]) => `${what}: ${n}`).join(', '))
  if (failed) throw failed
  console.log(`${compare(warm, last)} workers were there from the first quarter to the end`)
  const kids = (await send(site.url('/.well-known/jwks.json'))).json.keys.length
  assert.ok(kids >= 2, 'keys of more than one period')
})
