// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { callback, connect, register } from '../lib/flow.mjs'
import { postJson, send } from '../lib/http.mjs'
import { registeringClients } from '../lib/known_clients.mjs'
import { startSite } from '../lib/site.mjs'
import { stillServing } from '../lib/still_serving.mjs'

let site
before(async () => { site = await startSite({ plain: true }) })
after(() => site?.stop())
stillServing(() => site)

const url = () => site.url('/api/oauth/register')
const count = async () => (await site.sql('SELECT count(*)::int AS n FROM oauth.client'))[0].n

async function refused (metadata, error) {
  const before = await count()
  const answer = await postJson(url(), metadata)
  assert.equal(answer.status, 400, JSON.stringify(metadata) + answer.text)
  assert.equal(answer.json.error, error)
  assert.match(answer.headers['cache-control'], /no-store/)
  assert.equal(await count(), before)
}

test('a public client has no secret, and each registration is a new client', async () => {
  const a = await register(site)
  const b = await register(site)
  assert.notEqual(a.client_id, b.client_id)
  assert.deepEqual(a.redirect_uris, [callback])
  assert.equal(a.token_endpoint_auth_method, 'none')
  assert.ok(!('client_secret' in a))
  assert.deepEqual(a.response_types, ['code'])
  assert.ok(a.grant_types.includes('authorization_code'))
})

test('what is left out has its default, and nothing in the answer is empty', async () => {
  for (const [metadata, method] of [[{ redirect_uris: [callback] }, 'client_secret_basic'], [{}, 'none'], [{ redirect_uris: null, client_name: '' }, 'none']]) {
    const answer = await postJson(url(), metadata)
    assert.equal(answer.status, 201, answer.text)
    assert.match(answer.headers['content-type'], /^application\/json/)
    assert.match(answer.headers['cache-control'], /no-store/)
    const c = answer.json
    assert.deepEqual([c.grant_types, c.response_types, c.token_endpoint_auth_method], [['authorization_code', 'refresh_token'], ['code'], method])
    assert.ok(Object.values(c).every(v => v !== null && v !== '' && v.length !== 0), answer.text)
    assert.equal('client_secret' in c, 'client_secret_expires_at' in c)
    assert.equal('client_secret' in c, method !== 'none')
    assert.match(c.client_id, /^[A-Za-z0-9_-]{20,}$/)
  }
})

for (const [name, { metadata, uses = metadata.redirect_uris }] of Object.entries(registeringClients)) {
  test(`${name} registers, and gets its tokens wherever it listens`, async () => {
    const client = await register(site, { client_name: name, grant_types: ['authorization_code', 'refresh_token'], ...metadata })
    for (const uri of uses) {
      const { tokens } = await connect(site, { client: { ...client, redirect_uris: [uri] } })
      assert.ok(tokens.refresh_token, uri)
    }
  })
}

test('an application of either type has whatever addresses it names', async () => {
  const uris = ['cursor://anysphere.cursor-mcp/oauth/callback', 'https://www.cursor.com/agents/mcp/oauth/callback', 'http://localhost:8787/callback']
  for (const application_type of ['web', 'native']) {
    const c = await register(site, { application_type, redirect_uris: uris })
    assert.deepEqual([c.application_type, c.redirect_uris], [application_type, uris])
  }
  await refused({ redirect_uris: uris, application_type: 'tv' }, 'invalid_client_metadata')
})

test('lists and names have an end', async () => {
  await refused({ redirect_uris: Array.from({ length: 101 }, (_, i) => `https://a.example/${i}`) }, 'invalid_client_metadata')
  await refused({ redirect_uris: ['https://a.example/' + 'x'.repeat(5000)] }, 'invalid_redirect_uri')
  const c = await register(site, { client_name: '\u202eEvil\u0007\n' + 'x'.repeat(10000) })
  assert.equal(c.client_name, 'Evil' + 'x'.repeat(76))
})

test('a confidential client gets a secret that is stored only as a digest', async () => {
  const c = await register(site, { token_endpoint_auth_method: 'client_secret_post' })
  assert.match(c.client_secret, /^[A-Za-z0-9_-]{20,}$/)
  assert.equal(c.client_secret_expires_at, 0)
  const rows = await site.sql("SELECT encode(client_secret_digest, 'hex') AS d FROM oauth.client WHERE client_id = $1", [c.client_id])
  assert.equal(rows[0].d.length, 64)
})

