// SPDX-License-Identifier: MIT
// Requests that come at the same moment to several processes, round after round:
// what may happen once happens once, and what counts is counted exactly.
// RACE_ROUNDS makes it longer; docs/reliability.md tells of a long run.
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { together } from '../lib/barrier.mjs'
import { authorizationRequest, Browser, hidden, newVerifier, redemption, refreshing, register, token } from '../lib/flow.mjs'
import { postForm, postJson } from '../lib/http.mjs'
import { parseLog } from '../lib/log.mjs'
import { addUser, browserOf, codesOf, csrfOf, openPage, secretOf, totp } from '../lib/people.mjs'
import { startSite } from '../lib/site.mjs'

const ROUNDS = Number(process.env.RACE_ROUNDS ?? 25)
// Of what hashes a password.
const SLOW_ROUNDS = Math.ceil(ROUNDS / 5)
// More than there are programs of one kind: the rest wait at their socket.
const AT_ONCE = 6
const limit = 3
// Not mod_fcgid: who finds all its programs busy waits a second there, and comes too late.
const front = process.env.SITE_FRONT ?? 'lighttpd'

let site, client, browser
before(async () => {
  site = await startSite({ front, conf: `LOGIN_LIMIT_ACCOUNT=${limit}\nLOGIN_LIMIT_BROWSER=${limit}\nLOGIN_LIMIT_REMOTE=1000000\nREGISTRATION_LIMIT=${limit}` })
  client = await register(site)
  browser = new Browser(site)
})
after(() => site?.stop())
beforeEach(() => site.sql('DELETE FROM oauth.attempt'))

const times = async (n, round) => { for (let i = 0; i < n; i++) await round(i) }
const same = (request, n = AT_ONCE) => Array.from({ length: n }, () => request)
const statuses = answers => answers.map(({ status }) => status).sort()
const atToken = fields => ({ path: '/api/oauth/token', fields })
const from = (who, path, fields) => ({ path, fields, headers: { ...who.headers(), Origin: site.base } })

function refused (answer, error) {
  assert.deepEqual([answer.status, answer.json.error], [400, error], answer.text)
}

// A code, with consent given each time by a browser that is signed in.
async function newCode () {
  const verifier = newVerifier()
  return { verifier, code: await browser.code(authorizationRequest(client, verifier)) }
}

async function newTokens () {
  const { code, verifier } = await newCode()
  const answer = await token(site, redemption(client, code, verifier))
  assert.equal(answer.status, 200, answer.text)
  return answer.json
}

describe('codes and tokens', () => {
  test('a code is redeemed once, and the others end its session', async () => {
    await times(ROUNDS, async () => {
      const { code, verifier } = await newCode()
      const answers = await together(site, same(atToken(redemption(client, code, verifier))))
      const [good, ...more] = answers.filter(({ status }) => status === 200)
      assert.ok(good && more.length === 0, `${statuses(answers)}`)
      for (const answer of answers) if (answer !== good) refused(answer, 'invalid_grant')
      refused(await token(site, refreshing(client, good.json)), 'invalid_grant')
    })
  })

  test('a refresh token has one successor, whoever asks', async () => {
    let tokens = await newTokens()
    await times(ROUNDS, async () => {
      const answers = await together(site, same(atToken(refreshing(client, tokens))))
      assert.deepEqual(statuses(answers), Array(AT_ONCE).fill(200))
      assert.equal(new Set(answers.map(answer => answer.json.refresh_token)).size, 1)
      assert.notEqual(answers[0].json.refresh_token, tokens.refresh_token)
      tokens = answers[0].json
    })
    const [row] = await site.sql("SELECT generation FROM public.mcp_server_sessions WHERE refresh_token_hash = encode(sha256(convert_to($1, 'UTF8')), 'hex')", [tokens.refresh_token])
    assert.equal(row.generation, ROUNDS + 1)
  })

  test('an old and a live refresh token: the session ends', async () => {
    await times(ROUNDS, async () => {
      const first = await newTokens()
      const second = (await token(site, refreshing(client, first))).json
      const third = (await token(site, refreshing(client, second))).json
      const [old, ...live] = await together(site, [first, third, third].map(tokens => atToken(refreshing(client, tokens))))
      refused(old, 'invalid_grant')
      for (const { status, json } of live) refused(await token(site, refreshing(client, status === 200 ? json : third)), 'invalid_grant')
    })
  })

  test('once a revocation was answered nothing refreshes', async () => {
    await times(ROUNDS, async () => {
      const tokens = await newTokens()
      const refresh = atToken(refreshing(client, tokens))
      const [revoked, ...answers] = await together(site, [
        { path: '/api/oauth/revoke', fields: { client_id: client.client_id, token: tokens.refresh_token } }, ...same(refresh, AT_ONCE - 1)])
      assert.equal(revoked.status, 200)
      for (const answer of answers) {
        if (answer.status !== 200) refused(answer, 'invalid_grant')
        refused(await token(site, refreshing(client, answer.status === 200 ? answer.json : tokens)), 'invalid_grant')
      }
    })
  })

  test('a code while its person is disabled, or its client is: nothing lives on', async () => {
    const [{ id }] = await site.sql('SELECT id FROM public.users WHERE email = $1', [site.email])
    await times(SLOW_ROUNDS, async () => {
      const { code, verifier } = await newCode()
      const redeeming = together(site, same(atToken(redemption(client, code, verifier)), 1))
      await site.sql('UPDATE public.users SET disabled_at = now() WHERE id = $1', [id])
      const [answer] = await redeeming
      if (answer.status === 200) refused(await token(site, refreshing(client, answer.json)), 'invalid_grant')
      else refused(answer, 'invalid_grant')
      await site.sql('UPDATE public.users SET disabled_at = NULL WHERE id = $1', [id])
      browser = new Browser(site)
    })
  })
})

