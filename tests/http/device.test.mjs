// SPDX-License-Identifier: MIT
// Devices without a browser (RFC 8628).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Browser, callback, connect, hidden, refreshing, register, token, whoami } from '../lib/flow.mjs'
import { postForm, postJson, send } from '../lib/http.mjs'
import { startSite } from '../lib/site.mjs'

const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
let site, client
before(async () => {
  site = await startSite({ conf: 'LOGIN_LIMIT_ACCOUNT=1000\nLOGIN_LIMIT_REMOTE=1000' })
  client = await newClient()
})
after(() => site?.stop())

// A client that has no browser to send anybody back to.
async function newClient (more, at = site) {
  const answer = await postJson(at.url('/api/oauth/register'), {
    client_name: 'A television', grant_types: [grantType, 'refresh_token'], token_endpoint_auth_method: 'none', ...more
  })
  assert.equal(answer.status, 201, answer.text)
  return answer.json
}

const ask = (fields, headers, at = site) => postForm(at.url('/api/oauth/device_authorization'), fields, headers)
async function begin (more, who = client, at = site) {
  const answer = await ask({ client_id: who.client_id, ...more }, {}, at)
  assert.equal(answer.status, 200, answer.text)
  return answer.json
}
const polling = (device, who = client) => ({ grant_type: grantType, device_code: device.device_code, client_id: who.client_id })
const poll = (device, more, who) => token(site, { ...polling(device, who), ...more })
const stored = async () => (await site.sql('SELECT * FROM oauth.device_code ORDER BY created_at DESC LIMIT 1'))[0]

function refusedWith (answer, error, status = 400) {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.json.error, error, answer.text)
  assert.match(answer.headers['content-type'], /^application\/json/)
  assert.match(answer.headers['cache-control'], /no-store/)
}

// The page where the code is typed; {page, fields}.
async function open (browser, query = '') {
  const page = await browser.get('/api/oauth/device' + query)
  assert.equal(page.status, 200, page.text)
  return { page, fields: hidden(page.text) }
}

async function type (browser, userCode) {
  const { fields } = await open(browser)
  return browser.post('/api/oauth/device', { ...fields, user_code: userCode })
}

// As far as the consent page, signing in where asked.
async function toConsent (browser, device) {
  let at = await browser.follow(await type(browser, device.user_code))
  if (at.path === '/api/oauth/login') at = await browser.follow(await browser.signIn(at))
  assert.equal(at.path, '/api/oauth/consent', at.page.text)
  return at
}

const answer = (browser, at, decision) => browser.post('/api/oauth/consent', { ...at.fields, decision })

async function allow (device, browser = new Browser(site)) {
  const page = await answer(browser, await toConsent(browser, device), 'authorize')
  assert.equal(page.status, 200, page.text)
  return page.text
}

