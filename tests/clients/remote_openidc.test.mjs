// SPDX-License-Identifier: MIT
// Sign-in by the web server with an OpenID Connect provider (mod_auth_openidc),
// in Chromium.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openBrowser } from '../lib/chromium.mjs'
import { authorizationRequest, callback, newVerifier, redemption, register, token, whoami } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { startProvider } from '../lib/openid_provider.mjs'
import { freePort, startSite } from '../lib/site.mjs'

const verifier = newVerifier()
const scopes = 'MCP_RESOURCE_SCOPES=/mcp files:read files:write'
let provider, site, chromium

before(async () => {
  const port = await freePort()
  const redirectUri = `http://127.0.0.1:${port}/api/oauth/login/callback`
  provider = await startProvider({
    people: {
      alice: { email: 'alice@example.org', groups: ['staff', 'readers of files'] },
      boss: { email: 'boss@example.org', groups: ['readers of files', 'admins'] }
    }
  })
  provider.register({ client_id: 'mcp-oauth', client_secret: 'a secret of the test', redirect_uris: [redirectUri] })
  site = await startSite({
    port,
    modules: 'authz_user auth_openidc',
    apache: `Include \${SHARE}/remote-login.conf
OIDCProviderMetadataURL ${provider.metadataUrl}
OIDCClientID mcp-oauth
OIDCClientSecret "a secret of the test"
OIDCCryptoPassphrase "another secret of the test"
OIDCRedirectURI ${redirectUri}
OIDCPKCEMethod S256
OIDCScope "openid email groups"
Use RemoteLoginOpenIDConnect`,
    guardConf: scopes,
    conf: `${scopes}
OAUTH_LOGIN=remote_user
REMOTE_SOURCE=openid
REMOTE_PROVISION=on
REMOTE_EMAIL_VARIABLE=OIDC_CLAIM_email
REMOTE_GROUPS_VARIABLE=OIDC_CLAIM_groups
REMOTE_GROUP_SCOPES="readers of files" files:read
REMOTE_GROUP_SCOPES=admins files:write`
  })
  chromium = await openBrowser()
})
after(async () => {
  await chromium?.close()
  await site?.stop()
  await provider?.stop()
})

const address = (client, more) => site.url('/api/oauth/authorize?' + new URLSearchParams(authorizationRequest(client, verifier, more)))

async function signIn (page, name) {
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password').fill(`password of ${name}`)
  await page.getByRole('button', { name: 'Enter' }).click()
  await page.getByRole('button', { name: 'Cancel' }).waitFor()
}

async function authorize (page) {
  await page.route(callback + '*', route => route.fulfill({ body: 'connected' }))
  const answered = page.waitForResponse(r => r.request().method() === 'POST' && r.url().includes('/api/oauth/consent'))
  await page.getByRole('button', { name: 'Authorize' }).click()
  const code = new URL((await answered).headers().location).searchParams.get('code')
  await page.waitForURL(callback + '*')
  return code
}

const redeem = async (client, code) => (await token(site, redemption(client, code, verifier))).json

test('the whole way: the provider signs in, our consent is asked, the guard tells who it is', async () => {
  const context = await chromium.newContext()
  const page = await context.newPage()
  const client = await register(site)
  const scope = 'email files:read files:write'
  await page.goto(address(client, { scope }))
  assert.ok(page.url().startsWith(provider.issuer), page.url())
  await signIn(page, 'alice')
  assert.match(await page.textContent('main'), /alice@example\.org/)
  assert.match(await page.textContent('main'), /which you may not allow\s*files:write/)
  const tokens = await redeem(client, await authorize(page))
  assert.equal(tokens.scope, 'email files:read')
  const told = await whoami(site, tokens.access_token)
  assert.equal(told.email, 'alice@example.org')
  assert.equal(told.scope, 'email files:read')

  const [identity] = await site.sql("SELECT source, name FROM oauth.identity WHERE name LIKE 'alice@%'")
  assert.deepEqual(identity, { source: 'openid', name: `alice@${provider.issuer}` })
  await context.close()
})

test('somebody else has other groups', async () => {
  const context = await chromium.newContext()
  const page = await context.newPage()
  const client = await register(site)
  await page.goto(address(client, { scope: 'email files:read files:write' }))
  await signIn(page, 'boss')
  assert.equal((await redeem(client, await authorize(page))).scope, 'email files:read files:write')
  await context.close()
})

test('a client that the provider would wave through still needs our consent', async () => {
  const context = await chromium.newContext()
  const page = await context.newPage()
  await page.goto(address(await register(site)))
  await signIn(page, 'alice')
  await authorize(page)
  const before = provider.signIns.length
  const other = await register(site, { client_name: 'A client of somebody else', redirect_uris: ['https://evil.example/cb'] })
  // Known to all: our login cookie, the module's session, the provider's session.
  for (const more of [{}, { prompt: 'select_account' }]) {
    await page.goto(address(other, more))
    await page.getByRole('button', { name: 'Authorize' }).waitFor()
    assert.match(await page.textContent('main'), /A client of somebody else/)
    assert.match(await page.textContent('main'), /evil\.example/)
  }
  assert.equal(provider.signIns.length, before)
  await context.close()
})

test('headers of the browser are no claims', async () => {
  const context = await chromium.newContext({
    extraHTTPHeaders: {
      'OIDC-CLAIM-groups': 'admins', OIDC_CLAIM_groups: 'admins', OIDC_CLAIM_email: 'boss@example.org', 'Remote-User': 'boss'
    }
  })
  const page = await context.newPage()
  const client = await register(site)
  await page.goto(address(client, { scope: 'email files:write files:read' }))
  await signIn(page, 'alice')
  assert.match(await page.textContent('main'), /alice@example\.org/)
  assert.match(await page.textContent('main'), /which you may not allow\s*files:write/)
  await context.close()
})

test('the module\'s cookies never go to the MCP server', async () => {
  const context = await chromium.newContext()
  const page = await context.newPage()
  await page.goto(address(await register(site)))
  await signIn(page, 'alice')
  const cookies = (await context.cookies(site.url('/api/oauth/login'))).filter(c => c.name.startsWith('mod_auth_openidc'))
  assert.ok(cookies.length > 0)
  for (const cookie of cookies) assert.equal(cookie.path, '/api/oauth/')
  assert.deepEqual((await context.cookies(site.mcp)).filter(c => c.name.startsWith('mod_auth_openidc')), [])
  await context.close()
})

test('an answer of the provider that this browser did not ask for signs nobody in', async () => {
  const answer = await send(site.url('/api/oauth/login/callback?code=x&state=y'))
  assert.notEqual(answer.status, 303)
  assert.ok(!String(answer.headers['set-cookie']).includes('mcp-oauth-login'))
})

test('doctor is content with the redirect', async () => {
  assert.match((await site.command('doctor')).stdout, /asks who it is \(status 302\)[^]*all is well\n$/)
})
