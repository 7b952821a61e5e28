// SPDX-License-Identifier: MIT
// The same programs as plain CGI, and what each of them weighs.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { runCgi } from '../lib/cgi.mjs'
import { connect, refreshing } from '../lib/flow.mjs'
import { changeSettings, startSite } from '../lib/site.mjs'

let site
before(async () => { site = await startSite() })
after(() => site?.stop())

const form = 'application/x-www-form-urlencoded'
const serverPath = '/.well-known/oauth-authorization-server'

test('metadata, with and without a body, arguments in the query are none of ours', async () => {
  const answer = await runCgi(site, 'server_metadata', { path: serverPath, query: '-h+--help' })
  assert.equal(answer.status, 200)
  assert.equal(JSON.parse(answer.text).issuer, site.base)
  assert.equal((await runCgi(site, 'server_metadata', { path: '/elsewhere' })).status, 404)
  const head = await runCgi(site, 'server_metadata', { path: serverPath, method: 'HEAD' })
  assert.equal(head.status, 200)
})

test('a refresh', async () => {
  const { client, tokens } = await connect(site)
  const answer = await runCgi(site, 'token', {
    method: 'POST',
    path: '/api/oauth/token',
    body: new URLSearchParams(refreshing(client, tokens)).toString(),
    headers: { CONTENT_TYPE: form }
  })
  assert.equal(answer.status, 200, answer.text)
  assert.notEqual(JSON.parse(answer.text).refresh_token, tokens.refresh_token)
  assert.equal(answer.errors.trim().split('\n').length, 1)
})

test('headers that collide with settings have no effect', async () => {
  const answer = await runCgi(site, 'server_metadata', {
    path: serverPath,
    headers: { HTTP_PROXY: 'http://127.0.0.1:1', HTTP_MCP_OAUTH_CONFIG: '/nowhere', HTTP_OAUTH_BASE_URL: 'https://evil.example' }
  })
  assert.equal(JSON.parse(answer.text).issuer, site.base)
})

test('where the address is https, browsers are told to stay there', async () => {
  assert.ok(!('strict-transport-security' in (await runCgi(site, 'server_metadata', { path: serverPath })).headers), 'not on loopback')
  const secure = await startSite({ plain: true, conf: 'OAUTH_BASE_URL=https://mcp.example', guardConf: 'OAUTH_BASE_URL=https://mcp.example' })
  try {
    for (const [program, path] of [['server_metadata', serverPath], ['authorize', '/api/oauth/authorize'], ['token', '/api/oauth/token']]) {
      assert.match((await runCgi(secure, program, { path })).headers['strict-transport-security'], /^max-age=\d{8}/, program)
    }
  } finally {
    await secure.stop()
  }
})

test('a cut body is refused, a broken configuration stops everything by name', async () => {
  const cut = await runCgi(site, 'token', {
    method: 'POST', path: '/api/oauth/token', body: 'grant_type=x', headers: { CONTENT_TYPE: form, CONTENT_LENGTH: '4000' }
  })
  assert.equal(cut.status, 400)
  const broken = await runCgi(site, 'token', { path: '/api/oauth/token', headers: { MCP_OAUTH_CONFIG: '/nonexistent' } })
  assert.equal(broken.status, 503)
  assert.match(broken.errors, /nonexistent/)
  assert.doesNotMatch(broken.text, /nonexistent/)
})

test('a log that may grow no more hinders no answer', async () => {
  const log = join(site.values.STATE, 'log/limited.log')
  const settings = `${site.values.MCP_OAUTH_CONFIG}.limited`
  execFileSync('cp', ['-p', site.values.MCP_OAUTH_CONFIG, settings])
  await changeSettings(settings, [`LOG_TO=${log}`])
  const ask = (...under) => runCgi(site, 'server_metadata', { path: serverPath, headers: { MCP_OAUTH_CONFIG: settings }, under })
  assert.equal((await ask()).status, 200)
  const { size } = statSync(log)
  for (const limit of [size, size + 20]) {
    const answer = await ask('prlimit', `--fsize=${limit}`)
    assert.equal(answer.status, 200, answer.errors)
    assert.equal(JSON.parse(answer.text).issuer, site.base)
    assert.ok(statSync(log).size <= limit)
  }
})

test('what needs no database links no libpq', () => {
  const dir = join(site.values.STATE, 'usr/libexec/mcp-oauth/cgi-bin')
  for (const program of readdirSync(dir)) {
    const libraries = execFileSync('ldd', [join(dir, program)], { encoding: 'utf8' })
    const needs = !['jwks', 'resource_metadata', 'server_metadata'].includes(program)
    assert.equal(/libpq/.test(libraries), needs, program)
    assert.doesNotMatch(libraries, /libcurl/, program)
  }
})

test('an idle process stays under 16 MiB', { skip: /asan/.test(process.env.BUILD ?? '') && 'a sanitizer weighs more' }, () => {
  let seen = 0
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      if (!readlinkSync(`/proc/${pid}/exe`).startsWith(join(site.values.STATE, 'usr/libexec'))) continue
      assert.match(readFileSync(`/proc/${pid}/limits`, 'utf8'), /^Max core file size +0 +0 /m, 'a core file would hold secrets')
      const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
      seen++
      assert.ok(Number(pss[1]) < 16384, `${readlinkSync(`/proc/${pid}/exe`)}: ${pss[1]} kB`)
    } catch (error) {
      if (!['ENOENT', 'EACCES', 'ESRCH', 'EPERM'].includes(error.code)) throw error
    }
  }
  assert.ok(seen > 3 || process.getuid() !== 0, `${seen} processes seen`)
})
