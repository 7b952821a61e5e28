// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startSite } from '../lib/site.mjs'
import { send } from '../lib/http.mjs'

let site
before(async () => { site = await startSite() })
after(() => site?.stop())

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
  assert.equal(m.authorization_response_iss_parameter_supported, true)
  assert.ok(Object.values(m).every(v => v !== null && v !== ''))
})

test('a resource is described at its own path, and the only one at the root too', async () => {
  for (const path of [resourcePath + '/mcp', resourcePath]) {
    const answer = await send(site.url(path))
    assert.equal(answer.status, 200, path)
    assert.equal(answer.json.resource, site.mcp)
    assert.deepEqual(answer.json.authorization_servers, [site.base])
    assert.ok(!answer.json.scopes_supported?.includes('offline_access'))
  }
})

test('forged host headers change no byte', async () => {
  const plain = await send(site.url(serverPath))
  for (const headers of [{ Host: 'evil.example' }, { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'ftp' },
    { Forwarded: 'host=evil.example;proto=https' }]) {
    assert.equal((await send(site.url(serverPath), { headers })).text, plain.text)
  }
  const absolute = await send(site.base, { path: 'http://evil.example' + serverPath })
  assert.equal(absolute.text, plain.text)
})

test('what is not served under .well-known is JSON 404', async () => {
  for (const path of ['/.well-known/openid-configuration/', '/.well-known/openid-configuration/mcp',
    '/.well-known/oauth-authorization-server/other', resourcePath + '/other', '/.well-known/nothing',
    '/mcp/.well-known/oauth-authorization-server', '/mcp/.well-known/oauth-protected-resource', '/.well-known/']) {
    const answer = await send(site.url(path))
    assert.equal(answer.status, 404, path)
    assert.match(answer.headers['content-type'] ?? '', /^application\/json/, path)
    assert.doesNotThrow(() => answer.json, path)
  }
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
