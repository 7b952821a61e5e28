// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { callback, register } from '../lib/flow.mjs'
import { postJson, send } from '../lib/http.mjs'
import { startSite } from '../lib/site.mjs'

let site
before(async () => { site = await startSite({ plain: true }) })
after(() => site?.stop())

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

test('a confidential client gets a secret that is stored only as a digest', async () => {
  const c = await register(site, { token_endpoint_auth_method: 'client_secret_post' })
  assert.match(c.client_secret, /^[A-Za-z0-9_-]{20,}$/)
  assert.equal(c.client_secret_expires_at, 0)
  const rows = await site.sql("SELECT encode(client_secret_digest, 'hex') AS d FROM oauth.client WHERE client_id = $1", [c.client_id])
  assert.equal(rows[0].d.length, 64)
})

test('addresses that run code or leave the machine unencrypted are refused', async () => {
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

test('members that a client may not choose are not taken from it', async () => {
  const c = await register(site, { client_id: 'mine', client_secret: 'mine', registration: 'admin', is_admin: true })
  assert.notEqual(c.client_id, 'mine')
  assert.ok(!('client_secret' in c) && !('is_admin' in c) && !('registration' in c))
  await refused({ redirect_uris: [callback], grant_types: ['password'] }, 'invalid_client_metadata')
  await refused({ redirect_uris: 'https://a.example/cb' }, 'invalid_client_metadata')
})

test('links that are not https are dropped', async () => {
  const c = await register(site, { logo_uri: 'http://a.example/logo', tos_uri: 'javascript:x', policy_uri: 'https://a.example/p' })
  assert.ok(!('logo_uri' in c) && !('tos_uri' in c))
  assert.equal(c.policy_uri, 'https://a.example/p')
})

test('what is not a JSON object is refused and nothing is stored', async () => {
  for (const body of ['{"redirect_uris":["https://a.example/"]', '{} x', '[]', '"x"', '', '{"client_name":"a","client_name":"b"}',
    '{"client_name":"\\u0000"}', '{"x":1e400}', '['.repeat(100) + ']'.repeat(100), Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]) {
    await refused(body, 'invalid_client_metadata')
  }
  const big = await postJson(url(), JSON.stringify({ client_name: 'x'.repeat(200000) }))
  assert.equal(big.status, 413)
})

test('GET is not for this address', async () => {
  const answer = await send(url())
  assert.equal(answer.status, 405)
  assert.match(answer.headers.allow, /POST/)
})

test('registrations from one address are limited, and told when to try again', async () => {
  const few = await startSite({ plain: true, conf: 'REGISTRATION_LIMIT=3' })
  try {
    for (let i = 0; i < 3; i++) await register(few)
    const answer = await postJson(few.url('/api/oauth/register'), { redirect_uris: [callback] })
    assert.equal(answer.status, 429)
    assert.ok(Number(answer.headers['retry-after']) > 0)
  } finally {
    await few.stop()
  }
})
