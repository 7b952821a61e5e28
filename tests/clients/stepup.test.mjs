// SPDX-License-Identifier: MIT
// Step-up: a tool needs a scope beyond those that a client starts with, the
// guard says which, and the client goes through authorization once more.
import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { sdk1, sdk2, startApplication } from '../lib/application.mjs'
import { allow, openBrowser } from '../lib/chromium.mjs'
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
    serve: { '/files': 'whoami' }
  })
  chromium = await openBrowser()
})
after(async () => {
  await chromium?.close()
  await site?.stop()
  await rm(folder, { recursive: true })
})

const scopeOf = url => url.searchParams.get('scope').split(' ').sort()

// A person with a browser of their own.
async function newPerson () {
  const context = await chromium.newContext()
  return { allows: url => allow(context, site, url), leaves: () => context.close() }
}

test('the client of 2026-07-28 steps up for one tool, with the same client_id', async () => {
  const person = await newPerson()
  const app = await startApplication(sdk2)
  try {
    assert.doesNotMatch(await app.authorize(site.mcp, person.allows), /say your words back/)
    assert.deepEqual(scopeOf(app.kept.authorizationUrl), ['email'])
    assert.equal(app.kept.tokens.scope, 'email')
    const { client_id: id } = app.kept.client

    const client = await app.connect(site.mcp)
    assert.equal((await client.callTool({ name: 'whoami', arguments: {} })).structuredContent.scope, 'email')

    // The tool that needs more: 403, and on to authorization with both scopes.
    await assert.rejects(client.callTool({ name: 'echo', arguments: { message: 'hello' } }), sdk2.UnauthorizedError)
    assert.deepEqual(scopeOf(app.kept.authorizationUrl), ['email', 'tools:echo'])
    assert.match(await app.finish(client.transport, person.allows), /Let it say your words back/)
    assert.deepEqual(app.kept.tokens.scope.split(' ').sort(), ['email', 'tools:echo'])
    assert.equal(app.kept.client.client_id, id)

    assert.equal((await client.callTool({ name: 'echo', arguments: { message: 'hello' } })).content[0].text, 'hello')
    assert.equal((await client.callTool({ name: 'whoami', arguments: {} })).structuredContent.client, id)
    await client.close()
  } finally {
    app.close()
    await person.leaves()
  }
})

// With a refresh token it would refresh in place of asking, and give up.
test('the client of the versions before steps up when it cannot refresh', async () => {
  const person = await newPerson()
  const app = await startApplication(sdk1, { metadata: { grant_types: ['authorization_code'] } })
  const files = site.url('/files')
  try {
    assert.match(await app.authorize(files, person.allows), /Company files/)
    assert.equal(app.kept.tokens.scope, 'email')
    assert.equal(app.kept.tokens.refresh_token, undefined)

    assert.match(await app.authorize(files, person.allows), /files:read/)
    assert.deepEqual(scopeOf(app.kept.authorizationUrl), ['email', 'files:read'])

    const client = await app.connect(files)
    const said = await client.callTool({ name: 'whoami', arguments: {} })
    assert.equal(said.structuredContent.resource, files)
    assert.deepEqual(said.structuredContent.scope.split(' ').sort(), ['email', 'files:read'])
    await client.close()
  } finally {
    app.close()
    await person.leaves()
  }
})
