// SPDX-License-Identifier: MIT
// A guard that fetches its keys from JWKS_URL, from a host that fails in every way.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { connect, rpc, until } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { startHttpsHost } from '../lib/https_host.mjs'
import { changeSettings, freePort, startSite } from '../lib/site.mjs'

// The host that has the keys: how() answers, asked holds when and what for.
let how, elsewhere
const asked = []
const host = createServer((rq, rs) => {
  if (rq.url !== '/jwks.json') {
    elsewhere = rq.url
    return rs.writeHead(200, { 'Content-Type': 'application/json' }).end(keys)
  }
  asked.push({ at: performance.now(), headers: rq.headers })
  how(rq, rs)
})
const json = (rs, text) => rs.writeHead(200, { 'Content-Type': 'application/json' }).end(text)
const good = (rq, rs) => json(rs, keys)

let site, session, keys, port
const open = () => once(host.listen(port, '127.0.0.1'), 'listening')
async function close () {
  host.closeAllConnections()
  await new Promise(resolve => host.close(resolve))
}

before(async () => {
  port = await freePort()
  site = await startSite({ guardConf: `JWKS_FILE=\nJWKS_URL=http://127.0.0.1:${port}/jwks.json` })
  keys = (await send(site.url('/.well-known/jwks.json'))).text
  how = good
  await open()
  session = await connect(site)
})
after(async () => {
  await close()
  await site?.stop()
})

const ping = async (accessToken = session.tokens.access_token) => rpc(site.mcp, accessToken, 'ping', {})
const letsIn = async () => assert.equal((await ping()).status, 200)

// Until it has asked twice more.
async function asksAgain () {
  const before = asked.length
  await until(() => asked.length >= before + 2, 30)
}

// The guard's lines about its keys, from the log's length of before on.
const told = async from => (await site.log()).slice(from).split('\n').filter(line => / guard: .*(could not fetch keys|keys are fetched again)/.test(line))

test('the keys of JWKS_URL let tokens in', async () => {
  await letsIn()
  assert.equal(asked[0].headers['cache-control'], 'no-cache')
  assert.match(asked[0].headers['user-agent'], /^mcp-oauth\//)
  const { stdout } = await site.command('config', 'show', '--guard')
  assert.ok(stdout.includes(`\nJWKS_URL=http://127.0.0.1:${port}/jwks.json\n`))
  assert.match((await site.command('doctor')).stdout, /^ok: http\S+jwks\.json holds the keys of now and next$/m)
  await assert.rejects(site.command('render'), /the guard has its keys from JWKS_URL/)
})

test('one process of the host asks, and no token makes it ask', async () => {
  const [header, payload, signature] = session.tokens.access_token.split('.')
  const forged = kid => [
    Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(header, 'base64url')), kid })).toString('base64url'), payload, signature].join('.')
  const start = asked.length
  let kid = 0
  while (asked.length < start + 5) {
    const answers = await Promise.all(Array.from({ length: 16 }, () => ping(forged(`no-such-key-${kid++}`))))
    assert.ok(answers.every(answer => answer.status === 401))
  }
  assert.ok(kid > 3 * 16)
  // Two seconds lie between the end of a round and the next: a second process
  // would halve that. A busy machine hears of one late, of all of them not.
  const gap = (asked[start + 4].at - asked[start].at) / 4
  assert.ok(gap > 1500, `${gap}`)
  await letsIn()
})

