// SPDX-License-Identifier: MIT
// A foreign MCP server behind the guard by one line of configuration.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { startEverything } from '../lib/everything.mjs'
import { connect } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { freePort, startSite } from '../lib/site.mjs'

let site, server

before(async () => {
  const port = await freePort()
  server = await startEverything(port)
  site = await startSite({
    plain: true,
    conf: 'MCP_RESOURCES=/everything',
    guardConf: 'MCP_RESOURCES=/everything',
    serve: { '/everything': `http://127.0.0.1:${port}/mcp` }
  })
})
after(async () => {
  server?.kill()
  await site?.stop()
})

test('its tools answer, and its progress arrives event by event', async () => {
  const { tokens } = await connect(site)
  const client = new Client({ name: 'test', version: '1.0.0' })
  await client.connect(new StreamableHTTPClientTransport(new URL(site.url('/everything')),
    { requestInit: { headers: { Authorization: `Bearer ${tokens.access_token}` } } }))
  const { tools } = await client.listTools()
  const echo = await client.callTool({ name: 'echo', arguments: { message: 'through the guard' } })
  assert.match(echo.content[0].text, /through the guard/)

  const long = tools.find(t => /long.?running/i.test(t.name))
  assert.ok(long, 'server-everything has a long running tool')
  const order = []
  await client.callTool({ name: long.name, arguments: { duration: 2, steps: 4 } }, undefined,
    { onprogress: p => order.push({ step: p.progress, at: Date.now() }) })
  const end = Date.now()
  assert.equal(order.length, 4)
  // Buffered, they would all have come together with the result.
  assert.ok(end - order[0].at > 800, `the first came ${end - order[0].at} ms before the end`)
  await client.close()
})

test('without a token it is out of reach', async () => {
  assert.equal((await send(site.url('/everything'))).status, 401)
  assert.equal((await send(site.url('/everything/'))).status, 401)
})