describe('a device', () => {
  test('shows a code, waits, and has tokens once the person allowed it', async () => {
    const device = await begin({ scope: 'email' })
    assert.match(device.device_code, /^[A-Za-z0-9_-]{43}$/)
    assert.match(device.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
    assert.equal(device.verification_uri, site.url('/api/oauth/device'))
    assert.equal(device.verification_uri_complete, `${device.verification_uri}?user_code=${device.user_code}`)
    assert.equal(device.expires_in, 600)
    assert.equal(device.interval, 5)
    refusedWith(await poll(device), 'authorization_pending')

    const browser = new Browser(site)
    const at = await toConsent(browser, device)
    assert.ok(at.page.text.includes(device.user_code))
    assert.match(at.page.text, /connecting a device/)
    assert.match(at.page.text, /started this yourself/)
    assert.match(at.page.text, /A television/)
    assert.ok(at.page.text.includes(site.email))
    assert.ok(at.page.text.includes(site.mcp))
    const done = await answer(browser, at, 'authorize')
    assert.equal(done.status, 200)
    assert.equal(done.headers.location, undefined)
    assert.match(done.text, /return to your device/)

    const tokens = await poll(device)
    assert.equal(tokens.status, 200, tokens.text)
    assert.match(tokens.headers['cache-control'], /no-store/)
    assert.equal(tokens.json.token_type, 'Bearer')
    assert.equal(tokens.json.scope, 'email')
    const said = await whoami(site, tokens.json.access_token)
    assert.equal(said.email, site.email)
    assert.equal(said.client, client.client_id)
    assert.equal((await token(site, refreshing(client, tokens.json))).status, 200)
    const audit = await site.sql("SELECT event FROM oauth.audit WHERE client_id = $1 AND event IN ('consent', 'session started') ORDER BY at", [client.client_id])
    assert.deepEqual(audit.map(row => row.event), ['consent', 'session started'])
  })

  test('is told when the person refused', async () => {
    const device = await begin()
    const browser = new Browser(site)
    const page = await answer(browser, await toConsent(browser, device), 'cancel')
    assert.equal(page.status, 200)
    assert.match(page.text, /refused/)
    refusedWith(await poll(device), 'access_denied')
  })

  test('is told when its code expired, whatever was decided before', async () => {
    for (const decided of [false, true]) {
      const device = await begin()
      if (decided) await allow(device)
      await site.sql("UPDATE oauth.device_code SET expires_at = now() - interval '1 s'")
      refusedWith(await poll(device), 'expired_token')
      assert.equal((await type(new Browser(site), device.user_code)).status, 400)
    }
  })

  test('that polls too early has to wait five seconds longer each time', async () => {
    const device = await begin()
    refusedWith(await poll(device), 'authorization_pending')
    assert.equal((await stored()).interval_s, 5)
    for (const interval of [10, 15]) {
      refusedWith(await poll(device), 'slow_down')
      assert.equal((await stored()).interval_s, interval)
    }
    const polledAgo = seconds => site.sql(
      `UPDATE oauth.device_code SET polled_at = now() - ${seconds} * interval '1 s' WHERE spent_at IS NULL`)
    await polledAgo(15)
    refusedWith(await poll(device), 'authorization_pending')
    await polledAgo(10)
    refusedWith(await poll(device), 'slow_down')
    assert.equal((await stored()).interval_s, 20)
    await allow(device)
    assert.equal((await poll(device)).status, 200)
  })

  test('spends its code once, also when it asks twenty times at once', async () => {
    const device = await begin()
    await allow(device)
    const count = async () => (await site.sql('SELECT count(*)::int AS n FROM public.mcp_server_sessions'))[0].n
    const before = await count()
    const answers = await Promise.all(Array.from({ length: 20 }, () => poll(device)))
    const winners = answers.filter(a => a.status === 200)
    assert.equal(winners.length, 1)
    for (const other of answers.filter(a => a.status !== 200)) refusedWith(other, 'invalid_grant')
    assert.equal(await count(), before + 1)
    refusedWith(await poll(device), 'invalid_grant')
    assert.equal((await token(site, refreshing(client, winners[0].json))).status, 200)
  })

  test('gets nothing with another client, another resource or an unknown code', async () => {
    const device = await begin()
    await allow(device)
    const other = await newClient()
    refusedWith(await poll(device, {}, other), 'invalid_grant')
    refusedWith(await poll(device, { client_id: 'nobody' }), 'invalid_client', 401)
    refusedWith(await poll(device, { client_secret: 'extra' }), 'invalid_client', 401)
    refusedWith(await poll(device, { resource: 'https://other.example/' }), 'invalid_target')
    refusedWith(await poll(device, { device_code: 'nonsense' }), 'invalid_grant')
    refusedWith(await poll(device, { device_code: '' }), 'invalid_request')
    refusedWith(await poll(device, { client_id: '' }), 'invalid_request')
    assert.equal((await poll(device)).status, 200)
  })

  test('of a client that may not refresh gets no refresh token', async () => {
    const brief = await newClient({ grant_types: [grantType] })
    const device = await begin({}, brief)
    await allow(device)
    const tokens = await poll(device, {}, brief)
    assert.equal(tokens.status, 200, tokens.text)
    assert.ok(!('refresh_token' in tokens.json))
  })

  test('gets nothing once its person is disabled', async () => {
    const device = await begin()
    await allow(device)
    await site.sql('UPDATE public.users SET disabled_at = now()')
    refusedWith(await poll(device), 'invalid_grant')
    await site.sql('UPDATE public.users SET disabled_at = NULL')
  })
})

describe('who may ask', () => {
  test('clients that were registered for it, authenticated in their own way', async () => {
    refusedWith(await ask({}), 'invalid_request')
    refusedWith(await ask({ client_id: 'nobody' }), 'invalid_client', 401)
    refusedWith(await ask({ client_id: client.client_id, client_secret: 'extra' }), 'invalid_client', 401)
    const web = await register(site)
    assert.deepEqual(web.grant_types, ['authorization_code', 'refresh_token'])
    refusedWith(await ask({ client_id: web.client_id }), 'unauthorized_client')

    const secret = await newClient({ token_endpoint_auth_method: 'client_secret_basic' })
    const basic = word => ({ Authorization: 'Basic ' + Buffer.from(`${secret.client_id}:${word}`).toString('base64') })
    refusedWith(await ask({ client_id: secret.client_id }), 'invalid_client', 401)
    refusedWith(await ask({}, basic('wrong')), 'invalid_client', 401)
    const asked = await ask({}, basic(secret.client_secret))
    assert.equal(asked.status, 200, asked.text)
    await allow(asked.json)
    refusedWith(await poll(asked.json, {}, secret), 'invalid_client', 401)
    const { client_id: _, ...fields } = polling(asked.json)
    assert.equal((await token(site, fields, basic(secret.client_secret))).status, 200)
  })

  test('clients that the operator added for it', async () => {
    const { stdout } = await site.command('client', 'add', '--name', 'By hand', '--device')
    const byHand = { client_id: /^client_id=(.*)$/m.exec(stdout)[1] }
    const device = await begin({}, byHand)
    await allow(device)
    assert.ok((await poll(device, {}, byHand)).json.refresh_token)
    await assert.rejects(site.command('client', 'add', '--name', 'Nothing at all'))
  })

  test('scopes and resources are settled as at authorize', async () => {
    refusedWith(await ask({ client_id: client.client_id, scope: 'nonsense' }), 'invalid_scope')
    refusedWith(await ask({ client_id: client.client_id, resource: 'https://other.example/' }), 'invalid_target')
    refusedWith(await ask([['client_id', client.client_id], ['scope', 'email'], ['scope', 'email']]), 'invalid_request')
    await begin({ resource: site.mcp + '/' })
    assert.equal((await stored()).resource, site.mcp)
    assert.equal((await stored()).scope, 'email profile')
  })

  test('methods and origins', async () => {
    const get = await send(site.url('/api/oauth/device_authorization'))
    assert.equal(get.status, 405)
    const crossOrigin = await ask({ client_id: client.client_id }, { Origin: 'https://app.example' })
    assert.equal(crossOrigin.headers['access-control-allow-origin'], '*')
  })

  test('a client only for devices needs no addresses; one for both does', async () => {
    assert.deepEqual(client.redirect_uris, [])
    assert.ok(!client.response_types?.length)
    const both = await newClient({ grant_types: ['authorization_code', grantType], redirect_uris: [callback] })
    assert.deepEqual(both.redirect_uris, [callback])
    assert.deepEqual(both.grant_types, ['authorization_code', grantType])
    await connect(site, { client: both })
    await begin({}, both)
    const refused = await postJson(site.url('/api/oauth/register'),
      { grant_types: ['authorization_code', grantType], redirect_uris: ['http://evil.example/'] })
    refusedWith(refused, 'invalid_redirect_uri')
    const page = await send(site.url('/api/oauth/authorize?' + new URLSearchParams({
      response_type: 'code', client_id: client.client_id, redirect_uri: callback
    })))
    assert.equal(page.status, 400)
    assert.equal(page.headers.location, undefined)
  })
})

describe('the pages', () => {
  test('take the code in any spelling', async () => {
    const spellings = [c => c.toLowerCase(), c => c.replace('-', ''), c => ` ${c.replace('-', ' - ')} `,
      c => c.replace('-', '').split('').join('-')]
    for (const spell of spellings) {
      const device = await begin()
      assert.equal((await type(new Browser(site), spell(device.user_code))).status, 303, spell(device.user_code))
    }
  })

  test('the complete address fills the code in and sends nothing', async () => {
    const device = await begin()
    const browser = new Browser(site)
    const { page } = await open(browser, '?user_code=' + device.user_code.toLowerCase())
    assert.ok(page.text.includes(`value="${device.user_code}"`))
    assert.match(page.text, /device of your own/)
    assert.doesNotMatch(page.text, /<script/i)
    assert.match(page.headers['content-security-policy'], /frame-ancestors 'none'/)
    const rows = await site.sql('SELECT FROM oauth.authorization_request WHERE device_code_digest = $1',
      [(await stored()).device_code_digest])
    assert.equal(rows.length, 0)
    const strange = await open(browser, '?user_code=' + encodeURIComponent('"><script>alert(1)</script>'))
    assert.doesNotMatch(strange.page.text, /<script|alert/)
  })

  test('show what a client calls itself escaped', async () => {
    const evil = await newClient({ client_name: '<b>Ev"il</b>\u202e & Co' })
    const at = await toConsent(new Browser(site), await begin({}, evil))
    assert.doesNotMatch(at.page.text, /<b>Ev/)
    assert.match(at.page.text, /&lt;b&gt;Ev/)
    assert.ok(!at.page.text.includes('\u202e'))
  })

  test('a form without, with a foreign or from another browser\'s token changes nothing', async () => {
    const device = await begin()
    const browser = new Browser(site)
    const { fields } = await open(browser)
    const elsewhere = await open(new Browser(site))
    for (const csrf of [{}, { csrf: 'x' }, { csrf: elsewhere.fields.csrf }]) {
      assert.equal((await browser.post('/api/oauth/device', { ...csrf, user_code: device.user_code })).status, 403)
    }
    const crossSite = await browser.post('/api/oauth/device', { ...fields, user_code: device.user_code },
      { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' })
    assert.equal(crossSite.status, 403)
    assert.equal((await new Browser(site).post('/api/oauth/device', { ...fields, user_code: device.user_code })).status, 403)

    const at = await toConsent(browser, device)
    assert.equal((await browser.post('/api/oauth/consent', { request: at.fields.request, decision: 'authorize' })).status, 403)
    const thief = new Browser(site)
    await toConsent(thief, await begin())
    assert.equal((await answer(thief, at, 'authorize')).status, 403)
    refusedWith(await poll(device), 'authorization_pending')
  })

  test('what was decided stays decided: twice in one browser, or in two', async () => {
    const device = await begin()
    const [one, two] = [new Browser(site), new Browser(site)]
    const [here, there] = [await toConsent(one, device), await toConsent(two, device)]
    assert.equal((await answer(one, here, 'authorize')).status, 200)
    assert.equal((await answer(one, here, 'authorize')).status, 200)
    assert.equal((await answer(one, here, 'cancel')).status, 403)
    assert.equal((await answer(two, there, 'cancel')).status, 403)
    assert.equal((await type(two, device.user_code)).status, 400)
    assert.equal((await poll(device)).status, 200)
    refusedWith(await poll(device), 'invalid_grant')
  })

  test('a device is asked about each time', async () => {
    const browser = new Browser(site)
    await allow(await begin(), browser)
    const at = await toConsent(browser, await begin())
    assert.equal(at.page.status, 200)
  })

  test('a code that nobody waits with, or that is none, is told alike', async () => {
    const browser = new Browser(site)
    for (const code of ['BBBB-BBBB', 'AAAA-AAAA', 'BBBB', 'BBBB-BBBB-B', '', 'ß'.repeat(8), '%']) {
      const page = await type(browser, code)
      assert.equal(page.status, 400, code)
      assert.match(page.text, /No device waits with this code/)
      assert.equal(page.headers.location, undefined)
    }
  })
})

describe('secrets and limits', () => {
  test('the database holds digests, the log neither code, and both are forgotten', async () => {
    const device = await begin()
    await type(new Browser(site), device.user_code)
    const row = await stored()
    assert.equal(row.device_code_digest.length, 32)
    assert.equal(row.user_code_digest.length, 32)
    const dump = JSON.stringify(await site.sql('SELECT d, r FROM oauth.device_code d, oauth.authorization_request r'))
    const log = await site.log()
    for (const secret of [device.device_code, device.user_code, device.user_code.replace('-', '')]) {
      assert.ok(!dump.includes(secret))
      assert.ok(!log.includes(secret))
    }
    await site.sql("UPDATE oauth.device_code SET expires_at = now() - interval '2 hours'")
    await site.sql('SELECT oauth.purge(100)')
    assert.equal(await stored(), undefined)
    refusedWith(await poll(device), 'invalid_grant')
  })

  test('guesses are counted by address and by person, even in parallel, and a right one then is refused too', async () => {
    const strict = await startSite({ plain: true, conf: 'LOGIN_LIMIT_ACCOUNT=4\nLOGIN_LIMIT_REMOTE=12' })
    try {
      const tv = await newClient({}, strict)
      const device = await begin({}, tv, strict)
      const person = new Browser(strict)
      await connect(strict, { browser: person })
      for (let i = 0; i < 4; i++) assert.equal((await type(person, 'BBBB-BBBB')).status, 400)
      const throttled = await type(person, device.user_code)
      assert.equal(throttled.status, 429)
      assert.ok(Number(throttled.headers['retry-after']) > 0)
      assert.match(throttled.text, /Too many codes were tried/)

      const anybody = new Browser(strict)
      const { fields } = await open(anybody)
      const guesses = await Promise.all(Array.from({ length: 10 }, () =>
        anybody.post('/api/oauth/device', { ...fields, user_code: 'BBBB-BBBB' })))
      assert.equal(guesses.filter(a => a.status === 400).length, 12 - 5)
      assert.equal(guesses.filter(a => a.status === 429).length, 3)
      assert.equal((await type(anybody, device.user_code)).status, 429)
      assert.match(await strict.log(), /too many user codes tried/)

      await strict.sql("UPDATE oauth.attempt SET window_started_at = now() - interval '1 hour'")
      assert.equal((await type(anybody, device.user_code)).status, 303)
    } finally {
      await strict.stop()
    }
  })
})

describe('the switch', () => {
  test('on, it is advertised', async () => {
    const { json } = await send(site.url('/.well-known/oauth-authorization-server'))
    assert.equal(json.device_authorization_endpoint, site.url('/api/oauth/device_authorization'))
    assert.ok(json.grant_types_supported.includes(grantType))
  })

  test('off, nothing of it is there', async () => {
    const off = await startSite({ plain: true, conf: 'DEVICE_AUTHORIZATION=off' })
    try {
      const { json } = await send(off.url('/.well-known/oauth-authorization-server'))
      assert.ok(!('device_authorization_endpoint' in json))
      assert.ok(!json.grant_types_supported.includes(grantType))
      const other = await register(off, { grant_types: ['authorization_code', grantType] })
      assert.deepEqual(other.grant_types, ['authorization_code'])
      refusedWith(await ask({ client_id: other.client_id }, {}, off), 'not_found', 404)
      refusedWith(await token(off, polling({ device_code: 'x' }, other)), 'unsupported_grant_type')
      refusedWith(await postJson(off.url('/api/oauth/register'), { grant_types: [grantType] }), 'invalid_client_metadata')
      const page = await send(off.url('/api/oauth/device'))
      assert.equal(page.status, 404)
      assert.match(page.headers['content-type'], /^text\/html/)
    } finally {
      await off.stop()
    }
  })
})
