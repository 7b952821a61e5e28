// SPDX-License-Identifier: MIT
// oauth4webapi registers, with an initial access token and without.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import { Browser, callback } from '../lib/flow.mjs'
import { startSite } from '../lib/site.mjs'

const insecure = { [oauth.allowInsecureRequests]: true }
const initialAccessToken = 'Y2xpZW50cyBvZiBvdGhlcnMgcmVnaXN0ZXIgd2l0aCB0aGlz'

const discover = async site => {
  const issuer = new URL(site.base)
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }))
}
const register = async (as, metadata, options) =>
  oauth.processDynamicClientRegistrationResponse(
    await oauth.dynamicClientRegistrationRequest(as, { redirect_uris: [callback], ...metadata }, { ...insecure, ...options }))

/** The grant of a code, all of it by the library but for the browser. */
async function tokens (site, as, client, authentication) {
  const browser = new Browser(site)
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const params = await browser.decide(await browser.toConsent({
    client_id: client.client_id,
    redirect_uri: callback,
    response_type: 'code',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state
  }))
  const checked = oauth.validateAuthResponse(as, client, params, state)
  return oauth.processAuthorizationCodeResponse(as, client,
    await oauth.authorizationCodeGrantRequest(as, client, authentication, checked, callback, verifier, insecure))
}

describe('open registration', () => {
  let site, as
  before(async () => {
    site = await startSite({ plain: true })
    as = await discover(site)
  })
  after(() => site?.stop())

  test('a confidential client registers and gets tokens', async () => {
    const client = await register(as, { client_name: 'oauth4webapi' })
    assert.equal(client.token_endpoint_auth_method, 'client_secret_basic')
    const { access_token: token } = await tokens(site, as, client, oauth.ClientSecretBasic(client.client_secret))
    assert.ok(token)
  })

  test('a public client registers, manages its registration and is gone after that', async () => {
    const client = await register(as, { client_name: 'oauth4webapi', token_endpoint_auth_method: 'none' })
    assert.ok((await tokens(site, as, client, oauth.None())).refresh_token)
    const manage = (method, body) => oauth.protectedResourceRequest(client.registration_access_token, method,
      new URL(client.registration_client_uri), body && new Headers({ 'Content-Type': 'application/json' }), body && JSON.stringify(body), insecure)
    assert.equal((await (await manage('GET')).json()).client_name, 'oauth4webapi')
    const updated = await (await manage('PUT', {
      client_id: client.client_id, client_name: 'another name', redirect_uris: [callback], token_endpoint_auth_method: 'none'
    })).json()
    assert.equal(updated.client_name, 'another name')
    assert.equal((await manage('DELETE')).status, 204)
    await assert.rejects(manage('GET'), error => {
      assert.ok(error instanceof oauth.WWWAuthenticateChallengeError)
      assert.equal(error.cause[0].scheme, 'bearer')
      assert.equal(error.cause[0].parameters.error, 'invalid_token')
      return true
    })
  })

  test('what is refused is an error it understands', async () => {
    await assert.rejects(register(as, { redirect_uris: ['http://app.example/cb'] }), error => {
      assert.ok(error instanceof oauth.ResponseBodyError)
      assert.equal(error.error, 'invalid_redirect_uri')
      return true
    })
  })
})

describe('registration by initial access token', () => {
  let site, as
  before(async () => {
    site = await startSite({ plain: true, conf: `OAUTH_REGISTRATION=token\nINITIAL_ACCESS_TOKEN=${initialAccessToken}` })
    as = await discover(site)
  })
  after(() => site?.stop())

  test('with it a client registers and gets tokens', async () => {
    const client = await register(as, { token_endpoint_auth_method: 'client_secret_post' }, { initialAccessToken })
    assert.ok((await tokens(site, as, client, oauth.ClientSecretPost(client.client_secret))).access_token)
  })

  test('without it, or with another, the challenge is one it understands', async () => {
    for (const wrong of [undefined, initialAccessToken + 'x']) {
      await assert.rejects(register(as, {}, { initialAccessToken: wrong }), error => {
        assert.ok(error instanceof oauth.WWWAuthenticateChallengeError)
        assert.equal(error.status, 401)
        assert.equal(error.cause[0].scheme, 'bearer')
        assert.equal(error.cause[0].parameters.error, wrong && 'invalid_token')
        return true
      })
    }
  })
})
