// SPDX-License-Identifier: MIT
// Clocks that are set, forward and back, while programs run: those of the host of
// the programs, and that of the database, whose time governs every lifetime.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { startClocks } from '../lib/clock.mjs'
import { authorizationRequest, Browser, connect, newVerifier, redemption, refreshing, register, rpc, token, until } from '../lib/flow.mjs'
import { addUser, browserOf, csrfOf, openPage, secretOf, totp } from '../lib/people.mjs'
import { startSite } from '../lib/site.mjs'

const HOUR = 3600
const DAY = 24 * HOUR
// The access tokens outlast an hour, so that this is not what ends them.
const conf = 'ACCESS_TOKEN_EXPIRES=36000\nLOGIN_LIMIT_ACCOUNT=1000\nLOGIN_LIMIT_REMOTE=1000'

let site, clocks
before(async () => {
  site = await startSite({ conf })
  clocks = await startClocks(site)
})
after(async () => {
  await site?.stop()
  await clocks?.stop()
})
afterEach(async () => {
  await clocks.setPrograms(0)
  await clocks.setDatabase(0)
})

const call = tokens => rpc(site.mcp, tokens.access_token, 'ping', {})
const heard = (status, tokens) => until(async () => (await call(tokens)).status === status)
const refresh = (session, tokens = session.tokens) => token(site, refreshing(session.client, tokens))

async function refreshed (session) {
  const answer = await refresh(session)
  assert.equal(answer.status, 200, answer.text)
  session.tokens = answer.json
  return session.tokens
}

describe('the clock of the programs is set', () => {
  for (const seconds of [DAY, -DAY, HOUR, -HOUR]) {
    const how = `${Math.abs(seconds / HOUR)} h ${seconds > 0 ? 'forward' : 'back'}`
    test(`${how}: signing in, codes and refreshes go by the database`, async () => {
      const session = await connect(site)
      const verifier = newVerifier()
      const code = await session.browser.code(authorizationRequest(session.client, verifier))
      await clocks.setPrograms(seconds)
      assert.equal((await token(site, redemption(session.client, code, verifier))).status, 200)
      await refreshed(session)
      const other = await connect(site)
      await refreshed(other)
      await clocks.setPrograms(0)
      await refreshed(session)
      await heard(200, (await refreshed(other)))
    })

    test(`${how}: what ended stays ended, what is good is good again`, async () => {
      const [good, ended] = [await connect(site), await connect(site)]
      await heard(200, good.tokens)
      await site.sql('DELETE FROM public.mcp_server_sessions WHERE client_identifier = $1', [ended.client.client_id])
      await heard(401, ended.tokens)
      await clocks.setPrograms(seconds)
      // A moment of 503 until the guards have heard of revocations by this clock.
      for (let i = 0; i < 10; i++) assert.ok([401, 503].includes((await call(ended.tokens)).status))
      const there = await call(good.tokens)
      // A day is longer than the token lives; an hour back it is of the future.
      assert.ok((seconds === HOUR ? [200, 503] : [401, 503]).includes(there.status), `${there.status}`)
      if (seconds === HOUR) await heard(200, good.tokens)
      await clocks.setPrograms(0)
      await heard(200, good.tokens)
      assert.equal((await call(ended.tokens)).status, 401)
    })
  }

  test('a second factor goes by the database, and each code once', async () => {
    const page = '/api/oauth/second_factor'
    const email = 'clock@example.com'
    const browser = await addUser(site, email)
    const text = await openPage(browser, page)
    const offered = await browser.post(page, { csrf: csrfOf(text), action: 'begin', password: site.password })
    const secret = secretOf(offered.text)
    const offer = /name="offer" value="([0-9a-f]+)"/.exec(offered.text)[1]
    assert.equal((await browser.post(page, { csrf: csrfOf(offered.text), offer, action: 'confirm', code: totp(secret) })).status, 200)
    const signIn = async code => {
      const who = browserOf(site, email)
      const at = await who.follow(await who.signIn(await who.follow(await who.get('/api/oauth/apps'))))
      return (await who.post('/api/oauth/second_step', { ...at.fields, code })).status
    }
    await site.sql('UPDATE oauth.second_factor SET last_step = 0')
    await clocks.setPrograms(HOUR)
    assert.notEqual(await signIn(totp(secret, 120)), 303, 'a code of the wrong hour')
    const code = totp(secret)
    assert.equal(await signIn(code), 303)
    await clocks.setPrograms(-HOUR)
    assert.notEqual(await signIn(code), 303, 'a code twice')
  })

  test('the database away: a snapshot from a time to come is not taken for a fresh one', async () => {
    const { tokens } = await connect(site)
    await heard(200, tokens)
    await site.control('database', 'stop')
    try {
      assert.equal((await call(tokens)).status, 200)
      await clocks.setPrograms(-HOUR)
      assert.ok([401, 503].includes((await call(tokens)).status))
      await clocks.setPrograms(HOUR)
      assert.equal((await call(tokens)).status, 503)
    } finally {
      await clocks.setPrograms(0)
      await clocks.startDatabase()
    }
    await heard(200, tokens)
  })
})

