// SPDX-License-Identifier: MIT
// Signing in locally: guesses, the second factor, other passwords, recovery.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, beforeEach, describe, test } from 'node:test'
import { authorizationRequest, Browser, connect, newVerifier, redemption, refreshing, register, token, until } from '../lib/flow.mjs'
import { addUser as addPerson, base32Decode, browserOf, codesOf, csrfOf, openPage, secretOf, totp } from '../lib/people.mjs'
import { front, startSite } from '../lib/site.mjs'
import { stillServing } from '../lib/still_serving.mjs'
import { workersOf } from '../lib/workers.mjs'

const apps = '/api/oauth/apps'
const factorPage = '/api/oauth/second_factor'
const passwordPage = '/api/oauth/password'
const stepPage = '/api/oauth/second_step'
const limit = { account: 5, browser: 2 }

let site
before(async () => {
  site = await startSite({
    conf: `LOGIN_LIMIT_ACCOUNT=${limit.account}\nLOGIN_LIMIT_BROWSER=${limit.browser}\nLOGIN_LIMIT_REMOTE=1000`
  })
})
after(() => site?.stop())
stillServing(() => site)
beforeEach(() => site.sql('DELETE FROM oauth.attempt'))

const addUser = email => addPerson(site, email)
// The endpoints' login may not.
const operator = (...verb) => site.command(...verb, '--database', site.values.DATABASE_URL)
const loginCookie = browser => browser.cookies.get('__Host-mcp-oauth-login')
const signedIn = async browser => (await browser.get(apps)).status === 200
const toLogin = async (browser, page = apps) => browser.follow(await browser.get(page))
const withPassword = async (browser, ...credentials) => browser.signIn(await toLogin(browser), ...credentials)
const userId = async email => (await site.sql('SELECT id FROM public.users WHERE email = $1', [email]))[0].id
const counts = async like => (await site.sql('SELECT key, count FROM oauth.attempt WHERE key LIKE $1', [like])).map(r => r.count)
const laterOn = () => site.sql("UPDATE oauth.attempt SET window_started_at = window_started_at - interval '1 hour'")
const events = async email => (await site.sql('SELECT event FROM oauth.audit WHERE user_id = $1 ORDER BY 1', [await userId(email)])).map(r => r.event)
// As if the codes of this moment had not been used yet.
const unspend = async email => site.sql('UPDATE oauth.second_factor SET last_step = 0 WHERE user_id = $1', [await userId(email)])

async function act (browser, page, fields, headers) {
  const csrf = csrfOf(await openPage(browser, page))
  return browser.post(page, { csrf, ...fields }, headers)
}
const begin = (browser, password = site.password) => act(browser, factorPage, { action: 'begin', password })
const hiddenOffer = text => /name="offer" value="([0-9a-f]+)"/.exec(text)?.[1]

/** Add a second factor: its secret and its recovery codes. */
async function addFactor (browser, email) {
  const { text } = await begin(browser)
  const secret = secretOf(text)
  const answer = await browser.post(factorPage, { csrf: csrfOf(text), offer: hiddenOffer(text), action: 'confirm', code: totp(secret) })
  assert.equal(answer.status, 200, answer.text)
  await unspend(email)
  return { secret, codes: codesOf(answer.text) }
}

async function addUserWithFactor (email) {
  const browser = await addUser(email)
  return { email, browser, ...await addFactor(browser, email) }
}

/** Somebody who may not sign in: the email. */
async function addDisabled (email) {
  await addUser(email)
  await site.sql('UPDATE public.users SET disabled_at = now() WHERE email = $1', [email])
  return email
}

/** The password was right: the page that asks for the code. */
async function halfWay (browser) {
  const at = await browser.follow(await withPassword(browser))
  assert.equal(at.path, stepPage)
  return at
}
const step = (browser, at, code) => browser.post(stepPage, { ...at.fields, code })