describe('decisions', () => {
  test('a consent sent twice has one code', async () => {
    await times(ROUNDS, async () => {
      const verifier = newVerifier()
      const at = await browser.toConsent(authorizationRequest(client, verifier))
      const answers = await together(site, same(from(browser, '/api/oauth/consent', { ...at.fields, decision: 'authorize' })))
      assert.deepEqual(statuses(answers), Array(AT_ONCE).fill(303))
      const codes = new Set(answers.map(answer => new URL(answer.headers.location).searchParams.get('code')))
      assert.equal(codes.size, 1)
      const [code] = codes
      assert.equal((await token(site, redemption(client, code, verifier))).status, 200)
    })
  })

  test('allowed and refused at once: one of the two', async () => {
    await times(ROUNDS, async () => {
      const verifier = newVerifier()
      const at = await browser.toConsent(authorizationRequest(client, verifier))
      const answers = await together(site, Array.from({ length: AT_ONCE }, (_, i) =>
        from(browser, '/api/oauth/consent', { ...at.fields, decision: i % 2 ? 'authorize' : 'cancel' })))
      const back = answers.filter(({ status }) => status === 303).map(answer => new URL(answer.headers.location).searchParams)
      assert.ok(back.length > 0, `${statuses(answers)}`)
      assert.equal(new Set(back.map(query => query.get('error') ?? query.get('code'))).size, 1, back.join('\n'))
    })
  })

  test('a pushed request is used once', async () => {
    await times(ROUNDS, async () => {
      const pushed = await postForm(site.url('/api/oauth/par'), authorizationRequest(client, newVerifier()))
      assert.equal(pushed.status, 201, pushed.text)
      const query = new URLSearchParams({ client_id: client.client_id, request_uri: pushed.json.request_uri })
      const answers = await together(site, same({ method: 'GET', path: `/api/oauth/authorize?${query}` }))
      assert.equal(answers.filter(({ status }) => status === 303 || status === 302).length, 1, `${statuses(answers)}`)
      assert.equal(answers.filter(({ status }) => status === 400).length, AT_ONCE - 1, `${statuses(answers)}`)
    })
  })

  test('a device is given its tokens once, and allowed once', async () => {
    const grant = 'urn:ietf:params:oauth:grant-type:device_code'
    const device = (await postJson(site.url('/api/oauth/register'), {
      client_name: 'A television', grant_types: [grant, 'refresh_token'], token_endpoint_auth_method: 'none'
    })).json
    await times(ROUNDS, async () => {
      await site.sql('DELETE FROM oauth.attempt')
      const begun = (await postForm(site.url('/api/oauth/device_authorization'), { client_id: device.client_id })).json
      const { text } = await browser.get('/api/oauth/device')
      const typed = await browser.post('/api/oauth/device', { ...hidden(text), user_code: begun.user_code })
      const at = await browser.follow(typed)
      const allowed = await together(site, same(from(browser, '/api/oauth/consent', { ...at.fields, decision: 'authorize' }), 3))
      assert.ok(allowed.some(({ status }) => status === 200), `${statuses(allowed)}`)
      const answers = await together(site, same(atToken({ grant_type: grant, client_id: device.client_id, device_code: begun.device_code })))
      assert.equal(answers.filter(({ status }) => status === 200).length, 1, answers.map(({ text }) => text).join('\n'))
      const rest = answers.filter(({ status }) => status !== 200)
      for (const answer of rest) assert.match(answer.json.error, /^(invalid_grant|slow_down|expired_token)$/)
    })
  })
})

