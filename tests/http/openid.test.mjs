// SPDX-License-Identifier: MIT
// OpenID Connect: ID tokens, userinfo, and what a request may ask for.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { Browser, authorizationRequest, connect, newVerifier, redemption, refreshing, register, token } from '../lib/flow.mjs'
import { postForm, send } from '../lib/http.mjs'
import { startSite } from '../lib/site.mjs'

let site
before(async () => { site = await startSite({ plain: true }) })
after(() => site?.stop())

const https = { redirect_uris: ['https://rp.example/cb'] }
const userinfo = (accessToken, options = {}) => send(site.url('/api/oauth/userinfo'),
  { headers: accessToken ? { Authorization: `Bearer ${accessToken}` } : {}, ...options })

describe('the documents', () => {
  test('openid-configuration is complete and the same as the server metadata (DI12)', async () => {
    const m = (await send(site.url('/.well-known/openid-configuration'))).json
    assert.deepEqual(m, (await send(site.url('/.well-known/oauth-authorization-server'))).json)
    assert.equal(m.issuer, site.base)
    for (const url of ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri', 'end_session_endpoint']) {
      assert.ok(m[url].startsWith(site.base + '/'), url)
    }
    assert.deepEqual(m.subject_types_supported, ['public'])
    assert.deepEqual(m.id_token_signing_alg_values_supported, ['RS256'])
    assert.equal(m.request_uri_parameter_supported, false)
    assert.deepEqual(m.scopes_supported, ['openid', 'email', 'profile'])
  })

  test('without a key for it there is no OpenID Connect at all', async () => {
    const off = await startSite({ plain: true, conf: 'JWT_PRIVATE_KEY_FILE=' })
    try {
      assert.equal((await send(off.url('/.well-known/openid-configuration'))).status, 404)
      const m = (await send(off.url('/.well-known/oauth-authorization-server'))).json
      assert.deepEqual(m.scopes_supported, ['email', 'profile'])
      for (const name of ['userinfo_endpoint', 'end_session_endpoint', 'id_token_signing_alg_values_supported']) assert.ok(!(name in m))
      const { tokens } = await connect(off, { params: { scope: 'openid email' } })
      assert.equal(tokens.scope, 'email')
      assert.ok(!('id_token' in tokens))
      assert.equal((await send(off.url('/api/oauth/userinfo'), { headers: { Authorization: `Bearer ${tokens.access_token}` } })).status, 404)
    } finally {
      await off.stop()
    }
  })

  test('an issuer with a path has it at all three addresses (DI3)', async () => {
    const port = site.port
    const deep = await startSite({ plain: true, conf: 'OAUTH_ISSUER=http://127.0.0.1:@PORT@/auth/v1', guardConf: 'OAUTH_ISSUER=http://127.0.0.1:@PORT@/auth/v1', apacheBefore: 'Define MCP_OAUTH_ISSUER_PATH /auth/v1' })
    try {
      for (const path of ['/.well-known/oauth-authorization-server/auth/v1', '/.well-known/openid-configuration/auth/v1', '/auth/v1/.well-known/openid-configuration']) {
        const answer = await send(deep.url(path))
        assert.equal(answer.status, 200, path + answer.text)
        assert.equal(answer.json.issuer, deep.base + '/auth/v1')
      }
      assert.deepEqual((await send(deep.url('/.well-known/oauth-protected-resource/mcp'))).json.authorization_servers, [deep.base + '/auth/v1'])
      const { tokens, client, browser } = await connect(deep)
      assert.equal(decodeJwt(tokens.access_token).iss, deep.base + '/auth/v1')
      const back = await browser.decide(await browser.toConsent(authorizationRequest(client, newVerifier())), 'cancel')
      assert.equal(back.get('iss'), deep.base + '/auth/v1')
      assert.notEqual(port, deep.port)
    } finally {
      await deep.stop()
    }
  })
})