describe('the clock of the database is set', () => {
  for (const seconds of [2 * HOUR, -2 * HOUR]) {
    const how = `${Math.abs(seconds / HOUR)} h ${seconds > 0 ? 'forward' : 'back'}`
    test(`${how}: no session forks, and none is lost`, async () => {
      const session = await connect(site)
      const first = session.tokens
      const second = await refreshed(session)
      await clocks.setDatabase(seconds)
      const [{ ahead }] = await site.sql('SELECT extract(epoch FROM now())::int - $1::int AS ahead', [Math.floor(Date.now() / 1000)])
      assert.ok(Math.abs(ahead - seconds) < 60, `the clock is ${ahead} s ahead`)
      const third = await refreshed(session)
      const again = await refresh(session, second)
      assert.deepEqual([again.status, again.json.refresh_token], [200, third.refresh_token])
      await clocks.setDatabase(0)
      // The last rotation is of a time to come now, or of long ago.
      const repeated = await refresh(session, second)
      if (seconds > 0) assert.equal(repeated.json.refresh_token, third.refresh_token)
      else assert.deepEqual([repeated.status, repeated.json.error], [400, 'invalid_grant'], 'after the grace')
      if (seconds < 0) return
      await refreshed(session)
      const old = await refresh(session, first)
      assert.deepEqual([old.status, old.json.error], [400, 'invalid_grant'])
      assert.equal((await refresh(session)).status, 400, 'generations, not times, tell what is old')
    })

    test(`${how}: a code is good for its minute by that clock, and once`, async () => {
      const { client, browser } = await connect(site)
      const verifier = newVerifier()
      const code = await browser.code(authorizationRequest(client, verifier))
      await clocks.setDatabase(seconds)
      const answer = await token(site, redemption(client, code, verifier))
      assert.equal(answer.status, seconds > 0 ? 400 : 200, answer.text)
      await clocks.setDatabase(0)
      assert.equal((await token(site, redemption(client, code, verifier))).status, seconds > 0 ? 200 : 400)
    })
  }

  test('a revocation is heard of whatever that clock says', async () => {
    for (const seconds of [2 * HOUR, -2 * HOUR]) {
      const { client, tokens } = await connect(site)
      await heard(200, tokens)
      await clocks.setDatabase(seconds)
      await site.sql('DELETE FROM public.mcp_server_sessions WHERE client_identifier = $1', [client.client_id])
      await heard(401, tokens)
      await clocks.setDatabase(0)
      assert.equal((await call(tokens)).status, 401, `${seconds}`)
    }
  })
})

test('afterwards a new client finds all as it was', async () => {
  const client = await register(site)
  const session = await connect(site, { client, browser: new Browser(site) })
  await heard(200, await refreshed(session))
})