/** Wrong codes that are of no step near this moment. */
function wrongCodes (secret, n) {
  const right = new Set(Array.from({ length: 9 }, (_, i) => totp(secret, i - 4)))
  return Array.from({ length: n + 9 }, (_, i) => String(i * 7919 % 1000000).padStart(6, '0')).filter(c => !right.has(c)).slice(0, n)
}

// Those that found no place to wait for a hash were turned away unjudged.
const judged = answers => answers.filter(a => a.status !== 503)

describe('guesses at a password', () => {
  test('in parallel are counted exactly: no more than the limit is looked at', async () => {
    const email = 'parallel@example.com'
    await addUser(email)
    const browser = browserOf(site, email)
    const at = await toLogin(browser)
    let looked = 0
    while (looked <= limit.account) {
      const answers = judged(await Promise.all(Array.from({ length: 4 }, () => browser.signIn(at, email, 'wrong'))))
      for (const answer of answers) assert.equal(answer.status, 401)
      looked += answers.length
      assert.deepEqual(await counts('account:%'), [looked])
    }
    assert.equal((await browser.signIn(at)).status, 401, 'the right one is not looked at any more')
    assert.deepEqual(await counts('account:%'), [looked + 1])
    await laterOn()
    assert.equal((await browser.signIn(at)).status, 303)
    assert.deepEqual(await counts('account:%'), [])
  })

  test('answer alike for those who are there and those who are not, locked or not', async () => {
    const email = 'there@example.com'
    await addUser(email)
    const disabled = await addDisabled('shut@example.com')
    const browser = browserOf(site, email)
    const at = await toLogin(browser)
    const seen = new Set()
    for (let i = 0; i < limit.account + 1; i++) {
      for (const one of [email, disabled, 'nobody@example.com']) {
        const answer = await browser.signIn(at, one, 'wrong password')
        seen.add(answer.status + answer.text.replaceAll(one, 'X').replace(/name="csrf" value="[^"]*"/, '') + answer.headers['set-cookie'])
      }
    }
    assert.equal(seen.size, 1)
  })

  // Not the time that passes: that is the host's. Of several, the least is what it takes; what else runs adds to
  // it, so they go on until each had a quiet moment. Less work never becomes alike.
  test('cost the same work, whoever is asked for', { skip: !front.programs && 'a program ends with its request here' }, async () => {
    const email = 'costs@example.com'
    await addUser(email)
    const disabled = await addDisabled('costs-shut@example.com')
    const browser = browserOf(site, email)
    const at = await toLogin(browser)
    const spent = async () => {
      const logins = (await workersOf(site)).filter(({ program }) => program === 'login')
      const times = await Promise.all(logins.map(({ pid }) => readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '0')))
      return times.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0)
    }
    const least = {}
    const alike = () => Math.max(...Object.values(least)) / Math.min(...Object.values(least)) < 1.25
    for (let i = 0; i < 6 || (i < 40 && !alike()); i++) {
      for (const [what, who] of [['wrong', email], ['locked', email], ['disabled', disabled], ['unknown', 'nobody@example.com']]) {
        await site.sql('DELETE FROM oauth.attempt')
        if (what === 'locked') await site.sql('INSERT INTO oauth.attempt (key, count) VALUES ($1, 1000)', ['account:' + await userId(email)])
        const before = await spent()
        assert.equal((await browser.signIn(at, who, 'wrong password')).status, 401)
        least[what] = Math.min(least[what] ?? Infinity, await spent() - before)
      }
    }
    assert.ok(Math.min(...Object.values(least)) > 0 && alike(), JSON.stringify(least))
  })

  test('from elsewhere lock nobody out of the browser that they used before', async () => {
    const email = 'known@example.com'
    const known = await addUser(email)
    await openPage(known, apps)
    known.cookies.delete('__Host-mcp-oauth-login')
    const stranger = browserOf(site, email)
    const at = await toLogin(stranger)
    for (let i = 0; i <= limit.account; i++) await stranger.signIn(at, email, 'wrong')
    assert.equal((await stranger.signIn(at)).status, 401)
    assert.equal((await withPassword(known, email, 'wrong')).status, 401)
    assert.equal((await withPassword(known)).status, 303)
    assert.equal((await stranger.signIn(at)).status, 401, 'which opens it for nobody else')

    // The cookie is good for this person alone, and nobody else can make one.
    const [user, , mac] = known.cookies.get('__Host-mcp-oauth-known').split('.')
    for (const forged of [`${user}.other.${mac}`, `${user}.${'A'.repeat(22)}.${'A'.repeat(43)}`, user, '..', 'x']) {
      stranger.cookies.set('__Host-mcp-oauth-known', forged)
      assert.equal((await stranger.signIn(at)).status, 401, forged)
    }
    assert.deepEqual(await counts('account-browser:%'), [])
  })
})

