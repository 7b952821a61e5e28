// SPDX-License-Identifier: MIT
// Each command that README.md and docs/ show is typed by a test, or there is a
// reason why none can.  Those of docs/clients.md are typed here.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { indented, missing } from '../lib/documented.mjs'
import { connect } from '../lib/flow.mjs'
import { operatorUrl } from '../lib/operator.mjs'
import { settingsOfCode, settingsOfManual, settingsOfReadme } from '../lib/settings_pages.mjs'
import { startSite } from '../lib/site.mjs'
import { Shell } from '../lib/transcript.mjs'

const root = new URL('../../', import.meta.url)

test('each command of the pages is typed by a test, or there is a reason', async () => {
  assert.deepEqual(await missing(), [])
})

describe('docs/clients.md', () => {
  const initial = 'gV1mN8sQpX3kR7tYw2uZ5aBc9dEfHjL0oTiUyPqSxWe'
  let site, shell, page
  before(async () => {
    page = await readFile(new URL('docs/clients.md', root), 'utf8')
    site = await startSite({
      plain: true,
      conf: `MCP_RESOURCES=/files\nMCP_RESOURCE_SCOPES=/files files:read\nOAUTH_REGISTRATION=token\nINITIAL_ACCESS_TOKEN=${initial}`,
      guardConf: 'MCP_RESOURCES=/files\nMCP_RESOURCE_SCOPES=/files files:read'
    })
    shell = new Shell({
      PATH: `${dirname(site.values.MCP_OAUTH)}:/usr/bin:/bin`,
      MCP_OAUTH_CONFIG: site.values.MCP_OAUTH_CONFIG,
      DATABASE_URL: await operatorUrl(site),
      INITIAL_ACCESS_TOKEN: initial,
      ...(process.env.ASAN_OPTIONS && { ASAN_OPTIONS: process.env.ASAN_OPTIONS })
    }, root.pathname)
  })
  after(async () => {
    await shell?.close()
    await site?.stop()
  })

  const here = text => text.replaceAll('https://mcp.example.com', site.base)
  const type = async command => shell.run(here(command).replace(/^curl /, 'curl -s '))
  // What "client add" printed becomes variables, as in docs/operating.md.
  const keep = said => shell.run(said)

  /** All commands of the page that open so, each once; the answers. */
  async function typeAll (begins) {
    const commands = indented(page).filter(command => command.startsWith(begins))
    assert.ok(commands.length > 0, begins)
    const said = []
    for (const command of commands) said.push(await type(command))
    return said
  }

  test('registering with the initial access token', async () => {
    const [said] = await typeAll('curl -H "Authorization: Bearer $INITIAL_ACCESS_TOKEN"')
    const registered = JSON.parse(said)
    assert.equal(registered.client_name, 'Editor')
    assert.ok(registered.client_id && registered.registration_access_token)
  })

  test('a program that acts for itself', async () => {
    const [said] = await typeAll("mcp-oauth client add --name 'Nightly report'")
    assert.match(said, /^client_id=\S+\nclient_secret=\S+\n$/)
    await keep(said)
    const answer = JSON.parse((await typeAll('curl -u "$client_id:$client_secret" -d grant_type=client_credentials'))[0])
    assert.equal(answer.scope, 'files:read')
    assert.equal(answer.token_type, 'Bearer')
  })

  test('a program without a browser', async () => {
    const [said] = await typeAll("mcp-oauth client add --name 'Build server'")
    assert.match(said, /^client_id=\S+\n$/)
  })

  test('who asks about tokens', async () => {
    const { client_id: clientId } = JSON.parse((await typeAll('curl -H "Authorization: Bearer $INITIAL_ACCESS_TOKEN"'))[0])
    const { tokens } = await connect(site, { client: { client_id: clientId, redirect_uris: ['http://127.0.0.1/callback'] } })
    await keep((await typeAll("mcp-oauth client add --name 'Files'"))[0])
    await shell.run(`token=${tokens.access_token}`)
    const answer = JSON.parse((await typeAll('curl -u "$client_id:$client_secret" -d "token=$token"'))[0])
    assert.equal(answer.active, true)
    assert.equal(answer.client_id, clientId)
  })
})

describe('each setting of the code, and none that it has not', () => {
  // In the table of README.md, for what no default of the code says.
  const inWords = { OAUTH_ISSUER: 'the origin', MCP_ALLOWED_ORIGINS: 'own origin, loopback' }
  let code
  before(async () => {
    code = await settingsOfCode()
    assert.ok(Object.keys(code).length > 70, 'settings.c is read by a pattern')
  })

  test('in README.md, with its default', async () => {
    const readme = await settingsOfReadme()
    assert.deepEqual(Object.keys(readme).sort(), Object.keys(code).sort())
    for (const [key, { default: value }] of Object.entries(code)) assert.equal(readme[key], inWords[key] ?? value ?? '', key)
  })

  for (const page of ['mcp-oauth.conf', 'guard.conf']) {
    test(`in ${page}(5), with its default`, async () => {
      const { keys, defaults, text } = await settingsOfManual(page)
      const here = Object.keys(code).filter(key => code[key].files.includes(page))
      assert.deepEqual([...keys].filter(key => !here.includes(key)), [], 'no such setting of this file')
      // What means the same in both is described in one of them.
      const missing = page === 'guard.conf' ? here.filter(key => !new RegExp(`\\.Ev ${key}$|\\b${key}\\b`, 'm').test(text)) : here.filter(key => !keys.has(key))
      assert.deepEqual(missing, [])
      for (const key of keys) if (code[key].default || defaults[key]) assert.equal(defaults[key], code[key].default, key)
    })
  }
})
