// SPDX-License-Identifier: MIT
// Clients known by the URL of a document that they publish: both MCP SDKs as
// native programs, and openid-client as a hosted one that signs.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exportJWK, generateKeyPair } from 'jose'
import * as oauth from 'openid-client'
import { sdk1, sdk2, startApplication } from '../lib/application.mjs'
import { allow, openBrowser } from '../lib/chromium.mjs'
import { Browser, whoami } from '../lib/flow.mjs'
import { fetching, startHttpsHost } from '../lib/https_host.mjs'
import { publishClient, publishedClients } from '../lib/known_clients.mjs'
import { startSite } from '../lib/site.mjs'

let host, site, chromium
before(async () => {
  host = await startHttpsHost()
  site = await startSite({ conf: fetching(host) })
  chromium = await openBrowser()
})
after(async () => {
  await chromium?.close()
  await site?.stop()
  await host?.stop()
})

for (const [sdk, name, loopback] of [[sdk1, 'Claude Code', 'localhost'], [sdk2, 'opencode', '127.0.0.1']]) {
  test(`a native program with the document of ${name}, at whatever port is free`, async () => {
    const clientMetadataUrl = publishClient(host, name)
    const app = await startApplication(sdk, { clientMetadataUrl, host: loopback })
    const fetches = () => host.requests.filter(path => clientMetadataUrl.endsWith(path)).length
    try {
      const text = await app.authorize(site.mcp, url => allow(chromium, site, url))
      assert.ok(text.includes(name))
      assert.ok(text.includes('localhost'), 'the host of the document')
      assert.match(text, /program on this computer/)
      assert.equal(app.kept.client.client_id, clientMetadataUrl)

      const client = await app.connect(site.mcp)
      const call = async () => (await client.callTool({ name: 'whoami', arguments: {} })).structuredContent
      assert.equal((await call()).client, clientMetadataUrl)
      app.kept.tokens = { ...app.kept.tokens, access_token: 'stale' }
      assert.equal((await call()).client, clientMetadataUrl)
      assert.notEqual(app.kept.tokens.access_token, 'stale')
      await client.close()
      assert.equal(fetches(), 1, 'a refresh fetches nothing')
      assert.deepEqual(await site.sql("SELECT FROM oauth.client WHERE registration = 'dynamic'"), [])
    } finally {
      app.close()
    }
  })
}

// The whole of it by openid-client, from discovery to the end of the session.
async function hostedProgram (clientId, authentication, person) {
  const config = await oauth.discovery(new URL(site.base), clientId, {}, authentication,
    { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] })
  const [redirectUri] = publishedClients.ChatGPT.uses
  const resource = site.base + '/' // as ChatGPT has been seen to name it
  const verifier = oauth.randomPKCECodeVerifier()
  const state = oauth.randomState()
  const back = await person(oauth.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    resource,
    scope: 'email',
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256'
  }))
  assert.ok(back.href.startsWith(redirectUri + '?'))
  const tokens = await oauth.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: state }, { resource })
  const said = await whoami(site, tokens.access_token)
  assert.equal(said.client, clientId)
  assert.equal(said.resource, site.mcp)
  const again = await oauth.refreshTokenGrant(config, tokens.refresh_token, { resource })
  assert.equal((await whoami(site, again.access_token)).email, site.email)
  await oauth.tokenRevocation(config, again.refresh_token)
  await assert.rejects(oauth.refreshTokenGrant(config, again.refresh_token), { error: 'invalid_grant' })
}

test('a hosted program with the document of ChatGPT signs, or not, as it chooses', async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const key = { kid: 'k', use: 'sig', alg: 'RS256', ...await exportJWK(publicKey) }
  const clientId = publishClient(host, 'ChatGPT', { keys: [key] })
  const browser = new Browser(site)
  const open = url => browser.get(url.pathname + url.search)
  await hostedProgram(clientId, oauth.PrivateKeyJwt({ key: privateKey, kid: key.kid }),
    async url => browser.answer(await browser.consentAfter(await open(url))))
  // What was allowed to an https address is not asked again.
  await hostedProgram(clientId, oauth.None(),
    async url => new URL((await browser.follow(await open(url))).path))
})