describe('adding a second factor', () => {
  test('shows a secret, wants a code of it, gives recovery codes', async () => {
    const email = 'adds@example.com'
    const browser = await addUser(email)
    assert.equal((await browser.get(factorPage)).headers.location, site.url('/api/oauth/login?request=second_factor'))
    const other = browserOf(site, email)
    await openPage(other, apps)
    assert.match(await openPage(browser, factorPage), /Set up/)
    assert.equal((await begin(browser, 'wrong')).status, 401)

    const offered = await begin(browser)
    const secret = secretOf(offered.text)
    assert.equal(base32Decode(secret).length, 20)
    assert.match(offered.text, /<svg role="img" aria-label="QR code/)
    const uri = new URL(/href="(otpauth:[^"]*)"/.exec(offered.text)[1].replaceAll('&amp;', '&'))
    assert.equal(uri.searchParams.get('secret'), secret.replaceAll(' ', ''))
    assert.equal(offered.headers['cache-control'], 'no-store')
    assert.doesNotMatch(await openPage(browser, factorPage), /recovery codes left/)

    const form = { csrf: csrfOf(offered.text), offer: hiddenOffer(offered.text), action: 'confirm' }
    const again = await browser.post(factorPage, { ...form, code: wrongCodes(secret, 1)[0] })
    assert.equal(again.status, 401)
    assert.equal(secretOf(again.text), secret, 'who typed it wrong need not begin anew')
    assert.equal((await browser.post(factorPage, { ...form, code: 'AAAA-AAAA-AAAA-AAAA' })).status, 401)
    const done = await browser.post(factorPage, { ...form, code: totp(secret) })
    assert.equal(done.status, 200)
    const codes = codesOf(done.text)
    assert.equal(new Set(codes).size, 10)
    assert.equal((await browser.post(factorPage, { ...form, code: totp(secret, 1) })).status, 409, 'once')

    assert.match(await openPage(browser, factorPage), /10 recovery codes left/)
    assert.ok(!await signedIn(other), 'browsers that signed in without it are signed out')
    assert.ok((await events(email)).includes('second factor added'))
    const [row] = await site.sql('SELECT sealed_secret FROM oauth.second_factor WHERE user_id = $1', [await userId(email)])
    assert.ok(!row.sealed_secret.includes(base32Decode(secret)), 'the secret is not in the database as it is')
    assert.ok(!(await site.log()).includes(secret.replaceAll(' ', '')), 'nor in the log')
  })

  test('a login cookie alone does not show a secret that is still to be confirmed', async () => {
    const email = 'stolen@example.com'
    const browser = await addUser(email)
    const { text } = await begin(browser)
    const secret = secretOf(text)
    const csrf = csrfOf(text)
    for (const offer of [{}, { offer: '' }, { offer: 'x' }, { offer: '00'.repeat(60) }]) {
      for (const code of wrongCodes(secret, 1)) {
        await site.sql('DELETE FROM oauth.attempt')
        const answer = await browser.post(factorPage, { csrf, action: 'confirm', code, ...offer })
        assert.equal(answer.status, 409)
        assert.ok(!answer.text.includes(secret))
      }
    }
    const second = await begin(browser)
    const answer = await browser.post(factorPage, { csrf, offer: hiddenOffer(text), action: 'confirm', code: totp(secret) })
    assert.equal(answer.status, 409, 'and an offer that was replaced is of no use')
    assert.notEqual(secretOf(second.text), secret)
  })

  test('what is there changes only with a code', async () => {
    const { browser, email, secret, codes } = await addUserWithFactor('changes@example.com')
    assert.equal((await begin(browser)).status, 409)
    const [wrong] = wrongCodes(secret, 1)
    for (const action of ['codes', 'remove']) {
      for (const code of [wrong, '', 'AAAA-AAAA-AAAA-AAAA']) {
        await site.sql('DELETE FROM oauth.attempt')
        assert.equal((await act(browser, factorPage, { action, code })).status, 401)
      }
    }
    await site.sql('DELETE FROM oauth.attempt')
    const code = totp(secret)
    const made = await act(browser, factorPage, { action: 'codes', code })
    assert.equal(made.status, 200)
    const others = codesOf(made.text)
    assert.equal(new Set([...codes, ...others]).size, 20)
    assert.equal((await act(browser, factorPage, { action: 'remove', code })).status, 401, 'a code is good once')
    assert.equal((await act(browser, factorPage, { action: 'remove', code: codes[0] })).status, 401, 'old recovery codes are of no use')
    assert.equal((await act(browser, factorPage, { action: 'remove', code: others[0] })).status, 303)
    const fresh = browserOf(site, email)
    assert.equal((await withPassword(fresh)).headers.location, site.url(apps))
  })

  test('codes that are tried there are counted', async () => {
    const { browser, email, secret } = await addUserWithFactor('tries@example.com')
    const csrf = csrfOf(await openPage(browser, factorPage))
    const answers = await Promise.all(wrongCodes(secret, limit.account + 3).map(code => browser.post(factorPage, { csrf, action: 'remove', code })))
    assert.equal(answers.filter(a => a.status === 401).length, limit.account)
    assert.equal(answers.filter(a => a.status === 429).length, 3)
    assert.equal((await browser.post(factorPage, { csrf, action: 'remove', code: totp(secret) })).status, 429)
    assert.deepEqual(await counts(`code-check:${await userId(email)}`), [limit.account + 4])
    await laterOn()
    assert.equal((await browser.post(factorPage, { csrf, action: 'remove', code: totp(secret) })).status, 303)
  })
})