describe('ID tokens', () => {
  test('say who signed in, when, for whom, with the nonce', async () => {
    const { tokens, client } = await connect(site, { params: { scope: 'openid email profile', nonce: 'n-0S6_WzA2Mj' } })
    const keys = createRemoteJWKSet(new URL(site.url('/.well-known/jwks.json')))
    const { payload, protectedHeader } = await jwtVerify(tokens.id_token, keys, { issuer: site.base, audience: client.client_id })
    assert.equal(protectedHeader.alg, 'RS256')
    assert.equal(payload.nonce, 'n-0S6_WzA2Mj')
    assert.equal(payload.email, site.email)
    assert.equal(payload.name, 'Demo User')
    assert.ok(Math.abs(payload.auth_time - Date.now() / 1000) < 60)
    assert.equal(payload.at_hash, createHash('sha256').update(tokens.access_token).digest().subarray(0, 16).toString('base64url'))
    const access = decodeJwt(tokens.access_token)
    assert.equal(payload.sub, access.sub)
    assert.deepEqual(access.aud, [site.base + '/mcp', site.base + '/api/oauth/userinfo'])
  })

  test('hold no more than the scope, and come only for openid', async () => {
    const narrow = decodeJwt((await connect(site, { params: { scope: 'openid' } })).tokens.id_token)
    for (const name of ['email', 'name', 'nonce']) assert.ok(!(name in narrow), name)
    const { tokens } = await connect(site, { params: { scope: 'email' } })
    assert.ok(!('id_token' in tokens))
    assert.equal(decodeJwt(tokens.access_token).aud, site.base + '/mcp')
    assert.ok(!('id_token' in (await connect(site)).tokens), 'nor for those who ask for no scope')
  })

  test('are no access tokens, and access tokens no ID tokens', async () => {
    const { tokens } = await connect(site, { params: { scope: 'openid' } })
    assert.equal((await userinfo(tokens.id_token)).status, 401)
  })

  test('a refresh keeps openid', async () => {
    const { tokens, client } = await connect(site, { params: { scope: 'openid email' } })
    const again = await token(site, refreshing(client, tokens))
    assert.equal(again.json.scope, 'openid email')
    assert.equal((await userinfo(again.json.access_token)).status, 200)
    const narrow = await token(site, { ...refreshing(client, again.json), scope: 'email' })
    assert.equal((await userinfo(narrow.json.access_token)).status, 401)
  })
})

describe('userinfo', () => {
  test('claims by scope, by GET and POST', async () => {
    const { tokens } = await connect(site, { params: { scope: 'openid email profile' } })
    const answer = await userinfo(tokens.access_token)
    assert.equal(answer.status, 200, answer.text)
    assert.deepEqual(answer.json, { sub: decodeJwt(tokens.id_token).sub, email: site.email, name: 'Demo User' })
    assert.match(answer.headers['cache-control'], /no-store/)
    const posted = await postForm(site.url('/api/oauth/userinfo'), {}, { Authorization: `Bearer ${tokens.access_token}` })
    assert.deepEqual(posted.json, answer.json)
    const { tokens: narrow } = await connect(site, { params: { scope: 'openid' } })
    assert.deepEqual(Object.keys((await userinfo(narrow.access_token)).json), ['sub'])
  })

  test('401 for tokens without openid, of a dead session, garbage, and none', async () => {
    const { tokens } = await connect(site, { params: { scope: 'email' } })
    const refused = async (text, error = /invalid_token/) => {
      const answer = await userinfo(text)
      assert.equal(answer.status, 401)
      assert.match(answer.headers['www-authenticate'], /^Bearer/)
      if (error) assert.match(answer.headers['www-authenticate'], error)
      else assert.doesNotMatch(answer.headers['www-authenticate'], /error/)
    }
    await refused(tokens.access_token)
    await refused('garbage')
    await refused(undefined, null)
    const dead = await connect(site, { params: { scope: 'openid' } })
    await site.sql('DELETE FROM public.mcp_server_sessions WHERE client_identifier = $1', [dead.client.client_id])
    await refused(dead.tokens.access_token)
    const answer = await postForm(site.url('/api/oauth/userinfo'), { access_token: dead.tokens.access_token })
    assert.equal(answer.status, 401, 'a token in the body is not looked at')
  })

  test('a page of another origin may ask', async () => {
    const answer = await send(site.url('/api/oauth/userinfo'), { method: 'OPTIONS', headers: { Origin: 'https://rp.example', 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'authorization' } })
    assert.equal(answer.status, 204)
    assert.equal(answer.headers['access-control-allow-origin'], '*')
  })
})