const faults = {
  'a server that is away': { fault: /fault="\w/, act: close, back: open },
  garbage: { twice: true, fault: /no well-formed JSON object/, how: (rq, rs) => json(rs, '{"keys": [') },
  'no JSON by its type': { fault: /the answer is not JSON/, how: (rq, rs) => rs.writeHead(200, { 'Content-Type': 'text/html' }).end(keys) },
  'another document': { fault: /JWKS_URL holds no key of today/, how: (rq, rs) => json(rs, '{"issuer":"https://mcp.example"}') },
  'keys of another time': {
    fault: /JWKS_URL holds no key of today/,
    how: (rq, rs) => json(rs, JSON.stringify({ keys: JSON.parse(keys).keys.map(key => ({ ...key, nbf: 0, exp: 1 })) }))
  },
  'an error': { fault: /the answer has status 503/, how: (rq, rs) => rs.writeHead(503, { 'Content-Type': 'application/json' }).end(keys) },
  'a redirect, which is not followed': {
    fault: /the answer has status 302/,
    how: (rq, rs) => rs.writeHead(302, { Location: '/elsewhere.json', 'Content-Type': 'application/json' }).end(keys)
  },
  'an endless answer': {
    fault: /the answer is too large/,
    how (rq, rs) {
      rs.writeHead(200, { 'Content-Type': 'application/json' })
      const more = () => { while (!rs.destroyed && rs.write(' '.repeat(65536))); }
      rs.on('drain', more)
      rs.on('error', () => {})
      more()
    }
  },
  'a server that never answers': { fault: /[Tt]ime/, how () {} }
}
for (const [name, { twice, fault, how: broken = good, act, back }] of Object.entries(faults)) {
  test(`${name}: the last good copy holds, and the log says so`, async () => {
    const from = (await site.log()).length
    how = broken
    await act?.()
    if (twice) await asksAgain()
    await until(async () => (await told(from)).length === 1, 30)
    await letsIn()
    const [line] = await told(from)
    assert.match(line, /guard: error: could not fetch keys/)
    assert.match(line, fault)
    how = good
    await back?.()
    await until(async () => (await told(from)).length === 2, 30)
    assert.match((await told(from))[1], /guard: notice: keys are fetched again/)
    assert.equal(elsewhere, undefined)
    await letsIn()
  })
}

test('a new guard starts from the copy, and without one it is unavailable', async () => {
  const folder = join(site.values.STATE, 'run')
  const copies = async () => (await readdir(folder)).filter(name => /^jwks-[0-9a-f]{16}$/.test(name))
  const [copy] = await copies()
  assert.equal(await readFile(join(folder, copy), 'utf8'), keys)
  assert.equal((await stat(join(folder, copy))).mode & 0o777, 0o600)
  await close()
  await site.control('web', 'stop')
  await site.control('web', 'start')
  await letsIn()
  await site.control('web', 'stop')
  await rm(join(folder, copy))
  await site.control('web', 'start')
  const answer = await ping()
  assert.equal(answer.status, 503, answer.text)
  assert.equal(answer.json.error, 'temporarily_unavailable')
  assert.ok(Number(answer.headers['retry-after']) > 0)
  await open()
  await until(async () => (await ping()).status === 200)
  assert.deepEqual(await copies(), [copy])
})

test('a key that JWKS_URL shows no more is refused, and one that it shows again let in', async () => {
  const { kid } = JSON.parse(Buffer.from(session.tokens.access_token.split('.')[0], 'base64url'))
  const kept = { keys: JSON.parse(keys).keys.filter(key => key.kid !== kid) }
  how = (rq, rs) => json(rs, JSON.stringify(kept))
  await until(async () => (await ping()).status === 401)
  how = good
  await until(async () => (await ping()).status === 200)
})

test('the copy of one URL is not used for another', async () => {
  const other = await startHttpsHost()
  try {
    await changeSettings(site.values.GUARD_CONFIG, [`JWKS_URL=https://127.0.0.1:${other.port}/keys`])
    await until(async () => (await ping()).status === 503)
    other.answers.set('/keys', JSON.parse(keys))
    // Nobody vouches for its certificate yet.
    await until(async () => (await told(0)).some(line => /fault="[^"]*(certificate|SSL)/.test(line)), 30)
    assert.equal((await ping()).status, 503)
    await changeSettings(site.values.GUARD_CONFIG, [`FETCH_CA_FILE=${other.ca}`])
    await until(async () => (await ping()).status === 200)
    assert.match((await site.command('key', 'check')).stdout, /^ok: https:\S+\/keys holds the keys of now and next$/m)
    assert.ok(other.requests.every(path => path === '/keys'))
  } finally {
    await other.stop()
  }
})