test('threats 3 and 4: addresses that run code or leave the machine unencrypted are refused', async () => {
  for (const uri of ['javascript:alert(1)', 'JavaScript:alert(1)', ' javascript:alert(1)', '\tdata:text/html,x', 'vbscript:x',
    'file:///etc/passwd', 'blob:https://a/b', 'about:blank', 'http://example.com/cb', 'http://127.0.0.1.evil.example/cb',
    'http://localhost.evil.example/cb', 'http://0x7f000001/cb', 'http://2130706433/cb', 'https://user@example.com/cb',
    'https://a@b@example.com/cb', 'https://example.com/cb#f', 'https://*.example.com/cb', 'https://example.com/../cb',
    'https://example.com\\@evil.example/cb', '', '/callback', 'https://']) {
    await refused({ redirect_uris: [uri] }, 'invalid_redirect_uri')
  }
})

test('one bad address beside good ones is dropped', async () => {
  const c = await register(site, { redirect_uris: ['https://app.example/cb', 'javascript:alert(1)', callback] })
  assert.deepEqual(c.redirect_uris, ['https://app.example/cb', callback])
})

test('threat 5: members that a client may not choose are not taken from it', async () => {
  const mine = { client_id: 'mine', client_secret: 'mine', registration_access_token: 'mine', registration_client_uri: 'https://evil.example/' }
  const c = await register(site, { ...mine, registration: 'admin', is_admin: true })
  assert.ok(!JSON.stringify(c).includes('mine') && !JSON.stringify(c).includes('evil'))
  assert.ok(!('client_secret' in c) && !('is_admin' in c) && !('registration' in c))
  await refused({ redirect_uris: [callback], grant_types: ['password'] }, 'invalid_client_metadata')
  await refused({ redirect_uris: 'https://a.example/cb' }, 'invalid_client_metadata')
})

test('links that are not https are dropped', async () => {
  const c = await register(site, { logo_uri: 'http://a.example/logo', tos_uri: 'javascript:x', policy_uri: 'https://a.example/p' })
  assert.ok(!('logo_uri' in c) && !('tos_uri' in c))
  assert.equal(c.policy_uri, 'https://a.example/p')
})

test('threat 9: what is not a JSON object is refused and nothing is stored', async () => {
  for (const body of ['{"redirect_uris":["https://a.example/"]', '{} x', '[]', '"x"', '', '{"client_name":"a","client_name":"b"}',
    '{"client_name":"\\u0000"}', '{"x":1e400}', '['.repeat(100) + ']'.repeat(100), Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]) {
    await refused(body, 'invalid_client_metadata')
  }
  const big = await postJson(url(), JSON.stringify({ client_name: 'x'.repeat(200000) }))
  assert.equal(big.status, 413)
})

