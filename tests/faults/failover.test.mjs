// SPDX-License-Identifier: MIT
// Two web hosts on one database that has a standby: what a standby that takes
// over brings along, what it may lack, and what clients hear meanwhile.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { connect, redemption, refreshing, authorizationRequest, Browser, newVerifier, register, rpc, token, until } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { lookAtInvariants } from '../lib/invariants.mjs'
import { startLoad } from '../lib/load.mjs'
import { startPgBouncer } from '../lib/pgbouncer.mjs'
import { changeSettings, startSite } from '../lib/site.mjs'
import { forStandby, loopbackAddresses, startStandby, urlOfBoth } from '../lib/standby.mjs'
import { balanced, startSecondHost } from '../lib/web_hosts.mjs'

let first, second, both, servers
const poolers = []
const oneOfEach = action => Promise.all([first, second].map(action))

// Both hosts use these connection strings from now on.
async function useDatabase (urlOf, more = []) {
  for (const site of [first, second]) {
    await changeSettings(site.values.MCP_OAUTH_CONFIG, [`DATABASE_URL=${urlOf('mcp_web')}`, ...more])
    await changeSettings(site.values.GUARD_CONFIG, [`DATABASE_URL=${urlOf('mcp_guard')}`, ...more])
    await site.control('web', 'stop')
    await site.control('web', 'start')
  }
}

before(async () => {
  const addresses = loopbackAddresses()
  const conf = 'LOGIN_LIMIT_REMOTE=10000'
  first = await startSite({ conf, extra: forStandby })
  servers = await startStandby(first, addresses)
  second = await startSecondHost(first, { conf })
  both = balanced(first, second)
  await useDatabase(login => urlOfBoth(servers, login))
})
after(async () => {
  await second?.stop()
  for (const pooler of poolers) await pooler.stop()
  try {
    // In the database that lives.
    if (servers) first.values.SUPERUSER_DATABASE_URL = servers[0].url('postgres')
    if (first) await lookAtInvariants(first)
  } finally {
    for (const server of servers ?? []) await server.stop().catch(() => {}) // some have ended
    await first?.end()
  }
})

const refresh = (site, session) => token(site, refreshing(session.client, session.tokens))
const call = (site, session) => rpc(site.mcp, session.tokens.access_token, 'ping')
const revoke = (site, session) => send(site.url('/api/oauth/revoke'), {
  method: 'POST',
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({ token: session.tokens.refresh_token, client_id: session.client.client_id }).toString()
})
const logs = async () => (await oneOfEach(site => site.log())).join('')

function unavailable (answer) {
  assert.equal(answer.status, 503, answer.text)
  assert.equal(answer.json.error, 'temporarily_unavailable')
  assert.ok(Number(answer.headers['retry-after']) > 0)
}

// The primary dies and the standby takes over; resolves when both hosts refresh
// again. servers[0] is the one that lives.
async function failOver (t, session) {
  const [primary, standby] = servers
  for (const { status } of await oneOfEach(site => call(site, session))) assert.equal(status, 200)
  await primary.stop()
  for (const site of [first, second]) unavailable(await refresh(site, session))
  // Guards go on by what they last heard.
  for (const { status } of await oneOfEach(site => call(site, session))) assert.equal(status, 200)
  const promoted = performance.now()
  await standby.promote()
  servers = [standby, primary]
  for (const site of [first, second]) {
    await until(async () => {
      const answer = await refresh(site, session)
      assert.ok([200, 503].includes(answer.status), answer.text)
      if (answer.status === 200) session.tokens = answer.json
      return answer.status === 200
    }, 60)
  }
  t.diagnostic(`both hosts served ${Math.round(performance.now() - promoted)} ms after the standby was told`)
}

// What the doctor says of replication.
async function doctor () {
  const { stdout } = await first.command('doctor', '--json').catch(error => error)
  return JSON.parse(stdout).find(({ code }) => code === 'replication')
}

test('both hosts serve one person', async () => {
  const session = await connect(both)
  for (const site of [first, second, first]) {
    const answer = await refresh(site, session)
    assert.equal(answer.status, 200, answer.text)
    session.tokens = answer.json
    for (const { status } of await oneOfEach(site => call(site, session))) assert.equal(status, 200)
  }
})

