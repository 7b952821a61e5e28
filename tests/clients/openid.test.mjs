// SPDX-License-Identifier: MIT
// OpenID Connect and introspection as strict libraries see them: openid-client
// as relying party with Chromium, oauth4webapi as relying party and as the
// resource server.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { exportJWK, generateKeyPair } from 'jose'
import * as strict from 'oauth4webapi'
import * as oauth from 'openid-client'
import { allow, fillIn, openBrowser, signIn } from '../lib/chromium.mjs'
import { Browser, connect } from '../lib/flow.mjs'
import { startHttpsHost } from '../lib/https_host.mjs'
import { addClient, addSigner, startSite } from '../lib/site.mjs'

const scope = 'openid email profile'
let site, host, chromium, redirectUri, goodbye
before(async () => {
  host = await startHttpsHost()
  host.otherwise = (_, rs) => rs.end('Welcome back.')
  redirectUri = host.url('/callback')
  goodbye = host.url('/goodbye')
  site = await startSite()
  chromium = await openBrowser()
})
after(async () => {
  await chromium?.close()
  await site?.stop()
  await host?.stop()
})

// Discover openid-configuration and register a client there.
async function register (metadata, authentication) {
  const config = await oauth.dynamicClientRegistration(new URL(site.base), {
    client_name: 'A relying party', redirect_uris: [redirectUri], post_logout_redirect_uris: [goodbye], ...metadata
  }, authentication, { execute: [oauth.allowInsecureRequests] })
  oauth.enableNonRepudiationChecks(config) // signatures of ID tokens too
  return config
}

// A browser of the person, which takes the certificate of the relying party.
const newContext = () => chromium.newContext({ ignoreHTTPSErrors: true })

/** An authorization request, and what is checked of its answer. */
async function request (config, params) {
  const checks = {
    pkceCodeVerifier: oauth.randomPKCECodeVerifier(),
    expectedState: oauth.randomState(),
    expectedNonce: oauth.randomNonce(),
    idTokenExpected: true,
    maxAge: params?.max_age && Number(params.max_age)
  }
  const url = oauth.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope,
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...params
  })
  return { url, checks }
}

// Open an address; the page after all redirects.
async function open (context, url) {
  const page = await context.newPage()
  await page.goto(url.href)
  return page
}

describe('openid-client', () => {
  test('signs a person in, reads userinfo, again without asking, and signs them out', async () => {
    const config = await register()
    const context = await newContext()
    const { url, checks } = await request(config, { max_age: '3600' })
    let page = await open(context, url)
    await signIn(page, site)
    await page.getByRole('button', { name: 'Authorize' }).click()
    await page.waitForURL(redirectUri + '?*')
    const tokens = await oauth.authorizationCodeGrant(config, new URL(page.url()), checks)
    const claims = tokens.claims()
    assert.equal(claims.email, site.email)
    assert.equal(claims.nonce, checks.expectedNonce)
    assert.ok(claims.auth_time)
    const info = await oauth.fetchUserInfo(config, tokens.access_token, claims.sub)
    assert.deepEqual(info, { sub: claims.sub, email: site.email, name: 'Demo User' })
    await assert.rejects(oauth.fetchUserInfo(config, tokens.access_token, 'somebody else'))

    const silent = await request(config, { prompt: 'none', id_token_hint: tokens.id_token })
    page = await open(context, silent.url)
    const again = await oauth.authorizationCodeGrant(config, new URL(page.url()), silent.checks)
    assert.equal(again.claims().sub, claims.sub)
    assert.equal(again.claims().auth_time, claims.auth_time)

    const refreshed = await oauth.refreshTokenGrant(config, tokens.refresh_token)
    assert.equal((await oauth.fetchUserInfo(config, refreshed.access_token, claims.sub)).email, site.email)

    page = await open(context, oauth.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token, post_logout_redirect_uri: goodbye, state: 'bye'
    }))
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(goodbye + '?state=bye')

    const late = await request(config, { prompt: 'none' })
    page = await open(context, late.url)
    await assert.rejects(oauth.authorizationCodeGrant(config, new URL(page.url()), late.checks), { error: 'login_required' })
    await context.close()
  })

  test('is told apart a sign-in that is too old', async () => {
    const config = await register()
    const context = await newContext()
    const first = await request(config)
    await allow(context, site, first.url)
    await site.sql("UPDATE oauth.login SET auth_at = auth_at - interval '1 hour'")
    const { url, checks } = await request(config, { max_age: '60' })
    const page = await open(context, url)
    await fillIn(page, site)
    await page.waitForURL(redirectUri + '?*')
    const tokens = await oauth.authorizationCodeGrant(config, new URL(page.url()), checks)
    await context.close()
  })

  test('introspects as a resource server that signs, until the token is revoked', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const { client_id: id } = await addSigner(site, { ...await exportJWK(publicKey), alg: 'ES256', use: 'sig' }, '--name', 'Files', '--introspect', '/mcp')
    const server = await oauth.discovery(new URL(site.base), id, {}, oauth.PrivateKeyJwt(privateKey), { execute: [oauth.allowInsecureRequests] })
    const { tokens, client } = await connect(site)
    const said = await oauth.tokenIntrospection(server, tokens.access_token)
    assert.equal(said.active, true)
    assert.equal(said.client_id, client.client_id)
    assert.equal(said.username, site.email)

    const holder = await oauth.discovery(new URL(site.base), client.client_id, {}, oauth.None(), { execute: [oauth.allowInsecureRequests] })
    await oauth.tokenRevocation(holder, tokens.access_token)
    assert.deepEqual({ ...await oauth.tokenIntrospection(server, tokens.access_token) }, { active: false })
  })

  for (const alg of ['RS256', 'ES256', 'Ed25519']) {
    test(`registers a key and signs at every endpoint, ${alg}`, async () => {
      const { publicKey, privateKey } = await generateKeyPair(alg)
      const config = await register({
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ ...await exportJWK(publicKey), kid: 'k', alg, use: 'sig' }] }
      }, oauth.PrivateKeyJwt({ key: privateKey, kid: 'k' }))
      const { url, checks } = await request(config)
      const browser = new Browser(site)
      const back = await browser.answer(await browser.consentAfter(await browser.get(url.pathname + url.search)))
      const tokens = await oauth.authorizationCodeGrant(config, back, checks)
      const again = await oauth.refreshTokenGrant(config, tokens.refresh_token)
      await oauth.tokenRevocation(config, again.refresh_token)
      await assert.rejects(oauth.refreshTokenGrant(config, again.refresh_token), { error: 'invalid_grant' })
      assert.ok((await oauth.buildAuthorizationUrlWithPAR(config, Object.fromEntries(url.searchParams))).searchParams.get('request_uri'))
    })
  }
})