describe('signing in with a second factor', () => {
  test('the password is half of it, and half opens nothing', async () => {
    const { email, secret } = await addUserWithFactor('half@example.com')
    const browser = browserOf(site, email)
    const at = await halfWay(browser)
    const half = loginCookie(browser)
    for (const page of [apps, factorPage, passwordPage]) {
      assert.match((await browser.get(page)).headers.location, /\/api\/oauth\/login\?/)
    }
    const client = await register(site)
    assert.equal((await browser.follow(await browser.authorize(authorizationRequest(client, newVerifier())))).path, '/api/oauth/login')
    assert.ok(!browser.cookies.has('__Host-mcp-oauth-known'))
    for (const code of ['', '12345', 'abc']) assert.equal((await step(browser, at, code)).status, 400)
    assert.deepEqual(await counts('code:%'), [], 'what cannot be a code is no guess')
    const answer = await step(browser, at, totp(secret))
    assert.equal(answer.status, 303)
    assert.equal(answer.headers.location, site.url(apps))
    assert.notEqual(loginCookie(browser), half)
    assert.ok(await signedIn(browser))
    const late = browserOf(site, email)
    late.cookies = new Map(browser.cookies).set('__Host-mcp-oauth-login', half)
    assert.ok(!await signedIn(late), 'the half one is over')
  })

  test('leads an application in, whose ID token tells how', async () => {
    const { email, secret } = await addUserWithFactor('whole@example.com')
    const client = await register(site)
    const idToken = async (browser, code) => {
      const verifier = newVerifier()
      let at = await browser.follow(await browser.authorize(authorizationRequest(client, verifier, { scope: 'openid' })))
      at = await browser.follow(await browser.signIn(at))
      if (code) {
        assert.equal(at.path, stepPage)
        at = await browser.follow(await step(browser, at, code))
      }
      assert.equal(at.path, '/api/oauth/consent')
      const answer = await token(site, redemption(client, (await browser.decide(at)).get('code'), verifier))
      return JSON.parse(Buffer.from(answer.json.id_token.split('.')[1], 'base64url'))
    }
    assert.deepEqual((await idToken(browserOf(site, email), totp(secret))).amr, ['pwd', 'otp', 'mfa'])
    const plain = await addUser('plain@example.com')
    assert.deepEqual((await idToken(plain)).amr, ['pwd'])
  })

  test('a code is good once, whoever is first', async () => {
    const { email, secret } = await addUserWithFactor('replay@example.com')
    const browsers = Array.from({ length: limit.account }, () => browserOf(site, email))
    const ats = []
    for (const browser of browsers) ats.push(await halfWay(browser))
    const code = totp(secret)
    const answers = await Promise.all(browsers.map((browser, i) => step(browser, ats[i], code)))
    assert.deepEqual(answers.map(a => a.status).sort(), [303, 401, 401, 401, 401])
    await site.sql('DELETE FROM oauth.attempt')
    const at = await halfWay(browserOf(site, email))
    assert.equal((await step(browsers[0], at, code)).status, 403, 'nor in another browser\'s form')
    const last = browserOf(site, email)
    const form = await halfWay(last)
    assert.equal((await step(last, form, code)).status, 401)
    assert.equal((await step(last, form, totp(secret, 1))).status, 303, 'the next one is')
  })

  test('a recovery code is good once, whoever is first', async () => {
    const { email, codes } = await addUserWithFactor('lost@example.com')
    const browsers = [1, 2, 3].map(() => browserOf(site, email))
    const ats = []
    for (const browser of browsers) ats.push(await halfWay(browser))
    const answers = await Promise.all(browsers.map((browser, i) => step(browser, ats[i], codes[3])))
    assert.deepEqual(answers.map(a => a.status).sort(), [303, 401, 401])
    const typed = browserOf(site, email)
    assert.equal((await step(typed, await halfWay(typed), ` ${codes[4].toLowerCase().replaceAll('-', ' ')} `)).status, 303)
    assert.match(await openPage(typed, factorPage), /8 recovery codes left/)
    assert.ok((await events(email)).includes('recovery code used'))
    for (const code of codes) assert.ok(!(await site.log()).includes(code))
  })

  test('guesses are counted exactly, and a known browser is not kept out by them', async () => {
    const { browser: known, email, secret } = await addUserWithFactor('guessed@example.com')
    known.cookies.delete('__Host-mcp-oauth-login')
    const thief = browserOf(site, email)
    const at = await halfWay(thief)
    const answers = await Promise.all(wrongCodes(secret, limit.account + 4).map(code => step(thief, at, code)))
    for (const answer of answers) assert.equal(answer.status, 401)
    const id = await userId(email)
    assert.deepEqual(await counts(`code:${id}`), [limit.account + 4])
    assert.deepEqual(await counts(`day:code:${id}`), [limit.account], 'no more were looked at')
    assert.equal((await step(thief, at, totp(secret))).status, 401, 'nor is the right one any more')
    assert.equal((await step(known, await halfWay(known), totp(secret))).status, 303)
    assert.equal((await step(thief, at, totp(secret, 1))).status, 401, 'which gives the thief no more guesses')

    // Nor does waiting help for long.
    for (const code of wrongCodes(secret, 2 * limit.account)) {
      await site.sql('DELETE FROM oauth.attempt WHERE key = $1', [`code:${id}`])
      assert.equal((await step(thief, at, code)).status, 401)
    }
    await site.sql('DELETE FROM oauth.attempt WHERE key = $1', [`code:${id}`])
    assert.equal((await step(thief, at, totp(secret, 1))).status, 401)
    await site.sql("UPDATE oauth.attempt SET window_started_at = window_started_at - interval '1 day'")
    assert.equal((await step(thief, at, totp(secret, 1))).status, 303)
  })

  test('the operator takes it away', async () => {
    const { browser, email } = await addUserWithFactor('reset@example.com')
    await operator('user', 'reset-second-factor', email)
    assert.ok(!await signedIn(browser))
    assert.equal((await withPassword(browserOf(site, email))).headers.location, site.url(apps))
    await assert.rejects(operator('user', 'reset-second-factor', email), /has no second factor/)
    await assert.rejects(operator('user', 'reset-second-factor', 'nobody@example.com'), /there is no user/)
    await assert.rejects(site.command('user', 'reset-second-factor', email), /permission denied/)
  })
})

