// SPDX-License-Identifier: MIT
// A shared host: an Apache with mod_cgid, a cgi-bin, and the shipped .htaccess.
// This is about Apache itself.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { authorizationRequest, Browser, newVerifier, redemption, register } from '../lib/flow.mjs'
import { postForm, send, sendJson } from '../lib/http.mjs'
import { makeHtpasswd, Person } from '../lib/remote_login.mjs'
import { freePort, startSite } from '../lib/site.mjs'

const htaccess = new URL('../../apache-conf/shared-host.htaccess', import.meta.url)
const modules = ['/usr/lib/apache2/modules', '/usr/lib64/httpd/modules'].find(existsSync)
let site, base, dir

// The account's Apache, beside the site whose settings and database it uses.
function apache (...how) {
  const command = [site.values.APACHE_BIN, '-d', dir, '-f', join(dir, 'httpd.conf'), '-k', ...how]
  const all = process.getuid() === 0 ? ['runuser', '-u', site.values.RUN_AS, '--', ...command] : command
  execFileSync(all[0], all.slice(1), { cwd: '/', stdio: 'ignore' })
}

before(async () => {
  site = await startSite({ plain: true })
  const port = await freePort()
  base = `http://127.0.0.1:${port}`
  dir = join(site.values.STATE, 'shared')
  for (const name of ['public_html', 'cgi-bin']) mkdirSync(join(dir, name), { recursive: true })
  cpSync(join(site.values.STATE, 'usr/libexec/mcp-oauth/cgi-bin'), join(dir, 'cgi-bin/mcp-oauth'), { recursive: true })
  writeFileSync(join(dir, 'public_html/.htaccess'), readFileSync(htaccess, 'utf8')
    .replace(/^#SetEnv MCP_OAUTH_CONFIG .*$/m, `SetEnv MCP_OAUTH_CONFIG ${site.values.MCP_OAUTH_CONFIG}`))
  writeFileSync(join(dir, 'httpd.conf'), `ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${dir}/httpd.pid
DefaultRuntimeDir ${dir}
Mutex file:${dir} default
ErrorLog ${site.values.STATE}/log/shared.log
${['mpm_event', 'authz_core', 'env', 'rewrite', 'alias', 'cgid', 'authn_core', 'auth_basic', 'authn_file', 'authz_user'].map(m => `LoadModule ${m}_module ${modules}/mod_${m}.so`).join('\n')}
ScriptSock ${dir}/cgid.sock
DocumentRoot ${dir}/public_html
ScriptAlias /cgi-bin/ ${dir}/cgi-bin/
<Directory ${dir}/public_html>
  AllowOverride All
  Require all granted
</Directory>
<Directory ${dir}/cgi-bin>
  AllowOverride All
  Require all granted
</Directory>
`)
  chmodSync(dir, 0o755)
  if (process.getuid() === 0) {
    const { uid, gid } = statSync(site.values.PG_SOCKET)
    chownSync(dir, uid, gid)
  }
  apache('start')
  for (let i = 0; i < 100; i++) {
    if (await send(base).then(() => true, () => false)) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
})
after(async () => {
  if (dir && existsSync(join(dir, 'httpd.pid'))) apache('stop')
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
