// SPDX-License-Identifier: MIT
// mcp-remote in its other ways: resources and scopes as people spell them, a
// published client, a device, and credentials of its own.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { allow, openBrowser, signIn } from '../../lib/chromium.mjs'
import { startDesktop } from '../../lib/desktop.mjs'
import { fetching, startHttpsHost } from '../../lib/https_host.mjs'
import { startRemote, whoami } from '../../lib/mcp_remote.mjs'
import { addClient, startSite } from '../../lib/site.mjs'

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

/** On a computer of its own: what whoami says, and which addresses it opened. */
async function signedIn (args, says) {
  const desktop = await startDesktop(url => allow(chromium, site, url))
  try {
    const client = await startRemote(desktop, site.mcp, args, says)
    const said = await whoami(client)
    await client.close()
    return { said, opened: desktop.opened.map(url => new URL(url).searchParams) }
  } finally {
    await desktop.stop()
  }
}

for (const [name, args] of [
  ['no resource', ['--disable-resource-parameter']],
  ['the origin as resource', ['--resource', 'http://127.0.0.1:@PORT@/']],
  ['a slash after the resource', ['--resource', 'http://127.0.0.1:@PORT@/mcp/']]
]) {
  test(`sends ${name}, and its token is good all the same`, async () => {
    const spelled = args.map(arg => arg.replace('@PORT@', site.port))
    const { said, opened: [asked] } = await signedIn(spelled)
    assert.equal(asked.get('resource'), spelled[1] ?? null)
    assert.equal(said.resource, site.mcp)
  })
}

test('falls back to the scopes of OpenID Connect', async () => {
  const scope = 'openid email profile'
  const { said, opened: [asked] } = await signedIn(['--static-oauth-client-metadata', JSON.stringify({ scope })])
  assert.equal(asked.get('scope'), scope)
  assert.equal(said.scope, scope)
})

test('speaks 2026-07-28 to the server', async () => {
  let told
  const { said } = await signedIn(['--protocol', 'auto'], text => { told = text })
  assert.equal(said.email, site.email)
  assert.match(told, /server speaks MCP 2026-07-28/)
})

test('is a client whose metadata is published', async () => {
  const client_id = host.url('/mcp-remote.json')
  host.answers.set('/mcp-remote.json', {
    client_id,
    client_name: 'mcp-remote',
    redirect_uris: ['http://localhost/oauth/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none'
  })
  const { said } = await signedIn(['--client-metadata-url', client_id])
  assert.equal(said.client, client_id)
})

test('connects as a device, without a browser of its own', async () => {
  const page = await chromium.newPage()
  const approve = async url => {
    await page.goto(url)
    await page.getByRole('button', { name: 'Continue' }).click()
    await signIn(page, site)
    await page.getByRole('button', { name: 'Authorize' }).click()
    await page.getByRole('heading', { name: 'The device is connected' }).waitFor()
    await page.close()
  }
  let approved
  const { said, opened } = await signedIn(['--device-code'], told => {
    const [url] = /http:\S+user_code=\S+(?=\n)/.exec(told) ?? []
    if (url) approved ??= approve(url)
  })
  await approved
  assert.equal(said.email, site.email)
  assert.equal(said.resource, site.mcp)
  assert.deepEqual(opened, [])
})

test('acts for itself with credentials that the operator made', async () => {
  const client = await addClient(site, '--name', 'Nightly', '--client-credentials')
  const { said, opened } = await signedIn(['--client-credentials', '--static-oauth-client-info', JSON.stringify(client)])
  assert.equal(said.client, client.client_id)
  assert.equal(said.user, undefined)
  assert.deepEqual(opened, [])
})
