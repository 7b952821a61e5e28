// SPDX-License-Identifier: MIT
// Pushed authorization requests (RFC 9126).
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { authorizationRequest, Browser, callback, newVerifier, redemption, register, token } from '../lib/flow.mjs'
import { postForm, postJson, send } from '../lib/http.mjs'
import { startSite } from '../lib/site.mjs'

let site, client
const verifier = newVerifier()
before(async () => {
  site = await startSite({ plain: true })
  client = await register(site)
})
after(() => site?.stop())

const good = more => authorizationRequest(client, verifier, more)
const without = (object, ...names) => Object.fromEntries(Object.entries(object).filter(([k]) => !names.includes(k)))
const par = (fields, headers) => postForm(site.url('/api/oauth/par'), fields, headers)
const waiting = async () => (await site.sql('SELECT count(*)::int AS n FROM oauth.pushed_request'))[0].n

async function push (fields = good(), headers = {}) {
  const answer = await par(fields, headers)
  assert.equal(answer.status, 201, answer.text)
  return answer.json.request_uri
}

async function refused (fields, error, status = 400, headers = {}) {
  const before = await waiting()
  const answer = await par(fields, headers)
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.json.error, error, answer.text)
  assert.match(answer.headers['content-type'], /^application\/json/)
  assert.match(answer.headers['cache-control'], /no-store/)
  assert.equal(await waiting(), before)
  return answer
}

async function refusedPage (params) {
  const answer = await send(site.url('/api/oauth/authorize?' + new URLSearchParams(params)))
  assert.equal(answer.status, 400, answer.text)
  assert.equal(answer.headers.location, undefined)
  assert.match(answer.headers['content-type'], /^text\/html/)
  return answer.text
}

test('a pushed request becomes a code, with nothing but client_id and request_uri in the link', async () => {
  const answer = await par(good({ scope: 'email' }))
  assert.equal(answer.status, 201)
  assert.match(answer.headers['content-type'], /^application\/json/)
  assert.match(answer.headers['cache-control'], /no-store/)
  const { request_uri: requestUri, expires_in: expiresIn, ...rest } = answer.json
  assert.deepEqual(rest, {})
  assert.match(requestUri, /^urn:ietf:params:oauth:request_uri:[A-Za-z0-9_-]{43}$/)
  assert.ok(expiresIn >= 60 && expiresIn <= 90)

  const browser = new Browser(site)
  const at = await browser.toConsent({ client_id: client.client_id, request_uri: requestUri })
  assert.ok(at.page.text.includes('<html lang="en"'))
  assert.ok(at.page.text.includes(site.mcp))
  const back = await browser.decide(at)
  assert.equal(back.get('state'), 'a state')
  assert.equal(back.get('iss'), site.base)
  const tokens = await token(site, redemption(client, back.get('code'), verifier))
  assert.equal(tokens.status, 200, tokens.text)
  assert.equal(tokens.json.scope, 'email')
})

test('pushed ui_locales goes before the browser, on every page of the request; what the link says does not count', async () => {
  const requestUri = await push(good({ ui_locales: 'tlh de-CH en' }))
  assert.match(requestUri, /^urn:ietf:params:oauth:request_uri:[A-Za-z0-9_-]{43}\.de$/)
  await refusedPage({ client_id: client.client_id, request_uri: requestUri.replace(/de$/, 'fr') })
  await refusedPage({ client_id: client.client_id, request_uri: requestUri.replace(/\.de$/, '') })

  class FrenchBrowser extends Browser {
    headers () { return { ...super.headers(), 'Accept-Language': 'fr' } }
  }
  const browser = new FrenchBrowser(site)
  const link = { client_id: client.client_id, request_uri: requestUri, ui_locales: 'es' }
  const login = await browser.follow(await browser.authorize(link))
  assert.match(login.page.text, /<html lang="de"/)
  const consent = await browser.follow(await browser.signIn(login))
  assert.match(consent.page.text, /<html lang="de"/)
  const unasked = await new FrenchBrowser(site).toConsent({ client_id: client.client_id, request_uri: await push() })
  assert.match(unasked.page.text, /<html lang="fr"/)

  for (const uiLocales of ['tlh', '', 'x'.repeat(300), '../../etc en.de']) {
    assert.match(await push(good({ ui_locales: uiLocales })), /:[A-Za-z0-9_-]{43}$/, uiLocales)
  }
})

