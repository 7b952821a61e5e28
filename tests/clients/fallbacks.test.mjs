// SPDX-License-Identifier: MIT
// The ways of 2025-03-26: an SDK of that time, which looks for the metadata at
// the root of the origin and sends no resource, and all SDKs at a site without
// any metadata, where /authorize, /token and /register are taken for granted.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sdk1, sdk2, sdkOf2025, startApplication } from '../lib/application.mjs'
import { Browser } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { startSite } from '../lib/site.mjs'

// Our own answer to what is not found would be the very document.
const withheld = `RedirectMatch 404 ^/\\.well-known/
<Location "/.well-known">
  ErrorDocument 404 default
</Location>`

/** From the bare URL to a call, a refresh and a call again. */
async function goesThrough (sdk, site) {
  const app = await startApplication(sdk)
  try {
    await app.authorize(site.mcp, url => new Browser(site).allow(url))
    const client = await app.connect(site.mcp)
    const call = async () => (await client.callTool({ name: 'whoami', arguments: {} })).structuredContent ?? {}
    const said = await call()
    const { refresh_token: first } = app.kept.tokens
    app.kept.tokens = { ...app.kept.tokens, access_token: 'stale' }
    await call()
    assert.notEqual(app.kept.tokens.refresh_token, first)
    await client.close()
    return { said, asked: app.kept.authorizationUrl, client: app.kept.client.client_id }
  } finally {
    app.close()
  }
}

describe('metadata at the root of the origin', () => {
  let site
  before(async () => { site = await startSite() })
  after(() => site?.stop())

  test('is enough for an SDK of 2025-03-26', async () => {
    const { said, asked, client } = await goesThrough(sdkOf2025, site)
    assert.equal(said.email, site.email)
    assert.equal(said.client, client)
    assert.equal(said.resource, site.mcp)
    assert.equal(asked.pathname, '/api/oauth/authorize')
    assert.equal(asked.searchParams.get('resource'), null)
    assert.equal(asked.searchParams.get('scope'), null)
  })
})

describe('no metadata at all', () => {
  let site
  before(async () => { site = await startSite({ apache: withheld }) })
  after(() => site?.stop())

  for (const [name, sdk] of Object.entries({ '2025-03-26': sdkOf2025, '2025-11-25': sdk1, '2026-07-28': sdk2 })) {
    test(`leads the SDK of ${name} to the root paths`, async () => {
      assert.equal((await send(site.url('/.well-known/oauth-authorization-server'))).status, 404)
      const { said, asked } = await goesThrough(sdk, site)
      assert.equal(said.email, site.email)
      assert.equal(said.resource, site.mcp)
      assert.equal(asked.pathname, '/authorize')
      assert.equal(asked.searchParams.get('resource'), null)
    })
  }
})