const change = (browser, fields, page = passwordPage) =>
  act(browser, page, { password: site.password, new_password: 'another password', again: 'another password', ...fields })

async function alive ({ client, tokens }) {
  return (await token(site, refreshing(client, tokens))).status === 200
}

describe('another password', () => {
  test('ends other sign-ins and leaves this one and applications', async () => {
    const email = 'password@example.com'
    const browser = await addUser(email)
    const connection = await connect(site, { browser })
    const other = browserOf(site, email)
    await openPage(other, apps)
    const halfDone = await change(browser, { password: 'wrong' })
    assert.equal(halfDone.status, 401)
    for (const bad of [{ new_password: 'short', again: 'short' }, { again: 'something else' }, { again: '' }, { new_password: 'x'.repeat(1025), again: 'x'.repeat(1025) }]) {
      assert.equal((await change(browser, bad)).status, 400)
    }
    assert.ok(await signedIn(other))
    const answer = await change(browser)
    assert.equal(answer.status, 200, answer.text)
    assert.match(answer.text, /Your applications stay connected/)
    assert.ok(await signedIn(browser))
    assert.ok(!await signedIn(other))
    assert.ok(await alive(connection))
    assert.equal((await withPassword(other)).status, 401)
    assert.equal((await withPassword(other, email, 'another password')).status, 303)
    assert.ok((await events(email)).includes('password changed'))
    const log = await site.log()
    for (const secret of ['another password', 'another+password', site.password]) assert.ok(!log.includes(secret))
  })

  test('ends applications if wanted', async () => {
    const browser = await addUser('disconnects@example.com')
    const connection = await connect(site, { browser })
    assert.equal((await change(browser, { disconnect: 'yes' })).status, 200)
    assert.ok(!await alive(connection))
    assert.ok(await signedIn(browser))
  })

  test('guesses at the current one are counted exactly', async () => {
    const email = 'current@example.com'
    const browser = await addUser(email)
    const csrf = csrfOf(await openPage(browser, passwordPage))
    const guess = password => browser.post(passwordPage, { csrf, password, new_password: 'another password', again: 'another password' })
    let looked = 0
    while (looked <= limit.account) looked += judged(await Promise.all([1, 2, 3].map(() => guess('wrong')))).length
    assert.deepEqual(await counts('password-check:%'), [looked])
    assert.equal((await guess(site.password)).status, 401)
    await laterOn()
    assert.equal((await guess(site.password)).status, 200)
  })

  test('changed twice at once, one of them counts', async () => {
    const email = 'race@example.com'
    const browser = await addUser(email)
    const csrf = csrfOf(await openPage(browser, passwordPage))
    const answers = judged(await Promise.all(['first password', 'second password'].map(p => browser.post(passwordPage, { csrf, password: site.password, new_password: p, again: p }))))
    assert.equal(answers.filter(a => a.status === 200).length, 1)
  })
})