test('what was pushed holds, whatever else stands in the link', async () => {
  const browser = new Browser(site)
  const requestUri = await push(good({ scope: 'email', state: 'pushed' }))
  const at = await browser.toConsent([...Object.entries(good({ scope: 'profile', state: 'other', code_challenge: 'x', response_type: 'token',
    redirect_uri: 'https://evil.example/', resource: 'https://evil.example/' })), ['scope', 'email profile'], ['request_uri', requestUri]])
  const back = await browser.decide(at)
  assert.equal(back.get('state'), 'pushed')
  assert.equal((await token(site, redemption(client, back.get('code'), verifier))).json.scope, 'email')
})

test('a request_uri is used once, also when many try at once', async () => {
  const link = { client_id: client.client_id, request_uri: await push() }
  const answers = await Promise.all(Array.from({ length: 10 }, () => new Browser(site).authorize(link)))
  assert.equal(answers.filter(a => a.status === 303).length, 1)
  assert.match(await refusedPage(link), /invalid_request_uri/)
})

test('one that is unknown, expired, doubled or another client\'s is told on a page', async () => {
  const link = request_uri => ({ client_id: client.client_id, request_uri })
  await refusedPage(link('urn:ietf:params:oauth:request_uri:nonsense'))
  await refusedPage(link('https://evil.example/request'))
  await refusedPage({ ...good(), request_uri: 'nonsense' })

  const other = await register(site)
  const foreign = await push()
  await refusedPage({ client_id: other.client_id, request_uri: foreign })
  await refusedPage({ client_id: 'nobody', request_uri: foreign })
  await refusedPage({ request_uri: foreign })
  await refusedPage([['client_id', client.client_id], ['request_uri', foreign], ['request_uri', foreign]])
  await refusedPage([['client_id', other.client_id], ['client_id', client.client_id], ['request_uri', foreign]])
  assert.equal((await new Browser(site).authorize(link(foreign))).status, 303)

  const late = await push()
  await site.sql("UPDATE oauth.pushed_request SET expires_at = now() - interval '1 s'")
  await refusedPage(link(late))
})

test('a client that is disabled meanwhile is told on a page', async () => {
  const other = await register(site)
  const requestUri = await push({ ...good(), client_id: other.client_id })
  await site.sql('UPDATE oauth.client SET disabled_at = now() WHERE client_id = $1', [other.client_id])
  assert.match(await refusedPage({ client_id: other.client_id, request_uri: requestUri }), /invalid_client/)
})

test('each fault has the code that authorize would have sent', async () => {
  await refused(without(good(), 'response_type'), 'invalid_request')
  await refused(good({ response_type: 'token' }), 'unsupported_response_type')
  await refused(good({ response_mode: 'fragment' }), 'invalid_request')
  await refused(without(good(), 'redirect_uri'), 'invalid_request')
  await refused(good({ redirect_uri: 'https://evil.example/' }), 'invalid_request')
  await refused(without(good(), 'code_challenge'), 'invalid_request')
  await refused(good({ code_challenge_method: 'plain' }), 'invalid_request')
  await refused(good({ code_challenge: 'short' }), 'invalid_request')
  await refused(good({ scope: 'nonsense' }), 'invalid_scope')
  await refused(good({ resource: 'https://other.example/mcp' }), 'invalid_target')
  await refused([...Object.entries(good()), ['resource', site.mcp], ['resource', 'https://other.example/']], 'invalid_target')
  await refused([...Object.entries(good({ scope: 'email' })), ['scope', 'email']], 'invalid_request')
  await refused(good({ request_uri: await push() }), 'invalid_request')
  const machine = await register(site)
  await site.sql("UPDATE oauth.client SET grant_types = '{refresh_token}' WHERE client_id = $1", [machine.client_id])
  await refused(good({ client_id: machine.client_id }), 'unauthorized_client')
})

