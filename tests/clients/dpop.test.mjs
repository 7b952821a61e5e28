// SPDX-License-Identifier: MIT
// oauth4webapi and openid-client with their own DPoP (RFC 9449): from a pushed
// request or a dpop_jkt to codes, refreshes, userinfo and a guarded call, without
// nonces and with them.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { Browser, callback, rpc } from '../lib/flow.mjs'
import { startSite } from '../lib/site.mjs'

const insecure = { [oauth.allowInsecureRequests]: true }
const metadata = { client_name: 'Proves its key', redirect_uris: [callback] }
const message = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'whoami' } })
const headers = () => new Headers({ 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' })

// The person's part: sign in, authorize; where the browser is sent back to.
async function allow (site, url) {
  const browser = new Browser(site)
  const answer = await browser.get(url.pathname + url.search)
  let at = await browser.follow(answer)
  if (at.path === '/api/oauth/login') at = await browser.follow(await browser.signIn(at))
  return new URL(callback + '?' + await browser.decide(at))
}

for (const nonce of ['off', 'on']) {
  describe(`with DPOP_NONCE=${nonce}`, () => {
    let site
    before(async () => { site = await startSite({ conf: `DPOP_NONCE=${nonce}`, guardConf: `DPOP_NONCE=${nonce}` }) })
    after(() => site?.stop())

    // Once more when a nonce is wanted; counts how often.
    let wanted = 0
    async function again (attempt) {
      try {
        return await attempt()
      } catch (error) {
        if (!oauth.isDPoPNonceError(error)) throw error
        wanted++
        return attempt()
      }
    }

    for (const [alg, method] of [['ES256', 'none'], ['Ed25519', 'none'], ['RS256', 'client_secret_basic']]) {
      test(`oauth4webapi, ${alg}, ${method}`, async () => {
        const issuer = new URL(site.base)
        const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
        assert.ok(as.dpop_signing_alg_values_supported.includes(alg))
        const client = await oauth.processDynamicClientRegistrationResponse(
          await oauth.dynamicClientRegistrationRequest(as, { ...metadata, token_endpoint_auth_method: method }, insecure))
        const authentication = method === 'none' ? oauth.None() : oauth.ClientSecretBasic(client.client_secret)
        const keys = await oauth.generateKeyPair(alg)
        const DPoP = oauth.DPoP(client, keys)
        const options = { DPoP, ...insecure }
        wanted = 0

        const verifier = oauth.generateRandomCodeVerifier()
        const state = oauth.generateRandomState()
        const url = new URL(as.authorization_endpoint)
        url.search = new URLSearchParams({
          client_id: client.client_id,
          redirect_uri: callback,
          response_type: 'code',
          scope: 'openid email',
          resource: site.mcp,
          state,
          code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          dpop_jkt: await DPoP.calculateThumbprint()
        })
        const params = oauth.validateAuthResponse(as, client, await allow(site, url), state)
        const redeem = handle => oauth.authorizationCodeGrantRequest(as, client, authentication, params, callback, verifier, { ...insecure, DPoP: handle })
          .then(response => oauth.processAuthorizationCodeResponse(as, client, response))
        const stranger = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
        await assert.rejects(again(() => redeem(stranger)), { error: 'invalid_grant' }, 'the code is bound')
        const tokens = await again(() => redeem(DPoP))
        assert.equal(tokens.token_type, 'dpop')

        const refresh = handle => again(async () => oauth.processRefreshTokenResponse(as, client,
          await oauth.refreshTokenGrantRequest(as, client, authentication, tokens.refresh_token, { ...insecure, DPoP: handle })))
        if (method === 'none') await assert.rejects(refresh(stranger), { error: 'invalid_grant' })
        const fresh = await refresh(DPoP)
        assert.equal(fresh.token_type, 'dpop')

        const { sub } = oauth.getValidatedIdTokenClaims(tokens)
        const user = await again(async () => oauth.processUserInfoResponse(as, client, sub,
          await oauth.userInfoRequest(as, client, fresh.access_token, options)))
        assert.equal(user.email, site.email)

        const call = (text, handle) => again(() => oauth.protectedResourceRequest(text, 'POST', new URL(site.mcp), headers(), message, { ...insecure, DPoP: handle }))
        for (let i = 0; i < 2; i++) {
          const said = await (await call(fresh.access_token, DPoP)).json()
          assert.equal(said.result.structuredContent.email, site.email)
        }
        await assert.rejects(call(fresh.access_token, stranger), error => {
          const challenge = error.cause.find(c => c.scheme === 'dpop')
          assert.equal(challenge.parameters.error, 'invalid_token')
          assert.equal(challenge.parameters.algs, 'ES256 RS256 EdDSA Ed25519')
          return true
        })
        await assert.rejects(call(fresh.access_token), error => {
          assert.equal(error.cause[0].scheme, 'bearer')
          assert.equal(error.cause[0].parameters.error, 'invalid_token')
          return true
        })
        assert.equal(wanted > 0, nonce === 'on')
      })
    }

    test('openid-client pushes with a proof, and does the rest by itself', async () => {
      const config = await openid.dynamicClientRegistration(new URL(site.base),
        { ...metadata, token_endpoint_auth_method: 'none', dpop_bound_access_tokens: true }, openid.None(),
        { execute: [openid.allowInsecureRequests] })
      assert.equal(config.clientMetadata().dpop_bound_access_tokens, true)
      const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'))
      const verifier = openid.randomPKCECodeVerifier()
      const state = openid.randomState()
      const url = await openid.buildAuthorizationUrlWithPAR(config, {
        redirect_uri: callback,
        scope: 'openid email',
        resource: site.mcp,
        state,
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256'
      }, { DPoP })
      const back = await allow(site, url)
      const checks = { pkceCodeVerifier: verifier, expectedState: state }
      await assert.rejects(openid.authorizationCodeGrant(config, back, checks), { error: 'invalid_grant' }, 'the code is bound')
      const tokens = await openid.authorizationCodeGrant(config, back, checks, undefined, { DPoP })
      assert.equal(tokens.token_type, 'dpop')
      await assert.rejects(openid.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' })
      const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP })
      const user = await openid.fetchUserInfo(config, fresh.access_token, tokens.claims().sub, { DPoP })
      assert.equal(user.email, site.email)
      const answer = await openid.fetchProtectedResource(config, fresh.access_token, new URL(site.mcp), 'POST', message, headers(), { DPoP })
      assert.equal((await answer.json()).result.structuredContent.email, site.email)
      assert.equal((await rpc(site.mcp, fresh.access_token, 'ping', {})).status, 401, 'as a bearer token')
    })
  })
}
