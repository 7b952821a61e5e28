// SPDX-License-Identifier: MIT
// Clients that act for themselves (RFC 6749 s4.4).
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { SignJWT, decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { connect, register, rpc, token, until } from '../lib/flow.mjs'
import { postForm, send } from '../lib/http.mjs'
import { addClient, addSigner, startSite } from '../lib/site.mjs'

const conf = `MCP_RESOURCES=/mcp /files
MCP_RESOURCE_SCOPES=/mcp reports:read reports:write`
let site
before(async () => {
  site = await startSite({ conf, guardConf: conf, serve: { '/files': 'whoami' } })
})
after(() => site?.stop())

const files = () => site.base + '/files'
const grant = (client, more) => token(site, {
  grant_type: 'client_credentials', client_id: client.client_id, client_secret: client.client_secret, ...more
})

test('a secret is worth an access token, and nothing more', async () => {
  const client = await addClient(site, '--name', 'Nightly', '--client-credentials')
  const answer = await grant(client)
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.json.token_type, 'Bearer')
  assert.equal(answer.json.scope, 'reports:read reports:write')
  assert.ok(!('refresh_token' in answer.json))
  assert.match(answer.headers['cache-control'], /no-store/)
  const claims = decodeJwt(answer.json.access_token)
  assert.equal(claims.sub, client.client_id)
  assert.equal(claims.client_id, client.client_id)
  assert.equal(claims.aud, site.mcp)
  assert.ok(!('email' in claims))
  const said = await rpc(site.mcp, answer.json.access_token, 'tools/call', { name: 'whoami' })
  assert.equal(said.status, 200, said.text)
  assert.equal(said.json.result.structuredContent.user, undefined, 'nobody is the user')
  assert.equal(said.json.result.structuredContent.client, client.client_id)
  assert.equal((await rpc(files(), answer.json.access_token, 'ping', {})).status, 401, 'at the other resource')
})

test('by Basic, and by a signature', async () => {
  const client = await addClient(site, '--name', 'Basic', '--client-credentials')
  const basic = { Authorization: 'Basic ' + Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64') }
  assert.equal((await token(site, { grant_type: 'client_credentials' }, basic)).status, 200)

  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const signer = await addSigner(site, { ...await exportJWK(publicKey), kid: 'k', use: 'sig' }, '--name', 'Signer', '--client-credentials')
  assert.ok(!signer.client_secret)
  const client_assertion = await new SignJWT({ jti: randomUUID() }).setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .setIssuer(signer.client_id).setSubject(signer.client_id).setAudience(site.base).setIssuedAt().setExpirationTime('1m').sign(privateKey)
  const answer = await token(site, {
    grant_type: 'client_credentials', client_assertion, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  })
  assert.equal(answer.status, 200, answer.text)
  assert.equal((await token(site, { grant_type: 'client_credentials', client_id: signer.client_id })).json.error, 'invalid_client')
})

test('scope narrows, and never goes beyond the client or the resource', async () => {
  const client = await addClient(site, '--name', 'Reader', '--client-credentials', '--scope', 'reports:read')
  assert.equal((await grant(client)).json.scope, 'reports:read')
  assert.equal((await grant(client, { scope: 'reports:read reports:write' })).json.scope, 'reports:read')
  assert.equal((await grant(client, { scope: 'reports:write' })).json.error, 'invalid_scope')
  assert.equal((await grant(client, { scope: 'openid email reports:read' })).json.scope, 'reports:read')
  assert.equal((await grant(client, { resource: files(), scope: 'reports:read' })).json.error, 'invalid_scope')
  const bare = await grant(client, { resource: files() })
  assert.equal(bare.status, 200)
  assert.ok(!('scope' in bare.json), 'there is no scope for machines there')
})

test('a client bound to resources has none elsewhere', async () => {
  const client = await addClient(site, '--name', 'Bound', '--client-credentials', '--resource', '/files')
  assert.equal((await grant(client)).json.error, 'invalid_target', 'the default is another')
  const answer = await grant(client, { resource: files() })
  assert.equal(decodeJwt(answer.json.access_token).aud, files())
  assert.equal((await grant(client, { resource: 'https://other.example/' })).json.error, 'invalid_target')
})

test('who may not: public clients, those that registered themselves, those for people, wrong secrets', async () => {
  const self = await register(site, { token_endpoint_auth_method: 'client_secret_post' })
  assert.equal((await grant(self)).json.error, 'unauthorized_client')
  assert.equal((await grant(await register(site), { client_secret: '' })).json.error, 'unauthorized_client')
  const people = await addClient(site, '--name', 'People', '--redirect-uri', 'https://app.example/cb', '--confidential')
  assert.equal((await grant(people)).json.error, 'unauthorized_client')
  const client = await addClient(site, '--name', 'Wrong', '--client-credentials')
  for (const client_secret of ['wrong', '']) {
    const answer = await grant(client, { client_secret })
    assert.equal(answer.status, 401)
    assert.equal(answer.json.error, 'invalid_client')
  }
  assert.equal((await token(site, { grant_type: 'client_credentials' })).json.error, 'invalid_client')
  const authorize = await send(site.url('/api/oauth/authorize?' + new URLSearchParams({ client_id: client.client_id, redirect_uri: 'https://app.example/cb', response_type: 'code' })))
  assert.equal(authorize.status, 400)
})

test('revoking the token, and disabling the client, end it', async () => {
  const client = await addClient(site, '--name', 'Ending', '--client-credentials')
  const first = (await grant(client)).json.access_token
  const second = (await grant(client)).json.access_token
  const status = async t => (await rpc(site.mcp, t, 'ping', {})).status
  const revoked = await postForm(site.url('/api/oauth/revoke'), { token: first, client_id: client.client_id, client_secret: client.client_secret })
  assert.equal(revoked.status, 200)
  await until(async () => await status(first) === 401)
  assert.equal(await status(second), 200)
  await site.sql('UPDATE oauth.client SET disabled_at = now() WHERE client_id = $1', [client.client_id])
  assert.equal((await grant(client)).json.error, 'invalid_client')
  await until(async () => await status(second) === 401)
})

test('it cannot refresh what it has, nor can its session be refreshed by a guess', async () => {
  const client = await addClient(site, '--name', 'Once', '--client-credentials')
  await grant(client)
  const [session] = await site.sql('SELECT * FROM public.mcp_server_sessions WHERE client_identifier = $1', [client.client_id])
  assert.equal(session.user_id, null)
  const { tokens, client: open } = await connect(site)
  const answer = await token(site, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, client_id: client.client_id, client_secret: client.client_secret })
  assert.equal(answer.json.error, 'invalid_grant')
  assert.ok(open)
})

test('switched off, it is neither advertised nor served', async () => {
  const metadata = async s => (await send(s.url('/.well-known/oauth-authorization-server'))).json
  assert.ok((await metadata(site)).grant_types_supported.includes('client_credentials'))
  const off = await startSite({ plain: true, conf: 'CLIENT_CREDENTIALS=off' })
  try {
    assert.ok(!(await metadata(off)).grant_types_supported.includes('client_credentials'))
    const client = await addClient(off, '--name', 'Off', '--client-credentials')
    const answer = await token(off, { grant_type: 'client_credentials', client_id: client.client_id, client_secret: client.client_secret })
    assert.equal(answer.json.error, 'unsupported_grant_type')
  } finally {
    await off.stop()
  }
})
