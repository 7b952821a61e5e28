// SPDX-License-Identifier: MIT
// The machine of the primary vanishes: nobody refuses a connection there, and
// what is sent to it is never answered.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { connect, refreshing, rpc, token, until } from '../lib/flow.mjs'
import { noNamespaces, startMachines } from '../lib/namespaces.mjs'
import { changeSettings, startSite } from '../lib/site.mjs'
import { forStandby, startStandby, urlOfBoth } from '../lib/standby.mjs'

const CLIENTS = 6

describe('two machines', { skip: await noNamespaces() }, () => {
  let network, site, servers
  before(async () => {
    network = await startMachines(2)
    site = await startSite({ extra: forStandby })
    servers = await startStandby(site, network.machines.map(({ address }) => address), network.machines.map(({ inside }) => inside))
    for (const [file, login] of [[site.values.MCP_OAUTH_CONFIG, 'mcp_web'], [site.values.GUARD_CONFIG, 'mcp_guard']]) {
      await changeSettings(file, [`DATABASE_URL=${urlOfBoth(servers, login)}`])
    }
    await site.control('web', 'stop')
    await site.control('web', 'start')
  })
  after(async () => {
    if (servers) site.values.SUPERUSER_DATABASE_URL = servers[1].url('postgres')
    await servers?.[1].stop().catch(() => {})
    await site?.end()
    await network?.stop()
  })

  const longest = { ms: 0 }
  async function refresh (session) {
    const start = performance.now()
    const answer = await token(site, refreshing(session.client, session.tokens))
    longest.ms = Math.max(longest.ms, performance.now() - start)
    if (answer.status === 200) session.tokens = answer.json
    return answer
  }

  test('workers come to the standby by themselves once it is promoted', { timeout: 120000 }, async t => {
    const sessions = []
    for (let i = 0; i < CLIENTS; i++) sessions.push(await connect(site))
    for (const answer of await Promise.all(sessions.map(refresh))) assert.equal(answer.status, 200)
    assert.equal((await rpc(site.mcp, sessions[0].tokens.access_token, 'ping')).status, 200)
    await servers[1].catchUp(servers[0])

    await network.machines[0].vanish()
    for (const answer of await Promise.all(sessions.map(refresh))) {
      assert.equal(answer.status, 503, answer.text)
      assert.equal(answer.json.error, 'temporarily_unavailable')
      assert.ok(Number(answer.headers['retry-after']) > 0)
    }
    assert.equal((await rpc(site.mcp, sessions[0].tokens.access_token, 'ping')).status, 200)

    const promoted = performance.now()
    await servers[1].promote()
    await Promise.all(sessions.map(session => until(async () => {
      const answer = await refresh(session)
      assert.ok([200, 503].includes(answer.status), answer.text)
      return answer.status === 200
    }, 60)))
    t.diagnostic(`all served ${Math.round(performance.now() - promoted)} ms after the standby was told; the longest answer took ${Math.round(longest.ms)} ms`)
  })
})
