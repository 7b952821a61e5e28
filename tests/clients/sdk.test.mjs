// SPDX-License-Identifier: MIT
// The MCP SDK's client and Chromium, from the bare URL to a tool's answer.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { allow, listen, provider } from '../lib/application.mjs'
import { openBrowser } from '../lib/chromium.mjs'
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

const newClient = () => new Client({ name: 'test', version: '1.0.0' })
const transportTo = auth => new StreamableHTTPClientTransport(new URL(site.mcp), { authProvider: auth })

describe('the MCP SDK and Chromium', () => {
  test('discovery, registration, sign-in, consent, tokens, a tool call, a refresh and another call', async () => {
    const listener = await listen()
    const auth = provider(listener.url)
    try {
      const first = transportTo(auth)
      await assert.rejects(newClient().connect(first), UnauthorizedError)
      const callback = listener.callback()
      const text = await allow(chromium, site, auth.kept.authorizationUrl)
      assert.match(text, /SDK test/)
      assert.match(text, /127\.0\.0\.1/)
      const back = await callback
      assert.equal(back.get('iss'), site.base)
      await first.finishAuth(back.get('code'))
      const { tokens } = auth.kept

      let client = newClient()
      await client.connect(transportTo(auth))
      assert.deepEqual((await client.listTools()).tools.map(t => t.name), ['whoami', 'echo'])
      const said = await client.callTool({ name: 'whoami', arguments: {} })
      assert.equal(said.structuredContent.email, site.email)
      assert.equal(said.structuredContent.client, auth.kept.client.client_id)
      assert.equal(said.structuredContent.resource, site.mcp)
      await client.close()

      // A token that the guard refuses makes the SDK refresh.
      auth.kept.tokens = { ...tokens, access_token: 'stale' }
      client = newClient()
      await client.connect(transportTo(auth))
      assert.notEqual(auth.kept.tokens.access_token, 'stale')
      assert.notEqual(auth.kept.tokens.refresh_token, tokens.refresh_token)
      const again = await client.callTool({ name: 'echo', arguments: { message: 'still here' } })
      assert.equal(again.content[0].text, 'still here')
      await client.close()

      const keys = createRemoteJWKSet(new URL(site.url('/.well-known/jwks.json')))
      const { payload, protectedHeader } = await jwtVerify(auth.kept.tokens.access_token, keys,
        { issuer: site.base, audience: site.mcp, typ: 'at+jwt' })
      assert.equal(protectedHeader.alg, 'EdDSA')
      assert.equal(payload.client_id, auth.kept.client.client_id)
    } finally {
      listener.close()
    }
  })
})