async function linkFor (email) {
  const { stdout } = await operator('user', 'recover', email)
  const link = new URL(stdout.trim())
  assert.equal(link.origin, site.base)
  return { path: link.pathname + link.search, token: link.searchParams.get('token') }
}
const recovering = { new_password: 'a recovered password', again: 'a recovered password' }

async function recover (link, browser = new Browser(site), fields = recovering) {
  const page = await browser.get(link.path)
  assert.equal(page.status, 200, page.text)
  return browser.post('/api/oauth/recover', { csrf: csrfOf(page.text), token: link.token, ...fields })
}

describe('a recovery link', () => {
  test('is printed by the command, and chooses a password once', async () => {
    const email = 'forgot@example.com'
    const before = await addUser(email)
    await openPage(before, apps)
    const link = await linkFor(email)
    assert.equal(link.token.length, 43)
    const browser = new Browser(site)
    const page = await browser.get(link.path)
    assert.ok(!page.text.includes(email), 'it does not say whose it is')
    assert.equal(page.headers['referrer-policy'], 'no-referrer')
    assert.equal((await recover(link, browser, { new_password: 'short', again: 'short' })).status, 400, 'looking spends nothing')
    const csrf = csrfOf(page.text)
    const post = () => browser.post('/api/oauth/recover', { csrf, token: link.token, ...recovering })
    assert.deepEqual((await Promise.all([post(), post(), post()])).map(a => a.status).sort(), [200, 403, 403])
    assert.equal((await browser.get(link.path)).status, 403)
    assert.equal((await post()).status, 403)
    assert.ok(!await signedIn(before), 'every browser is signed out')
    assert.equal((await withPassword(before)).status, 401)
    assert.equal((await withPassword(before, email, recovering.new_password)).status, 303)
    const kept = await site.sql('SELECT event FROM oauth.audit WHERE user_id = $1', [await userId(email)])
    for (const event of ['recovery link made', 'password recovered']) assert.ok(kept.some(r => r.event === event))
    // lighttpd writes what it served a little later.
    const readAccess = () => readFile(site.values.ERROR_LOG.replace(/[^/]*$/, 'access.log'), 'utf8')
    await until(async () => (await readAccess()).includes('/api/oauth/recover'))
    for (const log of [await readAccess(), await site.log()]) {
      assert.ok(log.includes('/api/oauth/recover'))
      assert.ok(!log.includes(link.token), 'no log shows it')
    }
  })

  test('ends after an hour, with another link, another password, or the person', async () => {
    const email = 'links@example.com'
    const browser = await addUser(email)
    const dead = async link => {
      assert.equal((await browser.get(link.path)).status, 403)
      const csrf = csrfOf((await browser.get((await linkFor(email)).path)).text)
      assert.equal((await browser.post('/api/oauth/recover', { csrf, token: link.token, ...recovering })).status, 403)
    }
    const first = await linkFor(email)
    const second = await linkFor(email)
    await dead(first)
    await dead(second)
    const old = await linkFor(email)
    const [{ left }] = await site.sql('SELECT extract(epoch FROM expires_at - now())::int AS left FROM oauth.recovery_link WHERE user_id = $1', [await userId(email)])
    assert.ok(left > 3500 && left <= 3600)
    await site.sql("UPDATE oauth.recovery_link SET expires_at = now() - interval '1 second'")
    await dead(old)
    const changed = await linkFor(email)
    assert.equal((await change(browser)).status, 200)
    await dead(changed)
    const kept = await linkFor(email)
    await site.sql('UPDATE public.users SET disabled_at = now() WHERE email = $1', [email])
    assert.equal((await browser.get(kept.path)).status, 403)
    await assert.rejects(operator('user', 'recover', email), /is disabled/)
    await assert.rejects(operator('user', 'recover', 'nobody@example.com'), /there is no user/)
    for (const query of ['', '?token=', '?token=x', '?token=' + 'A'.repeat(43), '?token=a&token=b']) {
      assert.ok([400, 403].includes((await browser.get('/api/oauth/recover' + query)).status), query)
    }
  })

  test('leaves the second factor in place, and lets in whom guesses from elsewhere lock out', async () => {
    const { email, secret } = await addUserWithFactor('both@example.com')
    const browser = browserOf(site, email)
    const link = await linkFor(email)
    assert.equal((await recover(link, browser)).status, 200)
    const stranger = browserOf(site, email)
    const login = await toLogin(stranger)
    for (let i = 0; i <= limit.account; i++) await stranger.signIn(login, email, 'wrong')
    assert.equal((await stranger.signIn(login, email, recovering.new_password)).status, 401)
    const at = await browser.follow(await withPassword(browser, email, recovering.new_password))
    assert.equal(at.path, stepPage)
    assert.equal((await step(browser, at, totp(secret))).status, 303)
  })
})

