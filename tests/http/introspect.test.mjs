// SPDX-License-Identifier: MIT
// Introspection by resource servers (RFC 7662).
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { connect, refreshing, register, token } from '../lib/flow.mjs'
import { postForm, send } from '../lib/http.mjs'
import { addClient, startSite } from '../lib/site.mjs'
import { stillServing } from '../lib/still_serving.mjs'

const conf = 'MCP_RESOURCES=/mcp /files'
let site, server
before(async () => {
  site = await startSite({ plain: true, conf, guardConf: conf })
  server = await addClient(site, '--name', 'MCP server', '--introspect', '/mcp')
})
after(() => site?.stop())
stillServing(() => site)

const ask = (text, client = server, more = {}) => postForm(site.url('/api/oauth/introspect'),
  { token: text, client_id: client.client_id, client_secret: client.client_secret, ...more })
async function inactive (text, client) {
  const answer = await ask(text, client)
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.text, '{"active":false}')
}

test('a good token of its resource', async () => {
  const { tokens, client } = await connect(site, { params: { scope: 'email' } })
  const answer = await ask(tokens.access_token)
  assert.equal(answer.status, 200, answer.text)
  assert.match(answer.headers['cache-control'], /no-store/)
  const claims = JSON.parse(Buffer.from(tokens.access_token.split('.')[1], 'base64url'))
  assert.deepEqual(answer.json, {
    active: true, scope: 'email', client_id: client.client_id, username: site.email, token_type: 'Bearer',
    exp: claims.exp, iat: claims.iat, sub: claims.sub, aud: site.base + '/mcp', iss: site.base, jti: claims.jti
  })
  const basic = { Authorization: 'Basic ' + Buffer.from(`${server.client_id}:${server.client_secret}`).toString('base64') }
  assert.equal((await postForm(site.url('/api/oauth/introspect'), { token: tokens.access_token, token_type_hint: 'access_token' }, basic)).json.active, true)
})

test('whatever else is exactly {"active":false} (case 48)', async () => {
  const { tokens } = await connect(site)
  const other = await connect(site, { params: { resource: site.base + '/files' } })
  await inactive('garbage')
  await inactive(tokens.refresh_token)
  await inactive(tokens.access_token.slice(0, -4) + 'AAAA')
  await inactive(other.tokens.access_token)
  const elsewhere = await addClient(site, '--name', 'Files', '--introspect', '/files')
  await inactive(tokens.access_token, elsewhere)
  assert.equal((await ask(other.tokens.access_token, elsewhere)).json.active, true)
})

test('a token that ended: its session, client or user gone, or one revoked by hand', async () => {
  const revokedBy = async (text, values) => {
    const { tokens, client } = await connect(site)
    assert.equal((await ask(tokens.access_token)).json.active, true)
    const claims = JSON.parse(Buffer.from(tokens.access_token.split('.')[1], 'base64url'))
    await site.sql(text, [values({ ...claims, client })])
    await inactive(tokens.access_token)
  }
  await revokedBy('DELETE FROM public.mcp_server_sessions WHERE id = $1', c => c.sid)
  await revokedBy('UPDATE oauth.client SET disabled_at = now() WHERE client_id = $1', c => c.client_id)
  await revokedBy("INSERT INTO oauth.revocation (jti, expires_at) VALUES ($1, now() + interval '1 hour')", c => c.jti)
  await revokedBy('UPDATE public.users SET disabled_at = now() WHERE id = $1', c => c.sub)
  await site.sql('UPDATE public.users SET disabled_at = NULL')
  await site.sql('DELETE FROM oauth.revocation')

  const { client, tokens } = await connect(site)
  await postForm(site.url('/api/oauth/revoke'), { token: tokens.refresh_token, client_id: client.client_id })
  await inactive(tokens.access_token)
})

test('an expired one', async () => {
  const brief = await startSite({ plain: true, conf: 'ACCESS_TOKEN_EXPIRES=1' })
  try {
    const reader = await addClient(brief, '--name', 'Reader', '--introspect', '/mcp')
    const { tokens } = await connect(brief)
    let answer
    do {
      answer = await postForm(brief.url('/api/oauth/introspect'), { token: tokens.access_token, client_id: reader.client_id, client_secret: reader.client_secret })
    } while (answer.json.active)
    assert.equal(answer.text, '{"active":false}')
  } finally {
    await brief.stop()
  }
})

test('only with proper credentials', async () => {
  const { tokens, client } = await connect(site)
  for (const who of [{}, { client_id: server.client_id }, { client_id: client.client_id }, { client_id: server.client_id, client_secret: 'wrong' }, { client_id: 'nobody', client_secret: 'x' }]) {
    const answer = await postForm(site.url('/api/oauth/introspect'), { token: tokens.access_token, ...who })
    assert.equal(answer.status, 401, JSON.stringify(who) + answer.text)
    assert.equal(answer.json.error, 'invalid_client')
  }
  const stranger = await register(site, { token_endpoint_auth_method: 'client_secret_post' })
  assert.equal((await ask(tokens.access_token, stranger)).status, 403)
  assert.equal((await ask('', server)).json.error, 'invalid_request')
  assert.equal((await send(site.url('/api/oauth/introspect'))).status, 405)
})

test('no answer without the database: 503, never inactive', async () => {
  const { tokens, client } = await connect(site)
  await site.control('database', 'stop')
  const answer = await ask(tokens.access_token)
  assert.equal(answer.status, 503)
  assert.equal(answer.json.error, 'temporarily_unavailable')
  await site.control('database', 'start')
  assert.equal((await token(site, refreshing(client, tokens))).status, 200)
})
