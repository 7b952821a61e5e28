// SPDX-License-Identifier: MIT
// Very many at once: garbage beside live clients, and clients whose tokens
// expire together. FLOOD_REQUESTS and FLOOD_CLIENTS make it longer.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { authorizationRequest, Browser, newVerifier, redemption, refreshing, register, token } from '../lib/flow.mjs'
import { startSite } from '../lib/site.mjs'
import { startTraffic } from '../lib/traffic.mjs'

const REQUESTS = Number(process.env.FLOOD_REQUESTS ?? 2000)
const CLIENTS = Number(process.env.FLOOD_CLIENTS ?? 200)

let site, client
before(async () => {
  // Not mod_fcgid: who finds all its programs busy waits a second there.
  site = await startSite({ front: process.env.SITE_FRONT ?? 'lighttpd', conf: 'LOGIN_LIMIT_REMOTE=1000000' })
  client = await register(site)
})
after(() => site?.stop())

// Call work(i) for each of n, so many at a time.
async function many (n, atOnce, work) {
  let next = 0
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (next < n) await work(next++)
  }))
}

// How often the endpoints' login asked the database while work went on.
async function statements (work) {
  const set = async line => {
    await site.sql(line)
    await site.sql('SELECT pg_reload_conf()')
    await new Promise(resolve => setTimeout(resolve, 500))
  }
  await set("ALTER SYSTEM SET log_statement = 'all'")
  const before = (await readFile(site.values.PG_LOG, 'utf8')).length
  await work()
  const lines = (await readFile(site.values.PG_LOG, 'utf8')).slice(before).split('\n')
  await set('ALTER SYSTEM RESET log_statement')
  return lines.filter(line => / mcp_web .*(statement|execute)/.test(line)).length
}

test('garbage costs no more than one look at the database', async () => {
  const garbage = [
    refreshing(client, { refresh_token: randomBytes(48).toString('base64url') }),
    refreshing(client, { refresh_token: 'x' }),
    redemption(client, randomBytes(32).toString('base64url'), newVerifier())
  ]
  for (const fields of garbage) {
    const asked = await statements(async () => {
      for (let i = 0; i < 5; i++) assert.equal((await token(site, fields)).json.error, 'invalid_grant')
    })
    assert.ok(asked <= 5, `${asked} statements for five of ${JSON.stringify(fields)}`)
  }
})

test('a flood of garbage: live clients hear nothing of it', { timeout: 300000 }, async t => {
  const traffic = await startTraffic(site, { holders: 3, visitors: 1 })
  await traffic.calm()
  const rounds = traffic.rounds
  const answers = {}
  await many(REQUESTS, 16, async i => {
    const fields = i % 2
      ? refreshing(client, { refresh_token: randomBytes(48).toString('base64url') })
      : redemption(client, randomBytes(32).toString('base64url'), newVerifier())
    const { status, text } = await token(site, fields)
    const what = status === 400 ? JSON.parse(text).error : status
    answers[what] = (answers[what] ?? 0) + 1
  })
  await traffic.calm()
  await traffic.stop()
  t.diagnostic(`${JSON.stringify(answers)}; live clients: ${traffic.rounds - rounds} rounds, ${traffic.faults} faults, ` +
    `the longest answer took ${Math.round(traffic.longest_ms)} ms`)
  assert.deepEqual(answers, { invalid_grant: REQUESTS })
  assert.deepEqual([traffic.wrong, traffic.faults], [[], 0])
})

test('clients whose tokens expire together: each is served, and nobody is signed out', { timeout: 1200000 }, async t => {
  const sessions = []
  const browser = new Browser(site)
  const connectOne = async () => {
    const verifier = newVerifier()
    const code = await browser.code(authorizationRequest(client, verifier))
    sessions.push((await token(site, redemption(client, code, verifier))).json)
  }
  await connectOne() // which signs the browser in
  await many(CLIENTS - 1, 8, connectOne)
  const answers = {}
  const start = performance.now()
  // All at once; who is told to come again does.
  await Promise.all(sessions.map(async (tokens, i) => {
    for (let answer; answer?.status !== 200;) {
      answer = await token(site, refreshing(client, tokens)).catch(error => ({ status: error.code }))
      answers[answer.status] = (answers[answer.status] ?? 0) + 1
      if (answer.status === 200) sessions[i] = answer.json
      else {
        assert.ok([429, 503].includes(answer.status), `${answer.status} ${answer.text}`)
        const wait = Number(answer.headers['retry-after'])
        assert.ok(wait > 0, 'when to come again')
        await new Promise(resolve => setTimeout(resolve, wait * 1000))
      }
    }
  }))
  t.diagnostic(`${CLIENTS} clients: ${JSON.stringify(answers)} in ${Math.round(performance.now() - start)} ms`)
  const [{ n }] = await site.sql('SELECT count(*)::int AS n FROM public.mcp_server_sessions WHERE generation = 2')
  assert.ok(n >= CLIENTS)
  await many(Math.min(CLIENTS, 50), 4, async i => assert.equal((await token(site, refreshing(client, sessions[i]))).status, 200))
})