describe('what is counted', () => {
  // What the programs wrote while work went on.
  async function written (work) {
    const before = (await site.log()).length
    await work()
    return parseLog((await site.log()).slice(before))
  }

  test('no more passwords are looked at than the limit, and then not the right one', async () => {
    await addUser(site, 'guessed@example.com')
    await times(SLOW_ROUNDS, async () => {
      await site.sql('DELETE FROM oauth.attempt')
      const who = browserOf(site, 'guessed@example.com')
      const at = await who.follow(await who.get('/api/oauth/apps'))
      const guess = from(who, '/api/oauth/login', { ...at.fields, email: 'guessed@example.com', password: 'wrong' })
      const lines = await written(async () => {
        await together(site, same(guess, limit + 3))
        await together(site, same(guess, limit + 3))
      })
      const looked = lines.filter(({ fields }) => fields.reason === 'wrong password').length
      assert.ok(looked >= 1 && looked <= limit, `${looked} were looked at`)
      // Turned away for want of a place to hash they do not count.
      const [{ count }] = await site.sql("SELECT coalesce(max(count), 0)::int AS count FROM oauth.attempt WHERE key LIKE 'account:%'")
      if (count >= limit) assert.equal((await who.signIn(at)).status, 401)
    })
  })

  test('no more registrations of a kind than the limit', async () => {
    await times(ROUNDS, async i => {
      await site.sql('DELETE FROM oauth.attempt')
      const host = `race${i}.example`
      const answers = await together(site, same({
        path: '/api/oauth/register',
        json: { redirect_uris: [`https://${host}/cb`] }
      }, limit + 3))
      assert.deepEqual(statuses(answers), [...Array(limit).fill(201), ...Array(3).fill(429)])
    })
  })
})

describe('second factors', () => {
  const page = '/api/oauth/second_factor'
  let person, secret, codes
  before(async () => {
    const email = 'factor@example.com'
    person = { email, browser: await addUser(site, email) }
    const text = await openPage(person.browser, page)
    const offered = await person.browser.post(page, { csrf: csrfOf(text), action: 'begin', password: site.password })
    secret = secretOf(offered.text)
    const offer = /name="offer" value="([0-9a-f]+)"/.exec(offered.text)[1]
    const done = await person.browser.post(page, { csrf: csrfOf(offered.text), offer, action: 'confirm', code: totp(secret) })
    assert.equal(done.status, 200, done.text)
    codes = codesOf(done.text)
  })

  // Browsers whose person has typed the password.
  async function halfWay (n) {
    const all = []
    for (let i = 0; i < n; i++) {
      const who = browserOf(site, person.email)
      const login = await who.follow(await who.get('/api/oauth/apps'))
      const at = await who.follow(await who.signIn(login))
      assert.equal(at.path, '/api/oauth/second_step', at.page?.text)
      all.push({ who, at })
    }
    await site.sql('DELETE FROM oauth.attempt')
    return all
  }
  const sendCode = (all, code) => together(site, all.map(({ who, at }) => from(who, '/api/oauth/second_step', { ...at.fields, code })))

  test('a code of this moment lets one browser in', async () => {
    await times(SLOW_ROUNDS, async () => {
      const all = await halfWay(limit)
      await site.sql('UPDATE oauth.second_factor SET last_step = 0')
      const answers = await sendCode(all, totp(secret))
      assert.equal(answers.filter(({ status }) => status === 303).length, 1, `${statuses(answers)}`)
    })
  })

  test('a recovery code lets one browser in', async () => {
    for (const code of codes.slice(0, Math.min(codes.length, SLOW_ROUNDS))) {
      const answers = await sendCode(await halfWay(limit), code)
      assert.equal(answers.filter(({ status }) => status === 303).length, 1, `${statuses(answers)}`)
    }
  })
})
