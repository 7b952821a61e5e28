// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { until } from '../lib/flow.mjs'
import { changeSettings, front, startSite } from '../lib/site.mjs'
import { stillServing } from '../lib/still_serving.mjs'
import { send } from '../lib/http.mjs'

let site
before(async () => { site = await startSite() })
after(() => site?.stop())
stillServing(() => site)

const serverPath = '/.well-known/oauth-authorization-server'
const resourcePath = '/.well-known/oauth-protected-resource'

test('the authorization server describes itself and nothing that does not work', async () => {
  const answer = await send(site.url(serverPath))
  assert.equal(answer.status, 200)
  assert.match(answer.headers['content-type'], /^application\/json/)
  const m = answer.json
  assert.equal(m.issuer, site.base)
  for (const [member, path] of Object.entries({
    authorization_endpoint: 'authorize',
    token_endpoint: 'token',
    registration_endpoint: 'register',
    revocation_endpoint: 'revoke'
  })) assert.equal(m[member], `${site.base}/api/oauth/${path}`)
  assert.equal(m.jwks_uri, site.base + '/.well-known/jwks.json')
  assert.deepEqual(m.response_types_supported, ['code'])
  assert.deepEqual(m.code_challenge_methods_supported, ['S256'])
  assert.deepEqual(m.scopes_supported, ['openid', 'email', 'profile'])
  assert.deepEqual([...m.token_endpoint_auth_methods_supported].sort(),
    ['client_secret_basic', 'client_secret_post', 'none', 'private_key_jwt'])
  assert.deepEqual(m.grant_types_supported,
    ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code', 'client_credentials'])
  assert.equal(m.introspection_endpoint, site.base + '/api/oauth/introspect')
  assert.deepEqual(m.revocation_endpoint_auth_methods_supported, m.token_endpoint_auth_methods_supported)
  assert.ok(!m.introspection_endpoint_auth_methods_supported.includes('none'))
  assert.equal(m.authorization_response_iss_parameter_supported, true)
  assert.deepEqual(m.ui_locales_supported, ['en', 'de', 'fr', 'es', 'pt', 'ja', 'zh', 'ar'])
  assert.ok(Object.values(m).every(v => v !== null && v !== ''))
})

test('a resource is described at its own path, and the only one at the root too', async () => {
  for (const path of [resourcePath + '/mcp', resourcePath]) {
    const answer = await send(site.url(path))
    assert.equal(answer.status, 200, path)
    assert.equal(answer.json.resource, site.mcp)
    assert.deepEqual(answer.json.authorization_servers, [site.base])
    assert.deepEqual(answer.json.scopes_supported, ['email', 'profile'], 'no openid, no offline_access')
    assert.deepEqual(answer.json.bearer_methods_supported, ['header'])
    assert.ok(Object.values(answer.json).every(v => v !== null && v !== ''))
  }
})

test('forged host headers change no byte', async () => {
  const plain = await send(site.url(serverPath))
  for (const headers of [{ Host: 'evil.example' }, { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'ftp' },
    { Forwarded: 'host=evil.example;proto=https' }]) {
    assert.equal((await send(site.url(serverPath), { headers })).text, plain.text)
  }
  const absolute = await send(site.base, { path: 'http://evil.example' + serverPath })
  assert.equal(absolute.text, front.otherHosts ? plain.text : absolute.text)
  assert.ok(!absolute.text.includes('evil'))
})

test('what is not served under .well-known is JSON 404', async () => {
  for (const path of ['/.well-known/openid-configuration/', '/.well-known/openid-configuration/mcp',
    '/.well-known/oauth-authorization-server/other', resourcePath + '/other', '/.well-known/nothing',
    '/.well-known/oauth-authorization-server/', '/.well-known/jwks.json/x', '/.well-known/oauth-authorization-server.json', '/mcp/.well-known/',
    '/mcp/.well-known/openid-configuration', '/mcp/.well-known/oauth-authorization-server', '/mcp/.well-known/oauth-protected-resource', '/.well-known/']) {
    const answer = await send(site.url(path))
    assert.equal(answer.status, 404, path)
    assert.match(answer.headers['content-type'] ?? '', /^application\/json/, path)
    assert.doesNotThrow(() => answer.json, path)
  }
})

test('what clients add to a request does no harm, and copies are kept for minutes only', async () => {
  for (const path of [serverPath, resourcePath + '/mcp', resourcePath, '/.well-known/jwks.json']) {
    const plain = await send(site.url(path))
    const [, age] = /^public, max-age=(\d+)$/.exec(plain.headers['cache-control'])
    assert.ok(age >= 60 && age <= 900, age)
    for (const headers of [{ 'MCP-Protocol-Version': '2026-07-28' }, { 'User-Agent': '' }, { Accept: 'text/html' }, { Authorization: 'Bearer x' },
      { Cookie: 'a=b' }, { 'If-None-Match': '"x", W/"y"' }]) {
      const answer = await send(site.url(path), { headers })
      assert.equal(answer.status, 200, JSON.stringify(headers))
      assert.equal(answer.text, plain.text)
    }
    for (const query of ['?x=1', '?', '?x=%zz&x=1&x=2']) assert.equal((await send(site.base, { path: path + query })).text, plain.text)
  }
  const missing = await send(site.url('/.well-known/nothing'))
  assert.match(missing.headers['cache-control'], /no-store/)
})

test('a client that has a document is not sent it again (RFC 9110 s13.1.2)', async () => {
  const seen = new Set()
  for (const path of [serverPath, resourcePath + '/mcp', resourcePath, '/.well-known/jwks.json']) {
    const { headers: { etag, 'cache-control': policy } } = await send(site.url(path))
    assert.match(etag, /^"[\w-]{16}"$/)
    seen.add(etag)
    for (const named of [etag, `"x", W/${etag}`, '*']) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await send(site.url(path), { method, headers: { 'If-None-Match': named } })
        assert.equal(answer.status, 304, `${path} ${named}`)
        assert.equal(answer.text, '')
        assert.equal(answer.headers.etag, etag)
        assert.equal(answer.headers['cache-control'], policy)
        assert.equal(answer.headers['access-control-allow-origin'], '*')
      }
    }
  }
  assert.equal(seen.size, 3, 'the only resource is one document at two addresses')
  assert.equal((await send(site.url(serverPath + '/x'), { headers: { 'If-None-Match': '*' } })).status, 404)
})

