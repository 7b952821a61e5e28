// SPDX-License-Identifier: MIT
// Metadata as files that Apache serves itself.
import assert from 'node:assert/strict'
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { until } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { changeSettings, startSite } from '../lib/site.mjs'
import { essence, othersAreThePrograms, paths, resources } from '../lib/static_metadata.mjs'

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

const documents = [...paths, '/.well-known/oauth-authorization-server' + issuer,
  '/.well-known/openid-configuration' + issuer, issuer + '/.well-known/openid-configuration']

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

test('without files the programs answer', async () => {
  for (const path of documents) assert.equal((await send(site.url(path))).status, 200, path)
})

test('files are what the programs say, and need none of them', async () => {
  const said = new Map()
  for (const path of documents) said.set(path, essence(await send(site.url(path))))
  const { stdout } = await site.command('render', '--documents', folder)
  assert.match(stdout, /^wrote 4 documents to /)
  await without(async () => {
    for (const path of documents) {
      const answer = await send(site.url(path))
      assert.deepEqual(essence(answer), said.get(path), path)
      assert.equal((await send(site.url(path), { headers: { 'If-None-Match': answer.headers.etag } })).status, 304)
      assert.equal((await send(site.url(path), { method: 'HEAD' })).status, 200)
    }
  })
})

test('anything else is JSON 404, and other methods are the programs\'', async () => {
  await othersAreThePrograms(site, documents)
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

test('several at once: each succeeds, and whoever reads finds whole documents', async () => {
  const files = ['oauth-authorization-server.json', 'oauth-protected-resource/mcp.json'].map(name => join(folder, name))
  const written = await Promise.all(files.map(name => readFile(name, 'utf8')))
  let over = false
  const reading = (async () => {
    while (!over) assert.deepEqual(await Promise.all(files.map(name => readFile(name, 'utf8'))), written)
  })()
  reading.catch(() => {})
  const commands = Array.from({ length: 8 }, () => site.command('render', '--documents', folder))
  await Promise.all(commands).finally(() => { over = true })
  await reading
  assert.deepEqual((await readdir(folder, { recursive: true })).filter(name => /\.(new|lock)$/.test(name)), [])
})

test('a folder that cannot be written is named', async () => {
  await assert.rejects(site.command('render', '--documents', '/proc/none'), /could not write \/proc\/none\/oauth-authorization-server\.json/)
  await assert.rejects(site.command('render', '--documents', folder, '--periods', '3'), /--documents stands alone/)
})
