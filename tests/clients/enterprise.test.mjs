// SPDX-License-Identifier: MIT
// Enterprise-managed authorization, the whole chain: a person signs in at their
// company's identity provider, the MCP SDK exchanges the ID token there for an
// ID-JAG and that here for an access token, and the guard lets the call pass.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import tls from 'node:tls'
import { after, before, test } from 'node:test'
import { CrossAppAccessProvider, discoverAndRequestJwtAuthGrant } from '@modelcontextprotocol/client'
import { decodeJwt } from 'jose'
import * as oauth from 'openid-client'
import { sdk2 } from '../lib/application.mjs'
import { openBrowser } from '../lib/chromium.mjs'
import { whoami } from '../lib/flow.mjs'
import { fetching, startHttpsHost } from '../lib/https_host.mjs'
import { startIdentityProvider } from '../lib/identity_provider.mjs'
import { addClient, startSite } from '../lib/site.mjs'

const redirectUri = 'https://agent.example/cb'
const atProvider = { client_id: 'agent', client_secret: 'a secret that the provider and the agent share', redirect_uris: [redirectUri] }
let host, site, chromium, idp, client
before(async () => {
  host = await startHttpsHost()
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), await readFile(host.ca, 'utf8')])
  site = await startSite({
    conf: `${fetching(host)}\nID_JAG_ISSUER=${host.url('')} ${host.url('/jwks')} example.com\nMCP_RESOURCE_SCOPES=/mcp reports:read`
  })
  client = await addClient(site, '--name', 'Agent', '--redirect-uri', redirectUri, '--confidential')
  idp = await startIdentityProvider(host, {
    client: atProvider, email: site.email, knownAs: { [site.base]: client.client_id }
  })
  chromium = await openBrowser()
})
after(async () => {
  await chromium?.close()
  await site?.stop()
  await host?.stop()
})

// The person signs in at the provider, with openid-client there.
async function signInAtProvider () {
  const config = await oauth.discovery(new URL(idp.issuer), atProvider.client_id, {}, oauth.ClientSecretPost(atProvider.client_secret))
  const verifier = oauth.randomPKCECodeVerifier()
  const url = oauth.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid email',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256'
  })
  const context = await chromium.newContext({ ignoreHTTPSErrors: true })
  const page = await context.newPage()
  await page.route(redirectUri + '*', route => route.fulfill({ body: 'You may close this window.' }))
  await page.goto(url.href)
  await page.getByPlaceholder('Enter any login').fill('worker-4711')
  await page.getByPlaceholder('and password').fill('any')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.waitForURL(redirectUri + '*')
  const tokens = await oauth.authorizationCodeGrant(config, new URL(page.url()), { pkceCodeVerifier: verifier })
  await context.close()
  return tokens.id_token
}

// What the SDK asks the application for: an assertion of the provider.
const assertionOf = idToken => async ({ authorizationServerUrl, resourceUrl, scope, fetchFn }) => {
  const { jwtAuthGrant } = await discoverAndRequestJwtAuthGrant({
    idpUrl: idp.issuer,
    audience: authorizationServerUrl,
    resource: resourceUrl,
    scope,
    idToken,
    clientId: atProvider.client_id,
    clientSecret: atProvider.client_secret,
    fetchFn
  })
  return jwtAuthGrant
}

test('from the sign-in at the company to a tool of the guarded server, nobody asked for consent', async () => {
  const provider = new CrossAppAccessProvider({
    assertion: assertionOf(await signInAtProvider()),
    clientId: client.client_id,
    clientSecret: client.client_secret,
    expectedIssuer: site.base
  })
  const connected = sdk2.newClient()
  await connected.connect(new sdk2.Transport(new URL(site.mcp), { authProvider: provider }))
  const call = async () => (await connected.callTool({ name: 'whoami', arguments: {} })).structuredContent
  const said = await call()
  assert.equal(said.email, site.email)
  assert.equal(said.client, client.client_id)
  assert.equal(said.resource, site.mcp)
  assert.equal(idp.assertions, 1)

  // There is no refresh token: when the access token ends, the company is asked again.
  assert.equal(provider.tokens().refresh_token, undefined)
  provider.saveTokens({ ...provider.tokens(), access_token: 'stale' })
  assert.deepEqual(await call(), said)
  assert.equal(idp.assertions, 2)
  await connected.close()
})

test('openid-client hands an assertion in, once, and is told why not a second time', async () => {
  const assertion = await assertionOf(await signInAtProvider())({
    authorizationServerUrl: site.base, resourceUrl: site.mcp, scope: 'reports:read', fetchFn: fetch
  })
  const config = await oauth.discovery(new URL(site.base), client.client_id, {}, oauth.ClientSecretBasic(client.client_secret),
    { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] })
  assert.ok(config.serverMetadata().authorization_grant_profiles_supported.includes('urn:ietf:params:oauth:grant-profile:id-jag'))
  const grant = () => oauth.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:jwt-bearer', { assertion })
  const tokens = await grant()
  assert.equal(tokens.scope, 'reports:read')
  assert.equal(decodeJwt(tokens.access_token).aud, site.mcp)
  assert.equal((await whoami(site, tokens.access_token)).client, client.client_id)
  await assert.rejects(grant(), { error: 'invalid_grant' })
})