describe('forms from elsewhere', () => {
  let person, half, halfForm, link
  before(async () => {
    person = await addUserWithFactor('target@example.com')
    half = browserOf(site, person.email)
    halfForm = await halfWay(half)
    await addUser('linked@example.com')
    link = await linkFor('linked@example.com')
  })
  const forms = () => [
    [person.browser, passwordPage, { password: site.password, ...recovering }],
    [person.browser, factorPage, { action: 'remove', code: totp(person.secret) }],
    [person.browser, factorPage, { action: 'begin', password: site.password }],
    [half, stepPage, { request: 'apps', code: totp(person.secret) }],
    [person.browser, '/api/oauth/recover', { token: link.token, ...recovering }]
  ]
  const intact = async () => {
    assert.match(await openPage(person.browser, factorPage), /10 recovery codes left/)
    assert.equal((await person.browser.get(link.path)).status, 200)
    assert.ok(!await signedIn(half))
  }

  test('without a token, with a wrong one or that of another page', async () => {
    const others = [csrfOf((await person.browser.get(apps)).text), csrfOf((await person.browser.get('/api/oauth/logout')).text)]
    for (const [browser, page, fields] of forms()) {
      for (const csrf of [undefined, 'x', 'A'.repeat(43), ...others]) {
        assert.equal((await browser.post(page, csrf ? { csrf, ...fields } : fields)).status, 403, page)
      }
    }
    await intact()
  })

  test('from another site, even with the token', async () => {
    const tokens = {
      [passwordPage]: csrfOf((await person.browser.get(passwordPage)).text),
      [factorPage]: csrfOf((await person.browser.get(factorPage)).text),
      [stepPage]: halfForm.fields.csrf,
      '/api/oauth/recover': csrfOf((await person.browser.get(link.path)).text)
    }
    for (const [browser, page, fields] of forms()) {
      for (const headers of [{ Origin: 'https://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }]) {
        assert.equal((await browser.post(page, { csrf: tokens[page], ...fields }, headers)).status, 403, page)
      }
    }
    await intact()
  })

  test('by GET: nothing changes', async () => {
    for (const [browser, page, fields] of forms()) await browser.get(page + '?' + new URLSearchParams(fields))
    await intact()
  })

  test('the pages have no script, no frame, no outside resource, and stay out of caches', async () => {
    const offered = await begin(await addUser('pages@example.com'))
    for (const { headers, text } of [offered, halfForm.page, await person.browser.get(passwordPage), await person.browser.get(link.path)]) {
      assert.match(headers['content-security-policy'], /default-src 'none'/)
      assert.match(headers['content-security-policy'], /frame-ancestors 'none'/)
      assert.equal(headers['cache-control'], 'no-store')
      assert.doesNotMatch(text, /<script|<img|<link| style=/i)
    }
  })
})
