// SPDX-License-Identifier: MIT
// Metadata as files that Apache serves itself.
import assert from 'node:assert/strict'
import { rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { until } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { changeSettings, startSite } from '../lib/site.mjs'

const resources = 'MCP_RESOURCES=/mcp /files/deep'
const issuer = '/auth/v1'
let site, folder
before(async () => {
  site = await startSite({
    plain: true,
    conf: `${resources}\nOAUTH_ISSUER=http://127.0.0.1:@PORT@${issuer}`,
    guardConf: `${resources}\nOAUTH_ISSUER=http://127.0.0.1:@PORT@${issuer}`,
    apacheBefore: `Define MCP_OAUTH_ISSUER_PATH ${issuer}
Define MCP_OAUTH_DOCUMENTS \${STATE}/etc/mcp-oauth/documents
Include \${SHARE}/static-metadata.conf`
  })
  folder = join(site.values.STATE, 'etc/mcp-oauth/documents')
})
after(() => site?.stop())

const paths = ['/.well-known/oauth-authorization-server', '/.well-known/oauth-authorization-server' + issuer,
  '/.well-known/openid-configuration', '/.well-known/openid-configuration' + issuer, issuer + '/.well-known/openid-configuration',
  '/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource/files/deep']
const nothing = ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/files', '/.well-known/oauth-authorization-server/other',
  '/.well-known/oauth-protected-resource/mcp.json', '/.well-known/oauth-authorization-server.json', '/.well-known/oauth-protected-resource/../oauth-authorization-server.json']

// The programs of the site, out of the way.
const programs = ['server_metadata', 'resource_metadata']
const program = name => join(site.values.STATE, 'usr/libexec/mcp-oauth/cgi-bin', name)
const without = async act => {
  for (const name of programs) await rename(program(name), program(name) + '.away')
  try {
    await act()
  } finally {
    for (const name of programs) await rename(program(name) + '.away', program(name))
  }
}

// What clients go by; Apache's own ETag is another.
const essence = ({ status, headers, text }) => ({
  status,
  text: text.trimEnd(),
  ...Object.fromEntries(['content-type', 'cache-control', 'x-content-type-options', 'referrer-policy', 'access-control-allow-origin',
    'access-control-expose-headers', 'strict-transport-security'].map(name => [name, headers[name]]))
})

test('without files the programs answer', async () => {
  for (const path of paths) assert.equal((await send(site.url(path))).status, 200, path)
})

test('files are what the programs say, and need none of them', async () => {
  const said = new Map()
  for (const path of paths) said.set(path, essence(await send(site.url(path))))
  const { stdout } = await site.command('render', '--documents', folder)
  assert.match(stdout, /^wrote 4 documents to /)
  await without(async () => {
    for (const path of paths) {
      const answer = await send(site.url(path))
      assert.deepEqual(essence(answer), said.get(path), path)
      assert.equal((await send(site.url(path), { headers: { 'If-None-Match': answer.headers.etag } })).status, 304)
      assert.equal((await send(site.url(path), { method: 'HEAD' })).status, 200)
    }
  })
})

test('anything else is JSON 404, and other methods are the programs\'', async () => {
  for (const path of nothing) {
    const answer = await send(site.base, { path })
    assert.equal(answer.status, 404, path)
    assert.doesNotThrow(() => answer.json, path)
  }
  for (const path of paths) {
    const preflight = await send(site.url(path), { method: 'OPTIONS', headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' } })
    assert.equal(preflight.status, 204, path)
    assert.equal(preflight.headers['access-control-allow-methods'], 'GET, HEAD, OPTIONS')
    assert.equal((await send(site.url(path), { method: 'POST' })).status, 405, path)
  }
})

test('a document that settings no longer have is removed, and nothing else', async () => {
  await writeFile(join(folder, 'other.json'), '{}')
  await writeFile(join(folder, 'oauth-protected-resource/files/note.txt'), '')
  await changeSettings(site.values.MCP_OAUTH_CONFIG, ['MCP_RESOURCES=/mcp'])
  await site.command('render', '--documents', folder)
  await until(async () => (await send(site.url('/.well-known/oauth-protected-resource/files/deep'))).status === 404)
  assert.equal((await send(site.url('/.well-known/oauth-protected-resource'))).json.resource, site.mcp, 'the only one now')
  for (const name of ['other.json', 'oauth-protected-resource/files/note.txt']) await stat(join(folder, name))
})

test('a folder that cannot be written is named', async () => {
  await assert.rejects(site.command('render', '--documents', '/proc/none'), /could not write \/proc\/none\/oauth-authorization-server\.json/)
  await assert.rejects(site.command('render', '--documents', folder, '--periods', '3'), /--documents stands alone/)
})