test('odd keys and key addresses are refused', async () => {
  const signs = { redirect_uris: [callback], token_endpoint_auth_method: 'private_key_jwt' }
  const jwk = { kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' }
  for (const more of [{}, { jwks: {} }, { jwks: { keys: [] } }, { jwks: 'keys' }, { jwks: { keys: [{ ...jwk, d: 'AAAA' }] } },
    { jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }, { jwks: { keys: [jwk] }, jwks_uri: 'https://a.example/jwks' }]) {
    await refused({ ...signs, ...more }, 'invalid_client_metadata')
  }
  const kept = await register(site, { ...signs, jwks: { keys: [jwk] } })
  assert.deepEqual(kept.jwks, { keys: [jwk] })
  assert.ok(!('client_secret' in kept))
  assert.equal((await register(site, { ...signs, jwks_uri: 'https://a.example/jwks' })).jwks_uri, 'https://a.example/jwks')
  for (const jwks_uri of ['http://a.example/jwks', 'https://u@a.example/jwks', 'https://a.example/jwks#x', 'https://a.example/../jwks',
    'https://2130706433/jwks', 'https://a.example./jwks', 'file:///etc/passwd', '/jwks']) {
    await refused({ redirect_uris: [callback], jwks_uri }, 'invalid_client_metadata')
  }
})

test('GET is not for this address', async () => {
  const answer = await send(url())
  assert.equal(answer.status, 405)
  assert.match(answer.headers.allow, /POST/)
})

test('threat 7: a flood of one kind is told when to try again, and others behind the same address still register', async () => {
  const few = await startSite({ plain: true, conf: 'REGISTRATION_LIMIT=3' })
  const attempt = uri => postJson(few.url('/api/oauth/register'), { redirect_uris: [uri] })
  const throttled = answer => {
    assert.equal(answer.status, 429, answer.text)
    assert.equal(answer.json.error, 'temporarily_unavailable')
    const wait = Number(answer.headers['retry-after'])
    assert.ok(wait > 0 && wait <= 3600, `${wait}`)
  }
  try {
    // Ports, paths and the spellings of loopback make no other kind.
    for (const uri of [callback, 'http://localhost:5000/x', 'http://[::1]/']) assert.equal((await attempt(uri)).status, 201)
    for (let i = 0; i < 40; i++) throttled(await attempt(callback))
    for (let i = 0; i < 3; i++) assert.equal((await attempt(`https://claude.ai:${443 + i}/cb/${i}`)).status, 201)
    throttled(await attempt('https://claude.ai/api/mcp/auth_callback'))
    assert.equal((await attempt('cursor://anysphere/cb')).status, 201)
    assert.equal((await attempt('https://chatgpt.com/connector')).status, 201)

    // Ten times the limit from one address is too many of any kind.
    for (let i = 0; i < 22; i++) assert.equal((await attempt(`https://a${i}.example/cb`)).status, 201)
    const rows = async () => (await few.sql('SELECT count(*)::int AS n FROM oauth.attempt'))[0].n
    const before = await rows()
    for (let i = 0; i < 5; i++) throttled(await attempt(`https://b${i}.example/cb`))
    assert.equal(await rows(), before)
    const [{ n }] = await few.sql('SELECT count(*)::int AS n FROM oauth.client')
    assert.equal(n, 30)
  } finally {
    await few.stop()
  }
})

test('with OAUTH_REGISTRATION=token who has the initial access token registers', async () => {
  const secret = 'dGhlIGluaXRpYWwgYWNjZXNzIHRva2VuIG9mIGEgdGVzdA0'
  const closed = await startSite({ plain: true, conf: `OAUTH_REGISTRATION=token\nINITIAL_ACCESS_TOKEN=${secret}` })
  const attempt = (headers, metadata = { redirect_uris: [callback] }) => postJson(closed.url('/api/oauth/register'), metadata, headers)
  try {
    const described = await send(closed.url('/.well-known/oauth-authorization-server'))
    assert.equal(described.json.registration_endpoint, closed.base + '/api/oauth/register')
    const missing = await attempt({})
    assert.equal(missing.status, 401)
    assert.equal(missing.json.error, 'invalid_token')
    assert.match(missing.headers['www-authenticate'], /^Bearer /)
    assert.doesNotMatch(missing.headers['www-authenticate'], /error/)
    assert.match(missing.headers['cache-control'], /no-store/)
    for (const value of [`Bearer ${secret}x`, `Bearer ${secret.slice(1)}`, 'Bearer', 'Bearer ', `Basic ${secret}`, secret, 'Bearer a b']) {
      const answer = await attempt({ Authorization: value, Origin: 'https://app.example' })
      assert.equal(answer.status, 401, value)
      assert.equal(answer.json.error, 'invalid_token')
      assert.match(answer.headers['www-authenticate'], /^Bearer .*error="invalid_token"/)
      assert.equal(answer.headers['access-control-allow-origin'], '*')
    }
    assert.deepEqual(await closed.sql('SELECT FROM oauth.client'), [])
    for (const scheme of ['Bearer', 'bearer']) assert.equal((await attempt({ Authorization: `${scheme} ${secret}` })).status, 201)
    const good = await attempt({ Authorization: `Bearer ${secret}` })
    // It is no registration access token, nor the other way round.
    for (const token of [secret, good.json.registration_access_token]) {
      const answer = await send(good.json.registration_client_uri, { headers: { Authorization: `Bearer ${token}` } })
      assert.equal(answer.status, token === secret ? 401 : 200)
    }
    assert.equal((await attempt({ Authorization: `Bearer ${good.json.registration_access_token}` })).status, 401)
    assert.equal((await attempt({ Authorization: `Bearer ${secret}` }, { redirect_uris: [] })).status, 400)
    const { stdout } = await closed.command('config', 'show')
    assert.match(stdout, /^OAUTH_REGISTRATION=token$/m)
    assert.ok(!stdout.includes(secret))
    assert.ok(!(await closed.log()).includes(secret))
  } finally {
    await closed.stop()
  }
})

test('with OAUTH_REGISTRATION=off nothing is served, registered clients included', async () => {
  const off = await startSite({ plain: true, conf: 'OAUTH_REGISTRATION=off' })
  try {
    const described = await send(off.url('/.well-known/oauth-authorization-server'))
    assert.ok(!('registration_endpoint' in described.json))
    const token = 'x'.repeat(43)
    await off.sql(`INSERT INTO oauth.client (client_id, token_endpoint_auth_method, redirect_uris, grant_types, registration, registration_access_token_digest)
      VALUES ('early', 'none', '{https://a.example/}', '{authorization_code}', 'dynamic', sha256($1::text::bytea))`, [token])
    const headers = { Authorization: `Bearer ${token}` }
    for (const answer of [
      await postJson(off.url('/api/oauth/register'), { redirect_uris: [callback] }, headers),
      await send(off.url('/api/oauth/register/early'), { headers }),
      await send(off.url('/api/oauth/register/early'), { method: 'DELETE', headers })
    ]) {
      assert.equal(answer.status, 404)
      assert.equal(answer.json.error, 'not_found')
    }
    assert.equal((await off.sql('SELECT FROM oauth.client')).length, 1)
  } finally {
    await off.stop()
  }
})
