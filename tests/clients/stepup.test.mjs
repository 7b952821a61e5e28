// SPDX-License-Identifier: MIT
// Step-up: a tool needs a scope beyond those that a client starts with, the
// guard says which, and the client goes through authorization once more.
import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client'
import { UnauthorizedError as OlderUnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { allow, listen, provider } from '../lib/application.mjs'
import { openBrowser } from '../lib/chromium.mjs'
import { startSite } from '../lib/site.mjs'

const settings = `MCP_RESOURCES=/mcp /files
MCP_RESOURCE_SCOPES=/mcp tools:echo
MCP_RESOURCE_BASE_SCOPES=/mcp email
MCP_RESOURCE_NAME=/files Company files
MCP_RESOURCE_SCOPES=/files files:*
MCP_RESOURCE_BASE_SCOPES=/files email`
const rules = `/mcp    tools/call  echo  tools:echo
/mcp    *           *     -
/files  *           *     files:read
`

let site, chromium, folder
before(async () => {
  folder = await mkdtemp('/var/tmp/mcp-oauth-rules-')
  const file = join(folder, 'guard.rules')
  await chmod(folder, 0o755)
  await writeFile(file, rules)
  site = await startSite({
    conf: settings + '\nSCOPE_DESCRIPTION=tools:echo Let it say your words back',
    guardConf: `${settings}\nGUARD_RULES=${file}`,
    apache: 'Alias /files ${MCP_OAUTH_LIBEXEC}/demo/whoami\nUse GuardMCP /files'
  })
  chromium = await openBrowser()
})
after(async () => {
  await chromium?.close()
  await site?.stop()
  await rm(folder, { recursive: true })
})

const scopeOf = url => url.searchParams.get('scope').split(' ').sort()

test('the client of 2026-07-28 steps up for one tool, with the same client_id', async () => {
  const listener = await listen()
  const context = await chromium.newContext()
  const auth = provider(listener.url)
  const transport = () => new StreamableHTTPClientTransport(new URL(site.mcp), { authProvider: auth })
  const client = () => new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  try {
    const first = transport()
    await assert.rejects(client().connect(first), UnauthorizedError)
    assert.deepEqual(scopeOf(auth.kept.authorizationUrl), ['email'])
    let back = listener.callback()
    assert.doesNotMatch(await allow(context, site, auth.kept.authorizationUrl), /say your words back/)
    await first.finishAuth(await back)
    assert.equal(auth.kept.tokens.scope, 'email')
    const { client_id: id } = auth.kept.client

    const connection = transport()
    const connected = client()
    await connected.connect(connection)
    assert.equal((await connected.callTool({ name: 'whoami', arguments: {} })).structuredContent.scope, 'email')

    // The tool that needs more: 403, and on to authorization with both scopes.
    await assert.rejects(connected.callTool({ name: 'echo', arguments: { message: 'hello' } }), UnauthorizedError)
    assert.deepEqual(scopeOf(auth.kept.authorizationUrl), ['email', 'tools:echo'])
    back = listener.callback()
    assert.match(await allow(context, site, auth.kept.authorizationUrl), /Let it say your words back/)
    await connection.finishAuth(await back)
    assert.deepEqual(auth.kept.tokens.scope.split(' ').sort(), ['email', 'tools:echo'])
    assert.equal(auth.kept.client.client_id, id)

    assert.equal((await connected.callTool({ name: 'echo', arguments: { message: 'hello' } })).content[0].text, 'hello')
    assert.equal((await connected.callTool({ name: 'whoami', arguments: {} })).structuredContent.client, id)
    await connected.close()
  } finally {
    await context.close()
    listener.close()
  }
})

// With a refresh token it would refresh in place of asking, and give up.
test('the client of the versions before steps up when it cannot refresh', async () => {
  const listener = await listen()
  const context = await chromium.newContext()
  const auth = provider(listener.url, { grant_types: ['authorization_code'] })
  const transport = () => new OlderTransport(new URL(site.url('/files')), { authProvider: auth })
  const client = () => new OlderClient({ name: 'test', version: '1.0.0' })
  try {
    let connection = transport()
    await assert.rejects(client().connect(connection), OlderUnauthorizedError)
    let back = listener.callback()
    assert.match(await allow(context, site, auth.kept.authorizationUrl), /Company files/)
    await connection.finishAuth((await back).get('code'))
    assert.equal(auth.kept.tokens.scope, 'email')
    assert.equal(auth.kept.tokens.refresh_token, undefined)

    connection = transport()
    await assert.rejects(client().connect(connection), OlderUnauthorizedError)
    assert.deepEqual(scopeOf(auth.kept.authorizationUrl), ['email', 'files:read'])
    back = listener.callback()
    assert.match(await allow(context, site, auth.kept.authorizationUrl), /files:read/)
    await connection.finishAuth((await back).get('code'))

    const connected = client()
    await connected.connect(transport())
    const said = await connected.callTool({ name: 'whoami', arguments: {} })
    assert.equal(said.structuredContent.resource, site.url('/files'))
    assert.deepEqual(said.structuredContent.scope.split(' ').sort(), ['email', 'files:read'])
    await connected.close()
  } finally {
    await context.close()
    listener.close()
  }
})