describe('oauth4webapi', () => {
  const insecure = { [strict.allowInsecureRequests]: true }
  let as
  before(async () => {
    const issuer = new URL(site.base)
    as = await strict.processDiscoveryResponse(issuer, await strict.discoveryRequest(issuer, insecure))
  })

  test('finds ID token and userinfo in order', async () => {
    const client = await addClient(site, '--name', 'Relying party', '--redirect-uri', redirectUri, '--confidential')
    const authentication = strict.ClientSecretPost(client.client_secret)
    const verifier = strict.generateRandomCodeVerifier()
    const nonce = strict.generateRandomNonce()
    const state = strict.generateRandomState()
    const browser = new Browser(site)
    const back = await browser.decide(await browser.toConsent({
      client_id: client.client_id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope,
      nonce,
      state,
      max_age: '600',
      code_challenge: await strict.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256'
    }))
    const checked = strict.validateAuthResponse(as, client, back, state)
    const answer = await strict.authorizationCodeGrantRequest(as, client, authentication, checked, redirectUri, verifier, insecure)
    const tokens = await strict.processAuthorizationCodeResponse(as, client, answer,
      { expectedNonce: nonce, maxAge: 600, requireIdToken: true })
    await strict.validateApplicationLevelSignature(as, answer, insecure)
    const { sub } = strict.getValidatedIdTokenClaims(tokens)
    const info = await strict.processUserInfoResponse(as, client, sub, await strict.userInfoRequest(as, client, tokens.access_token, insecure))
    assert.equal(info.email, site.email)
  })

  test('takes an access token for what RFC 9068 says, and introspection for what RFC 7662 does', async () => {
    const { tokens, client } = await connect(site, { params: { scope: 'openid email' } })
    const presented = () => new Request(site.mcp, { headers: { Authorization: `Bearer ${tokens.access_token}` } })
    const claims = await strict.validateJwtAccessToken(as, presented(), site.mcp, insecure)
    assert.equal(claims.client_id, client.client_id)
    await assert.rejects(strict.validateJwtAccessToken(as, presented(), site.url('/other'), insecure))

    const server = await addClient(site, '--name', 'Files', '--introspect', '/mcp')
    const ask = async token => strict.processIntrospectionResponse(as, server,
      await strict.introspectionRequest(as, server, strict.ClientSecretBasic(server.client_secret), token, insecure))
    const { active, sub, jti } = await ask(tokens.access_token)
    assert.deepEqual({ active, sub, jti }, { active: true, sub: claims.sub, jti: claims.jti })
    assert.deepEqual(await ask(tokens.refresh_token), { active: false })
  })
})
