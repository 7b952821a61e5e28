// SPDX-License-Identifier: MIT
// The official client of the 2026-07-28 revision, which knows no handshake.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { connect } from '../lib/flow.mjs'
import { startSite } from '../lib/site.mjs'

let site
before(async () => { site = await startSite() })
after(() => site?.stop())

test('it discovers the server through the guard and calls a tool', async () => {
  const { tokens } = await connect(site)
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  await client.connect(new StreamableHTTPClientTransport(new URL(site.mcp),
    { requestInit: { headers: { Authorization: `Bearer ${tokens.access_token}` } } }))
  assert.equal(client.getNegotiatedProtocolVersion(), '2026-07-28')
  assert.deepEqual((await client.listTools()).tools.map(t => t.name), ['whoami', 'echo'])
  const said = await client.callTool({ name: 'whoami', arguments: {} })
  assert.equal(said.structuredContent.email, site.email)
  await client.close()
})
