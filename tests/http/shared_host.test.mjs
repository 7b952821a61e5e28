// SPDX-License-Identifier: MIT
// A shared host: an Apache with mod_cgid, a cgi-bin, and the shipped .htaccess.
// This is about Apache itself.
import assert from 'node:assert/strict'
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { authorizationRequest, Browser, newVerifier, redemption, register } from '../lib/flow.mjs'
import { postForm, send, sendJson } from '../lib/http.mjs'
import { makeHtpasswd, Person } from '../lib/remote_login.mjs'
import { sharedHost } from '../lib/shared_host.mjs'
import { startSite } from '../lib/site.mjs'

const htaccess = new URL('../../apache-conf/shared-host.htaccess', import.meta.url)
let site, host, base, dir

before(async () => {
  site = await startSite({ plain: true })
  host = await sharedHost(site)
  ;({ base, dir } = host)
  cpSync(join(site.values.STATE, 'usr/libexec/mcp-oauth/cgi-bin'), join(dir, 'cgi-bin/mcp-oauth'), { recursive: true })
  writeFileSync(join(dir, 'public_html/.htaccess'), readFileSync(htaccess, 'utf8')
    .replace(/^#SetEnv MCP_OAUTH_CONFIG .*$/m, `SetEnv MCP_OAUTH_CONFIG ${site.values.MCP_OAUTH_CONFIG}`))
  await host.start()
})
after(async () => {
  host?.stop()
  await site?.stop()
})

test('documents are served, and other addresses are JSON 404', async () => {
  assert.equal((await send(`${base}/.well-known/oauth-authorization-server`)).json.issuer, site.base)
  assert.equal((await send(`${base}/.well-known/oauth-protected-resource/mcp`)).json.resource, site.mcp)
  assert.ok((await send(`${base}/.well-known/jwks.json`)).json.keys.length)
  assert.equal((await send(`${base}/.well-known/openid-configuration`)).json.issuer, site.base)
  const none = await send(`${base}/.well-known/openid-configuration/mcp`)
  assert.equal(none.status, 404)
  assert.match(none.headers['content-type'], /json/)
})

test('a refusal arrives whole, however long the body that nobody reads', async () => {
  for (const [path, status] of [['token', 413], ['authorize', 413], ['userinfo', 413], ['nothing', 404]]) {
    const answer = await send(`${base}/api/oauth/${path}`, {
      method: 'POST', body: 'x'.repeat(3 << 20), headers: { 'Content-Type': 'application/x-www-form-urlencoded' }
    })
    assert.equal(answer.status, status, path)
    assert.ok(answer.text.length > 20, path)
  }
})

test('a client authenticates by Basic and gets tokens', async () => {
  const client = await register({ url: path => base + path }, { token_endpoint_auth_method: 'client_secret_basic' })
  const verifier = newVerifier()
  const code = await new Browser(site).code(authorizationRequest(client, verifier))
  const { client_id: id, ...fields } = redemption(client, code, verifier)
  const answer = await postForm(`${base}/api/oauth/token`, fields,
    { Authorization: 'Basic ' + Buffer.from(`${id}:${client.client_secret}`).toString('base64') })
  assert.equal(answer.status, 200, answer.text)
  const refreshed = await postForm(`${base}/api/oauth/token`, {
    grant_type: 'refresh_token', refresh_token: answer.json.refresh_token, client_id: id, client_secret: client.client_secret
  })
  assert.equal(refreshed.status, 200, refreshed.text)
})

test('a client manages its registration', async () => {
  const client = await register({ url: path => base + path })
  const url = client.registration_client_uri.replace(site.base, base)
  const headers = { Authorization: `Bearer ${client.registration_access_token}` }
  assert.deepEqual((await send(url, { headers })).json, client)
  const metadata = { client_id: client.client_id, client_name: 'Renamed', redirect_uris: client.redirect_uris, token_endpoint_auth_method: 'none' }
  assert.equal((await sendJson(url, 'PUT', metadata, headers)).json.client_name, 'Renamed')
  assert.equal((await send(url, { method: 'DELETE', headers })).status, 204)
  assert.equal((await send(url, { headers })).status, 401)
})

test('the web server signs people in, by the lines that the file shows', async () => {
  const htpasswd = await makeHtpasswd(['alice'])
  try {
    const [lines] = /^# {6}<Files "login">$[^]*?^# {6}<\/Files>$/m.exec(readFileSync(htaccess, 'utf8'))
    writeFileSync(join(dir, 'cgi-bin/mcp-oauth/.htaccess'),
      lines.replace(/^# {6}/gm, '').replace(/AuthUserFile .*/, `AuthUserFile ${htpasswd.file}`))
    appendFileSync(site.values.MCP_OAUTH_CONFIG, 'OAUTH_LOGIN=remote_user\n')
    await site.command('identity', 'add', 'alice', 'alice@example.com', '--database', site.values.DATABASE_URL)
    const here = { url: path => base + path, base: site.base }
    const client = await register(here)
    const asked = authorizationRequest(client, newVerifier())
    assert.equal((await new Person(here).arrive(asked)).page.status, 401)
    const at = await new Person(here, 'alice').arrive(asked)
    assert.equal(at.path, '/api/oauth/consent')
    assert.match(at.page.text, /alice@example\.com/)
    const direct = await new Person(here, 'alice').get('/cgi-bin/mcp-oauth/login?request=x')
    assert.ok(direct.status >= 400, 'the program itself is at no other address')
  } finally {
    await htpasswd.remove()
  }
})