test('of 40 redemptions at both hosts at once, one succeeds', async () => {
  const client = await register(both)
  const verifier = newVerifier()
  const code = await new Browser(both).code(authorizationRequest(client, verifier))
  const answers = await Promise.all(Array.from({ length: 40 }, () => token(both, redemption(client, code, verifier))))
  const [good, ...others] = answers.sort((a, b) => a.status - b.status)
  assert.equal(good.status, 200)
  for (const answer of others) assert.deepEqual([answer.status, answer.json.error], [400, 'invalid_grant'])
  // A code that is used twice ends what it started, on either host.
  for (const site of [first, second]) {
    const answer = await refresh(site, { client, tokens: good.json })
    assert.deepEqual([answer.status, answer.json.error], [400, 'invalid_grant'])
  }
})

test('of 40 refreshes at both hosts at once there is one successor', async () => {
  const session = await connect(both)
  const answers = await Promise.all(Array.from({ length: 40 }, () => refresh(both, session)))
  for (const { status, text } of answers) assert.equal(status, 200, text)
  assert.equal(new Set(answers.map(({ json }) => json.refresh_token)).size, 1)
  // The one before it is spent at both, once the successor was used.
  const next = await refresh(first, { ...session, tokens: answers[0].json })
  assert.equal(next.status, 200, next.text)
  assert.equal((await refresh(second, session)).json.error, 'invalid_grant')
  assert.equal((await refresh(first, { ...session, tokens: next.json })).json.error, 'invalid_grant')
})

test('asynchronous: what the standby had not heard of is lost, a revocation too', async t => {
  assert.equal((await doctor()).level, 'problem')
  const [primary, standby] = servers
  const [witness, rotated, revoked] = await Promise.all([connect(both), connect(both), connect(both)])
  await standby.catchUp(primary)
  await standby.cut(primary)
  const answer = await refresh(first, rotated)
  assert.equal(answer.status, 200)
  assert.equal((await revoke(second, revoked)).status, 200)
  await until(async () => (await oneOfEach(site => call(site, revoked))).every(({ status }) => status === 401))

  await failOver(t, witness)
  const lost = await refresh(first, { ...rotated, tokens: answer.json })
  assert.deepEqual([lost.status, lost.json.error], [400, 'invalid_grant'])
  assert.match(await logs(), /refresh token ahead of the store/)
  assert.equal((await refresh(second, rotated)).status, 200, 'nothing ended')
  const again = await refresh(first, revoked)
  assert.equal(again.status, 200, 'what was revoked lives')
  // Guards that had heard of it remember.
  for (const tokens of [revoked.tokens, again.json]) {
    for (const { status } of await oneOfEach(site => call(site, { tokens }))) assert.equal(status, 401)
  }
})

test('the old primary comes back as a standby', async () => {
  await servers[1].follow(servers[0])
  await servers[0].synchronous(true)
  assert.equal((await doctor()).level, 'ok')
})

test('synchronous: what a standby cannot have is not acknowledged', { timeout: 60000 }, async () => {
  const session = await connect(both)
  await servers[1].cut(servers[0])
  unavailable(await revoke(first, session))
  await servers[0].synchronous(false)
  await servers[1].follow(servers[0])
  await servers[0].synchronous(true)
})

test('synchronous: under load nobody is signed out, and all that was acknowledged is there', { timeout: 120000 }, async t => {
  const witness = await connect(both)
  const revoked = await connect(both)
  const load = await startLoad(both, 4)
  await load.more(5)
  assert.equal((await revoke(first, revoked)).status, 200)
  await failOver(t, witness)
  await load.more(5)
  await load.stop()
  const { 200: good, 503: unavailable, ...others } = load.answers
  t.diagnostic(`${good} answered, ${unavailable} told to come again`)
  assert.deepEqual(others, {})
  assert.equal((await refresh(second, revoked)).json.error, 'invalid_grant')
  await servers[1].follow(servers[0])
})

test('the same with a PgBouncer in transaction mode before each server', { timeout: 120000 }, async t => {
  for (const server of servers) poolers.push(await startPgBouncer(first, ['mcp_web', 'mcp_guard'], server))
  const hosts = poolers.map(pooler => pooler.dir).join(',')
  await useDatabase(login => `postgresql://${login}@/mcp_oauth?host=${hosts}`, ['DATABASE_POOLER=transaction'])
  const [witness, idle] = [await connect(both), await connect(both)]
  await failOver(t, witness)
  assert.equal((await refresh(first, idle)).status, 200)
})