test('changed settings are another document', async () => {
  const before = await send(site.url(serverPath))
  await changeSettings(site.values.MCP_OAUTH_CONFIG, ['SCOPES_SUPPORTED=openid email profile notes'])
  let answer
  await until(async () => {
    answer = await send(site.url(serverPath), { headers: { 'If-None-Match': before.headers.etag } })
    return answer.status === 200
  })
  assert.ok(answer.json.scopes_supported.includes('notes'))
  await changeSettings(site.values.MCP_OAUTH_CONFIG, ['SCOPES_SUPPORTED=openid email profile'])
  await until(async () => (await send(site.url(serverPath))).headers.etag === before.headers.etag)
})

test('HEAD, OPTIONS and other methods', async () => {
  const head = await send(site.url(serverPath), { method: 'HEAD' })
  assert.equal(head.status, 200)
  assert.equal(head.text, '')
  const post = await send(site.url(serverPath), { method: 'POST' })
  assert.equal(post.status, 405)
  assert.match(post.headers.allow, /GET/)
  const preflight = await send(site.url(serverPath), {
    method: 'OPTIONS', headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' }
  })
  assert.equal(preflight.status, 204)
  assert.equal(preflight.headers['access-control-allow-origin'], '*')
})

test('any site may read metadata, keys and refusals; none may read the pages', async () => {
  const headers = { Origin: 'https://app.example' }
  for (const path of [serverPath, resourcePath + '/mcp', '/.well-known/jwks.json']) {
    assert.equal((await send(site.url(path), { headers })).headers['access-control-allow-origin'], '*', path)
  }
  const refused = await send(site.url('/api/oauth/token'), { method: 'POST', headers })
  assert.equal(refused.status, 400)
  assert.equal(refused.headers['access-control-allow-origin'], '*')
  for (const page of ['authorize', 'login', 'consent', 'logout']) {
    assert.equal((await send(site.url('/api/oauth/' + page), { headers })).headers['access-control-allow-origin'], undefined, page)
  }
})

test('any page may ask: preflights are answered without credentials', async () => {
  const headers = {
    Origin: 'https://app.example',
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'authorization, content-type, mcp-param-region, x-evil'
  }
  for (const path of [serverPath, resourcePath, resourcePath + '/mcp', '/.well-known/openid-configuration', '/.well-known/jwks.json',
    '/.well-known/oauth-dynamic-client-registration', '/api/oauth/register', '/api/oauth/token', '/api/oauth/revoke', '/api/oauth/userinfo',
    '/api/oauth/par', '/api/oauth/device_authorization', '/register', '/token', '/mcp', '/mcp/']) {
    const answer = await send(site.url(path), { method: 'OPTIONS', headers })
    assert.equal(answer.status, 204, path)
    assert.equal(answer.headers['access-control-allow-origin'], '*', path)
    assert.equal(answer.headers['access-control-allow-credentials'], undefined, path)
    const allowed = answer.headers['access-control-allow-headers'].toLowerCase().split(', ')
    for (const name of ['authorization', 'content-type', 'accept', 'mcp-protocol-version', 'mcp-method', 'mcp-name', 'mcp-session-id',
      'last-event-id', 'dpop', 'mcp-param-region']) assert.ok(allowed.includes(name), `${path} ${name}`)
    assert.ok(!allowed.includes('x-evil') && !allowed.includes('*'))
  }
  for (const path of ['/api/oauth/token', '/api/oauth/register', '/api/oauth/revoke', '/mcp', '/.well-known/nothing']) {
    const refused = await send(site.url(path), { method: 'POST', headers: { Origin: 'https://app.example' } })
    assert.ok(refused.status >= 400, path)
    assert.equal(refused.headers['access-control-allow-origin'], '*', path)
    for (const name of ['WWW-Authenticate', 'Mcp-Session-Id', 'DPoP-Nonce']) assert.ok(refused.headers['access-control-expose-headers'].includes(name), path)
  }
  for (const page of ['authorize', 'login', 'consent', 'logout', 'device']) {
    const answer = await send(site.url('/api/oauth/' + page), { method: 'OPTIONS', headers })
    assert.ok(!Object.keys(answer.headers).some(h => h.startsWith('access-control')), page)
  }
})

test('the keys are public keys with ids, and nothing more', async () => {
  const { keys } = (await send(site.url('/.well-known/jwks.json'))).json
  assert.ok(keys.length >= 2)
  assert.equal(new Set(keys.map(k => k.kid)).size, keys.length)
  for (const key of keys) {
    assert.ok(['Ed25519', undefined].includes(key.crv))
    assert.equal(Buffer.from(key.x ?? key.n, 'base64url').length, key.kty === 'OKP' ? 32 : 384)
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.ok(!(member in key))
  }
})

test('health says that the database answers', async () => {
  assert.equal((await send(site.url('/api/oauth/health'))).json.status, 'ok')
})