describe('prompt, max_age and hints', () => {
  const signedIn = async () => {
    const browser = new Browser(site)
    const { client } = await connect(site, { browser, metadata: https })
    return { browser, client }
  }
  const ask = (browser, client, params) => browser.authorize(authorizationRequest(client, newVerifier(), params))
  const errorOf = answer => new URL(answer.headers.location).searchParams.get('error')

  test('prompt=none: a code when all was allowed before, else the error that says what is missing', async () => {
    const { browser, client } = await signedIn()
    const silent = await browser.follow(await ask(browser, client, { prompt: 'none' }))
    assert.ok(silent.left)
    assert.ok(new URL(silent.path).searchParams.get('code'))
    assert.equal(errorOf(await ask(new Browser(site), client, { prompt: 'none' })), 'login_required')
    const other = await browser.follow(await ask(browser, await register(site, https), { prompt: 'none' }))
    assert.equal(new URL(other.path).searchParams.get('error'), 'consent_required')
    assert.equal(errorOf(await ask(browser, client, { prompt: 'none login' })), 'invalid_request')
  })

  test('prompt=login and select_account ask for the password again, prompt=consent for the decision', async () => {
    const { browser, client } = await signedIn()
    for (const prompt of ['login', 'select_account']) {
      assert.equal((await browser.follow(await ask(browser, client, { prompt }))).path, '/api/oauth/login')
    }
    assert.equal((await browser.follow(await ask(browser, client, { prompt: 'consent' }))).path, '/api/oauth/consent')
  })

  test('max_age: a sign-in that is too old does not count, and auth_time tells', async () => {
    const { browser, client } = await signedIn()
    assert.ok((await browser.follow(await ask(browser, client, { max_age: 1000 }))).left)
    await site.sql("UPDATE oauth.login SET auth_at = now() - interval '2000 seconds'")
    const at = await browser.follow(await ask(browser, client, { max_age: 1000 }))
    assert.equal(at.path, '/api/oauth/login')
    assert.equal(errorOf(await ask(browser, client, { max_age: 1000, prompt: 'none' })), 'login_required')
    assert.equal(errorOf(await ask(browser, client, { max_age: 'old' })), 'invalid_request')

    const verifier = newVerifier()
    const request = authorizationRequest(client, verifier, { max_age: 1000, scope: 'openid' })
    const login = await browser.follow(await browser.authorize(request))
    const answer = await browser.follow(await browser.signIn(login))
    const code = answer.left
      ? new URL(answer.path).searchParams.get('code')
      : (await browser.decide(answer)).get('code')
    const { json } = await token(site, redemption(client, code, verifier))
    assert.ok(decodeJwt(json.id_token).auth_time > Date.now() / 1000 - 60)
    await site.sql('UPDATE oauth.login SET auth_at = now()')
  })

  test('login_hint stands in the form, escaped', async () => {
    const client = await register(site)
    const browser = new Browser(site)
    const at = await browser.follow(await ask(browser, client, { login_hint: '"><script>alert(1)</script>' }))
    assert.match(at.page.text, /value="&quot;&gt;&lt;script/)
  })

  test('id_token_hint with prompt=none: that user and no other', async () => {
    const { browser, client } = await signedIn()
    const { tokens } = await connect(site, { browser, client, params: { scope: 'openid', prompt: 'consent' } })
    const good = await browser.follow(await ask(browser, client, { prompt: 'none', scope: 'openid', id_token_hint: tokens.id_token }))
    assert.ok(new URL(good.path).searchParams.get('code'))
    const other = await startSite({ plain: true })
    try {
      const foreign = (await connect(other, { params: { scope: 'openid' } })).tokens.id_token
      assert.equal(errorOf(await ask(browser, client, { prompt: 'none', id_token_hint: foreign })), 'invalid_request')
    } finally {
      await other.stop()
    }
    await site.sql("INSERT INTO public.users (email) VALUES ('second@example.com')")
    await site.sql("UPDATE oauth.login SET user_id = (SELECT id FROM public.users WHERE email = 'second@example.com')")
    assert.equal(errorOf(await ask(browser, client, { prompt: 'none', scope: 'openid', id_token_hint: tokens.id_token })), 'login_required')
    await site.sql('DELETE FROM oauth.login')
  })

  test('request objects are refused by name', async () => {
    const client = await register(site)
    assert.equal(errorOf(await ask(new Browser(site), client, { request: 'e30.e30.' })), 'request_not_supported')
  })
})

describe('signing out at the word of a client', () => {
  const goodbye = 'https://rp.example/bye?x=1'
  const logout = (browser, params) => browser.get('/api/oauth/logout?' + new URLSearchParams(params))
  const signedIn = async () => {
    const browser = new Browser(site)
    const { client, tokens } = await connect(site, { browser, metadata: { ...https, post_logout_redirect_uris: [goodbye] }, params: { scope: 'openid' } })
    return { browser, client, tokens }
  }
  const fields = page => Object.fromEntries([...page.text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(m => [m[1], m[2].replaceAll('&amp;', '&')]))

  test('asks, signs out, and goes back where the client registered', async () => {
    const { browser, tokens } = await signedIn()
    const page = await logout(browser, { id_token_hint: tokens.id_token, post_logout_redirect_uri: goodbye, state: 'a&b' })
    assert.equal(page.status, 200)
    const answer = await browser.post('/api/oauth/logout', fields(page))
    assert.equal(answer.status, 303, answer.text)
    assert.equal(answer.headers.location, goodbye + '&state=a%26b')
    const again = await logout(browser, { id_token_hint: tokens.id_token, post_logout_redirect_uri: goodbye })
    assert.equal(again.headers.location, goodbye, 'signed out already')
  })

  test('goes nowhere else', async () => {
    const { browser, client, tokens } = await signedIn()
    const stays = async params => {
      const answer = await logout(new Browser(site), params)
      assert.equal(answer.status, 200)
      assert.ok(!answer.headers.location)
    }
    await stays({ id_token_hint: tokens.id_token, post_logout_redirect_uri: 'https://evil.example/' })
    await stays({ post_logout_redirect_uri: goodbye })
    await stays({ client_id: 'nobody', post_logout_redirect_uri: goodbye })
    await stays({ id_token_hint: 'x.y.z', client_id: client.client_id, post_logout_redirect_uri: goodbye })
    await stays({ id_token_hint: tokens.id_token, client_id: (await register(site)).client_id, post_logout_redirect_uri: goodbye })
    const page = await logout(browser, {})
    assert.equal((await browser.post('/api/oauth/logout', { ...fields(page), csrf: 'wrong' })).status, 403)
  })

  test('a link that anybody can make leads on only by a click', async () => {
    const { browser, client } = await signedIn()
    const named = { client_id: client.client_id, post_logout_redirect_uri: goodbye }
    const answer = await logout(new Browser(site), named)
    assert.equal(answer.status, 200)
    assert.ok(answer.text.includes(`<a href="${goodbye}">Go on to`), answer.text)
    const page = await logout(browser, named)
    assert.equal((await browser.post('/api/oauth/logout', fields(page))).headers.location, goodbye)
  })

  test('a form of the client is sent on as GET, so that cookies come along', async () => {
    const answer = await postForm(site.url('/api/oauth/logout'), { client_id: 'c', state: 's p' }, { Origin: 'https://rp.example' })
    assert.equal(answer.status, 303)
    assert.equal(answer.headers.location, site.url('/api/oauth/logout?client_id=c&state=s%20p'))
  })
})
