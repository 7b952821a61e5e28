// SPDX-License-Identifier: MIT
// Signing in and consenting.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { authorizationRequest, Browser, connect, newVerifier, redemption, register, token } from '../lib/flow.mjs'
import { startSite } from '../lib/site.mjs'
import { stillServing } from '../lib/still_serving.mjs'

let site, client
const verifier = newVerifier()
before(async () => {
  site = await startSite({ plain: true, conf: 'LOGIN_LIMIT_ACCOUNT=1000\nLOGIN_LIMIT_REMOTE=1000' })
  client = await register(site, { client_name: '<b>Ev"il</b>\u202e & Co' })
})
after(() => site?.stop())
stillServing(() => site)

const good = more => authorizationRequest(client, verifier, more)
const toLogin = async browser => browser.follow(await browser.authorize(good()))

test('an unknown user and a wrong password look the same', async () => {
  const answers = []
  for (const [email, password] of [['nobody@example.com', 'x'], [site.email, 'wrong'], [site.email.toUpperCase(), 'wrong']]) {
    const browser = new Browser(site)
    const answer = await browser.signIn(await toLogin(browser), email, password)
    answers.push(answer.status + answer.text.replace(/value="[^"]*"/g, ''))
  }
  assert.equal(new Set(answers).size, 1)
})

test('a password longer than 1024 bytes is refused, and NUL does not shorten one', async () => {
  const browser = new Browser(site)
  const at = await toLogin(browser)
  for (const password of ['x'.repeat(1025), site.password + '\0', site.password + '\0more']) {
    const answer = await browser.signIn(at, site.email, password)
    assert.notEqual(answer.status, 303)
  }
  assert.equal((await browser.signIn(at, site.email, 'x'.repeat(1 << 20))).status, 413)
})

test('cookies are of this host alone, and signing in makes a new one', async () => {
  const browser = new Browser(site)
  const at = await toLogin(browser)
  const earlier = new Map(browser.cookies)
  const answer = await browser.signIn(at)
  assert.equal(answer.status, 303)
  for (const line of answer.headers['set-cookie']) {
    assert.match(line, /^__Host-/)
    for (const word of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']) assert.ok(line.includes(word), line)
  }
  assert.notDeepEqual(browser.cookies, earlier)
})

test('a form without, with a foreign or from another browser\'s token changes nothing', async () => {
  const browser = new Browser(site)
  const at = await toLogin(browser)
  const other = new Browser(site)
  const elsewhere = await toLogin(other)
  const credentials = { email: site.email, password: site.password }
  for (const fields of [{ request: at.fields.request }, { ...at.fields, csrf: 'x' }, { ...at.fields, csrf: elsewhere.fields.csrf },
    elsewhere.fields]) {
    assert.equal((await browser.post('/api/oauth/login', { ...fields, ...credentials })).status, 403)
  }
  const crossSite = await browser.post('/api/oauth/login', { ...at.fields, ...credentials },
    { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' })
  assert.equal(crossSite.status, 403)
})

test('the consent page shows who asks, where to, what and as whom, escaped', async () => {
  const browser = new Browser(site)
  const at = await browser.toConsent(good())
  const { text } = at.page
  assert.doesNotMatch(text, /<b>Ev/)
  assert.match(text, /&lt;b&gt;Ev/)
  assert.ok(!text.includes('\u202e'))
  assert.match(text, /127\.0\.0\.1/)
  assert.ok(text.includes(site.email))
  assert.ok(text.includes(site.mcp))
  assert.match(text, /email/i)
})

test('cancelling sends access_denied', async () => {
  const browser = new Browser(site)
  const back = await browser.decide(await browser.toConsent(good()), 'cancel')
  assert.equal(back.get('error'), 'access_denied')
  assert.equal(back.get('code'), null)
  assert.equal(back.get('iss'), site.base)
  assert.equal(back.get('state'), 'a state')
})

test('the answer carries code, state and iss once each, the state unharmed, and nothing keeps it', async () => {
  const browser = new Browser(site)
  for (const state of ['a+b==', 'a b/c', 'é☃&x=1#f', undefined]) {
    const { state: _, ...request } = good()
    for (const decision of ['authorize', 'cancel']) {
      const at = await browser.toConsent(state === undefined ? request : { ...request, state })
      const answer = await browser.post('/api/oauth/consent', { ...at.fields, decision })
      assert.equal(answer.status, 303)
      assert.equal(answer.headers['referrer-policy'], 'no-referrer')
      assert.match(answer.headers['cache-control'], /no-store/)
      const to = new URL(answer.headers.location)
      assert.equal(to.hash, '')
      assert.deepEqual(to.searchParams.getAll('state'), state === undefined ? [] : [state])
      assert.deepEqual(to.searchParams.getAll('iss'), [site.base])
      assert.equal(to.searchParams.getAll('code').length + to.searchParams.getAll('error').length, 1)
      if (state === 'a+b==') assert.ok(answer.headers.location.includes('state=a%2Bb%3D%3D'))
    }
  }
})

test('a decision is made once: after the code was used the form is worth nothing', async () => {
  const browser = new Browser(site)
  const at = await browser.toConsent(good())
  const code = (await browser.decide(at)).get('code')
  assert.equal((await token(site, redemption(client, code, verifier))).status, 200)
  for (const decision of ['authorize', 'cancel']) {
    const again = await browser.post('/api/oauth/consent', { ...at.fields, decision })
    assert.equal(again.status, 403, decision)
    assert.ok(!again.headers.location)
  }
})

test('a signed-in browser is asked again, for each client', async () => {
  const browser = new Browser(site)
  await browser.code(good())
  const again = await browser.follow(await browser.authorize(good()))
  assert.equal(again.path, '/api/oauth/consent')
})

test('what was allowed to an https address is not asked again, unless something changed', async () => {
  const web = await register(site, { redirect_uris: ['https://app.example/cb', 'https://elsewhere.example/cb'] })
  const other = more => authorizationRequest(web, verifier, more)
  const browser = new Browser(site)
  assert.ok(await browser.code(other({ scope: 'email' })))
  const again = await browser.follow(await browser.authorize(other({ scope: 'email' })))
  assert.ok(again.left)
  assert.ok(new URL(again.path).searchParams.get('code'))
  for (const more of [{ scope: 'email profile' }, { scope: 'email', prompt: 'consent' }, { scope: 'email', redirect_uri: 'https://elsewhere.example/cb' }]) {
    assert.equal((await browser.follow(await browser.authorize(other(more)))).path, '/api/oauth/consent')
  }
  const elsewhere = await new Browser(site).follow(await browser.authorize(other({ scope: 'email' })))
  assert.equal(elsewhere.page.status, 403)

  const [{ id }] = await site.sql("INSERT INTO public.users (email) VALUES ('another@example.com') RETURNING id")
  await site.sql('INSERT INTO oauth.credential (user_id, password_hash) SELECT $1, password_hash FROM oauth.credential LIMIT 1', [id])
  const theirs = new Browser(site)
  const login = await theirs.follow(await theirs.authorize(other({ scope: 'email' })))
  assert.equal((await theirs.follow(await theirs.signIn(login, 'another@example.com'))).path, '/api/oauth/consent')
  await site.sql('DELETE FROM oauth.consent WHERE client_id = $1', [web.client_id])
  assert.equal((await browser.follow(await browser.authorize(other({ scope: 'email' })))).path, '/api/oauth/consent')
})

test('a consent page of one browser is of no use in another', async () => {
  const at = await new Browser(site).toConsent(good())
  const thief = new Browser(site)
  await thief.toConsent(good())
  const answer = await thief.post('/api/oauth/consent', { ...at.fields, decision: 'authorize' })
  assert.equal(answer.status, 403)
})

test('altered form fields lose against the stored request', async () => {
  const browser = new Browser(site)
  const at = await browser.toConsent(good({ scope: 'email' }))
  const answer = await browser.post('/api/oauth/consent', {
    ...at.fields, decision: 'authorize', scope: 'email profile', redirect_uri: 'https://evil.example/', client_id: 'x'
  })
  const back = new URL(answer.headers.location)
  assert.equal(back.hostname, '127.0.0.1')
  const tokens = await token(site, redemption(client, back.searchParams.get('code'), verifier))
  assert.equal(tokens.json.scope, 'email')
})

test('two tabs and a double click end in one code', async () => {
  const browser = new Browser(site)
  const at = await browser.toConsent(good())
  const reloaded = await browser.get(`/api/oauth/consent?request=${at.fields.request}`)
  assert.equal(reloaded.status, 200)
  const codes = await Promise.all([1, 2, 3].map(() => browser.post('/api/oauth/consent', { ...at.fields, decision: 'authorize' })))
  const seen = new Set(codes.filter(c => c.status === 303).map(c => new URL(c.headers.location).searchParams.get('code')))
  assert.equal(seen.size, 1)
})

test('signing out ends the sign-in of this browser', async () => {
  const { browser } = await connect(site)
  const page = await browser.get('/api/oauth/logout')
  const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)[1]
  assert.equal((await browser.post('/api/oauth/logout', { csrf: 'wrong' })).status, 403)
  assert.equal((await browser.post('/api/oauth/logout', { csrf })).status, 200)
  assert.equal((await toLogin(browser)).path, '/api/oauth/login')
})

test('guesses are counted exactly, even in parallel, and end for a while only', async () => {
  const strict = await startSite({ plain: true, conf: 'LOGIN_LIMIT_ACCOUNT=5\nLOGIN_WINDOW=600' })
  try {
    const asking = await register(strict)
    const browser = new Browser(strict)
    const at = await browser.follow(await browser.authorize(authorizationRequest(asking, verifier)))
    // Those that found no place to wait were turned away without a guess.
    const answers = await Promise.all(Array.from({ length: 12 }, () => browser.signIn(at, strict.email, 'wrong')))
    const judged = answers.filter(a => a.status !== 429 && a.status !== 503).length
    assert.ok(judged >= 1)
    const rows = await strict.sql("SELECT count FROM oauth.attempt WHERE key LIKE 'account:%'")
    assert.equal(rows[0].count, judged)
    for (let i = judged; i < 5; i++) await browser.signIn(at, strict.email, 'wrong')
    assert.notEqual((await browser.signIn(at)).status, 303)
    await strict.sql("UPDATE oauth.attempt SET window_started_at = window_started_at - interval '10 minutes'")
    assert.equal((await browser.signIn(at)).status, 303)
  } finally {
    await strict.stop()
  }
})