test('clients are authenticated before anything is looked at', async () => {
  await refused(without(good(), 'client_id'), 'invalid_request')
  await refused({ ...good({ client_id: 'nobody' }), response_type: 'token' }, 'invalid_client', 401)
  await refused(good({ client_secret: 'extra' }), 'invalid_client', 401)
  const secret = await register(site, { token_endpoint_auth_method: 'client_secret_basic' })
  const fields = authorizationRequest(secret, verifier)
  const basic = word => ({ Authorization: 'Basic ' + Buffer.from(`${secret.client_id}:${word}`).toString('base64') })
  await refused(fields, 'invalid_client', 401)
  const wrong = await refused(fields, 'invalid_client', 401, basic('wrong'))
  assert.match(wrong.headers['www-authenticate'], /^Basic/)
  await refused(good(), 'invalid_request', 400, basic(secret.client_secret))
  await push(fields, basic(secret.client_secret))
  await push({ ...fields, client_secret: secret.client_secret })
})

test('methods, types and sizes', async () => {
  const url = site.url('/api/oauth/par')
  const get = await send(url)
  assert.equal(get.status, 405)
  assert.match(get.headers.allow, /POST/)
  assert.equal((await postJson(url, good())).status, 400)
  assert.equal((await par(good({ state: 'x'.repeat(40000) }))).status, 413)
  await push(good({ state: 'x'.repeat(20000) }))
  const crossOrigin = await par(good(), { Origin: 'https://app.example' })
  assert.equal(crossOrigin.headers['access-control-allow-origin'], '*')
})

test('the database holds digests and forgets what expired', async () => {
  const requestUri = await push()
  const rows = await site.sql('SELECT * FROM oauth.pushed_request')
  assert.ok(rows.every(row => row.request_uri_digest.length === 32))
  assert.ok(!JSON.stringify(rows).includes(requestUri.split(':').at(-1)))
  await site.sql("UPDATE oauth.pushed_request SET expires_at = now() - interval '1 hour'")
  await push()
  assert.equal(await waiting(), 1)
  await site.sql("UPDATE oauth.pushed_request SET expires_at = now() - interval '1 hour'")
  const purged = await site.sql("SELECT deleted::int FROM oauth.purge(100) WHERE kind = 'pushed_request'")
  assert.deepEqual(purged, [{ deleted: 1 }])
  assert.ok(!(await site.log()).includes(requestUri.split(':').at(-1)))
})

test('it is advertised, and not required', async () => {
  const { json } = await send(site.url('/.well-known/oauth-authorization-server'))
  assert.equal(json.pushed_authorization_request_endpoint, site.url('/api/oauth/par'))
  assert.equal(json.require_pushed_authorization_requests, false)
})

test('switched off, it is neither there nor advertised, and authorize takes no request_uri', async () => {
  const off = await startSite({ plain: true, conf: 'PUSHED_AUTHORIZATION_REQUESTS=off' })
  try {
    const asking = await register(off, { redirect_uris: [callback] })
    const fields = authorizationRequest(asking, verifier)
    const answer = await postForm(off.url('/api/oauth/par'), fields)
    assert.equal(answer.status, 404)
    assert.doesNotThrow(() => answer.json)
    const { json } = await send(off.url('/.well-known/oauth-authorization-server'))
    assert.ok(!('pushed_authorization_request_endpoint' in json))
    const link = new URLSearchParams({ ...fields, request_uri: 'urn:ietf:params:oauth:request_uri:x' })
    assert.equal((await send(off.url('/api/oauth/authorize?' + link))).status, 400)
    assert.equal((await new Browser(off).authorize(fields)).status, 303)
  } finally {
    await off.stop()
  }
})
