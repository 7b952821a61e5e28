// SPDX-License-Identifier: MIT
// A site in use for SOAK_SECONDS (60): every endpoint and the guard at once,
// sessions that refresh, end and are refused, keys that change, clean-up that
// runs. Memory, descriptors and database connections stay what they were.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { addClient, startSite } from '../lib/site.mjs'
import { authorizationRequest, Browser, callback, connect, newVerifier, redemption, refreshing, register, rpc, token, until } from '../lib/flow.mjs'
import { postForm, postJson, send } from '../lib/http.mjs'
import { workersOf } from '../lib/workers.mjs'

const seconds = Number(process.env.SOAK_SECONDS ?? 60)
// What a worker may gain once it is warm: its arenas and caches grew to their
// size by then. A leak of a byte a request shows in an hour, not in a minute.
const GROWTH_MAX_KIB = 1024
const REFRESHING = 6
const PEOPLE = 2

let site, reader, machine, television
before(async () => {
  site = await startSite({
    conf: 'ACCESS_TOKEN_EXPIRES=60\nKEY_PERIOD=60\nREGISTRATION_LIMIT=100000000\nLOGIN_LIMIT_REMOTE=100000000\nLOGIN_LIMIT_ACCOUNT=100000000\nLOGIN_LIMIT_BROWSER=100000000',
    guardConf: 'JWKS_FILE=\nJWKS_URL=http://127.0.0.1:@PORT@/.well-known/jwks.json'
  })
  reader = await addClient(site, '--name', 'Reader', '--introspect', '/mcp')
  machine = await addClient(site, '--name', 'Machine', '--client-credentials')
  const answer = await postJson(site.url('/api/oauth/register'), {
    client_name: 'A television',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
    token_endpoint_auth_method: 'none'
  })
  assert.equal(answer.status, 201, answer.text)
  television = answer.json
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

// A person who is told that too many sign in comes back when told to.
class PatientBrowser extends Browser {
  get (...request) { return this.patiently(() => super.get(...request)) }
  post (...request) { return this.patiently(() => super.post(...request)) }

  async patiently (request) {
    for (;;) {
      const answer = await request()
      if (answer.status !== 503) return answer
      note('browser', answer)
      await sleep(Number(answer.headers['retry-after']) * 1000)
    }
  }
}
const connected = options => connect(site, { browser: new PatientBrowser(site), ...options })

const call = (tokens, ...expected) => rpc(site.mcp, tokens?.access_token, 'tools/call', { name: 'whoami' }).then(answer => note('guard', answer, ...expected))
const get = (what, path, status, headers = {}) => send(site.url(path), { headers }).then(answer => note(what, answer, status))
const post = (what, fields, status, headers) => postForm(site.url('/api/oauth/' + what), fields, headers).then(answer => note(what, answer, status))

// A session that lives on: it refreshes, asks the MCP server, and repeats itself
// as a client does that lost an answer.
async function refresher (running) {
  let { client, tokens } = await connected()
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
    const { browser, client, tokens } = await connected({ params: { scope: 'openid email' } })
    await call(tokens, 200)
    await get('userinfo', '/api/oauth/userinfo', 200, { Authorization: `Bearer ${tokens.access_token}` })
    note('apps', await browser.get('/api/oauth/apps'), 200)
    note('password', await browser.get('/api/oauth/password'), 200)
    note('second_factor', await browser.get('/api/oauth/second_factor'), 200)
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
    const { client, code, verifier, tokens } = await connected()
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
    await post('device_authorization', { client_id: television.client_id }, 200)
    await post('token', { grant_type: 'client_credentials', ...machine }, 200)
  }
}

// ---- what is looked at

/** Each process of ours, by its pid. */
const look = async () => Object.fromEntries((await workersOf(site)).map(worker => [worker.pid, worker]))

const connections = async () => (await site.sql("SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename IN ('mcp_web', 'mcp_guard')"))[0].n

const sum = (processes, size) => Object.values(processes).reduce((all, one) => all + size(one), 0)
const asked = () => Object.values(counts).reduce((all, n) => all + n, 0)

function row (at, processes, open) {
  const guards = Object.values(processes).filter(one => one.program === 'guard')
  const largest = Math.max(0, ...Object.values(processes).map(one => one.memory_kb))
  return [at, asked(), outages.length, Object.keys(processes).length, guards.length, sum(processes, one => one.memory_kb), largest, sum(processes, one => one.fds.length), open].map(String)
}

function print (rows) {
  const all = [['s', 'requests', '503', 'workers', 'guards', 'KiB', 'largest', 'fds', 'connections'], ...rows]
  const widths = all[0].map((_, i) => Math.max(...all.map(line => line[i].length)))
  for (const line of all) console.log(line.map((cell, i) => cell.padStart(widths[i])).join('  '))
}

// Of those that were warm and are still there: none has more than it had. A
// request under way has its connection, and a lock or two.
function compare (warm, last) {
  let compared = 0
  for (const [pid, now] of Object.entries(last)) {
    const then = warm[pid]
    if (!then || then.program !== now.program) continue
    compared++
    assert.ok(now.memory_kb - then.memory_kb <= GROWTH_MAX_KIB, `${now.program} grew from ${then.memory_kb} to ${now.memory_kb} KiB`)
    assert.ok(now.fds.length <= then.fds.length + 2, `${now.program} had ${then.fds.join(' ')}, and has ${now.fds.join(' ')}`)
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
  let warm
  let last = {}
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
  last = await look() // nobody hashes a password any more
  print(rows)
  console.log(Object.entries(counts).sort().map(([what, n]) => `${what}: ${n}`).join(', '))
  if (failed) throw failed
  console.log(`${compare(warm, last)} workers were there from the first quarter to the end`)
})
