// SPDX-License-Identifier: MIT
// The MCP SDK's client and Chromium, from the bare URL to a tool's answer.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { sdk1, startApplication } from '../lib/application.mjs'
import { allow, openBrowser } from '../lib/chromium.mjs'
import { startSite } from '../lib/site.mjs'

let site, chromium

before(async () => {
  site = await startSite()
  chromium = await openBrowser()
})
after(async () => {
  await chromium?.close()
  await site?.stop()
})

test('discovery, registration, sign-in, consent, tokens, a tool call, a refresh and another call', async () => {
  const app = await startApplication(sdk1)
  try {
    const text = await app.authorize(site.mcp, url => allow(chromium, site, url))
    assert.match(text, /SDK test/)
    assert.match(text, /127\.0\.0\.1/)
    assert.equal(app.kept.callback.get('iss'), site.base)
    const { tokens } = app.kept

    let client = await app.connect(site.mcp)
    assert.deepEqual((await client.listTools()).tools.map(t => t.name), ['whoami', 'echo'])
    const said = await client.callTool({ name: 'whoami', arguments: {} })
    assert.equal(said.structuredContent.email, site.email)
    assert.equal(said.structuredContent.client, app.kept.client.client_id)
    assert.equal(said.structuredContent.resource, site.mcp)
    await client.close()

    // A token that the guard refuses makes the SDK refresh.
    app.kept.tokens = { ...tokens, access_token: 'stale' }
    client = await app.connect(site.mcp)
    assert.notEqual(app.kept.tokens.access_token, 'stale')
    assert.notEqual(app.kept.tokens.refresh_token, tokens.refresh_token)
    const again = await client.callTool({ name: 'echo', arguments: { message: 'still here' } })
    assert.equal(again.content[0].text, 'still here')
    await client.close()

    const keys = createRemoteJWKSet(new URL(site.url('/.well-known/jwks.json')))
    const { payload, protectedHeader } = await jwtVerify(app.kept.tokens.access_token, keys,
      { issuer: site.base, audience: site.mcp, typ: 'at+jwt' })
    assert.equal(protectedHeader.alg, 'EdDSA')
    assert.equal(payload.client_id, app.kept.client.client_id)
  } finally {
    app.close()
  }
})
