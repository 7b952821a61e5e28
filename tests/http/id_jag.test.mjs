// SPDX-License-Identifier: MIT
// Enterprise-managed authorization: ID-JAG assertions of a trusted provider.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { SignJWT, UnsecuredJWT, decodeJwt, exportJWK, exportSPKI, generateKeyPair } from 'jose'
import { newKey as newDpopKey, rpcWith, tokenWith } from '../lib/dpop.mjs'
import { connect, register, rpc, token, until, whoami } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { fetching, startHttpsHost } from '../lib/https_host.mjs'
import { addClient, startSite } from '../lib/site.mjs'

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
let host, site, client, key, idp
before(async () => {
  host = await startHttpsHost()
  idp = host.url('')
  key = await newKey('RS256')
  host.answers.set('/keys', { keys: [key.jwk] })
  site = await startSite({
    extra: { SITE_LOCALE: 'C.UTF-8' },
    conf: `${fetching(host)}
ID_JAG_ISSUER=${idp} ${host.url('/keys')} example.com
ID_JAG_ISSUER=https://other.example ${host.url('/keys')}
MCP_RESOURCE_SCOPES=/mcp reports:read reports:write`
  })
  client = await addClient(site, '--name', 'Agent', '--redirect-uri', 'https://agent.example/cb', '--confidential')
})
after(async () => {
  await site?.stop()
  await host?.stop()
})

async function newKey (alg) {
  const pair = await generateKeyPair(alg)
  const kid = randomUUID()
  return { alg, kid, ...pair, jwk: { ...await exportJWK(pair.publicKey), kid, use: 'sig', alg } }
}

const now = () => Math.floor(Date.now() / 1000)
const subject = randomUUID()
const claims = more => ({
  iss: idp, sub: subject, aud: site.base, client_id: client.client_id, resource: site.mcp, scope: 'email reports:read',
  email: site.email, jti: randomUUID(), iat: now(), exp: now() + 300, ...more
})
const sign = (more, { header, by = key } = {}) =>
  new SignJWT(claims(more)).setProtectedHeader({ alg: by.alg, kid: by.kid, typ: 'oauth-id-jag+jwt', ...header }).sign(by.privateKey)
const grant = async (assertion, more = {}) => token(site, {
  grant_type: grantType, assertion, client_id: client.client_id, client_secret: client.client_secret, ...more
})

test('is advertised with its profile', async () => {
  const metadata = (await send(site.url('/.well-known/oauth-authorization-server'))).json
  assert.ok(metadata.grant_types_supported.includes(grantType))
  assert.deepEqual(metadata.authorization_grant_profiles_supported, ['urn:ietf:params:oauth:grant-profile:id-jag'])
})

test('a person the provider vouches for, found by address once and by subject from then on', async () => {
  const answer = await grant(await sign())
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.json.token_type, 'Bearer')
  assert.equal(answer.json.scope, 'email reports:read')
  assert.ok(!('refresh_token' in answer.json))
  const said = await whoami(site, answer.json.access_token)
  assert.equal(said.email, site.email)
  assert.equal(said.client, client.client_id)
  assert.equal(decodeJwt(answer.json.access_token).aud, site.mcp)
  const again = await grant(await sign({ email: undefined }))
  assert.equal(decodeJwt(again.json.access_token).sub, decodeJwt(answer.json.access_token).sub)
  assert.equal((await grant(await sign({ email: 'somebody.else@example.com' }))).status, 200, 'the subject counts')
})

test('with a DPoP proof the token is bound, and an assertion is not spent by a bad one', async () => {
  const own = await newDpopKey()
  const fields = { grant_type: grantType, assertion: await sign(), client_id: client.client_id, client_secret: client.client_secret }
  const bad = await tokenWith(site, own, fields, { claims: { iat: now() - 3600 } })
  assert.equal(bad.json.error, 'invalid_dpop_proof', bad.text)
  const answer = await tokenWith(site, own, fields)
  assert.equal(answer.json.token_type, 'DPoP', answer.text)
  assert.equal((await rpcWith(site, own, answer.json.access_token)).status, 200)
})

test('scope is what the assertion, the request and the resource have in common', async () => {
  const scope = async (more, asked) => (await grant(await sign(more), asked ? { scope: asked } : {})).json
  assert.equal((await scope({ scope: 'reports:read unheard' })).scope, 'reports:read')
  assert.equal((await scope({}, 'reports:read reports:write')).scope, 'reports:read')
  assert.equal((await scope({}, 'reports:write')).error, 'invalid_scope')
  assert.equal((await scope({ scope: 'unheard' })).error, 'invalid_scope')
  assert.equal((await scope({ scope: undefined }, 'reports:write')).scope, 'reports:write')
  assert.equal((await scope({ scope: undefined })).scope, 'email profile')
})

test('assertions that are not good: 400 invalid_grant', async () => {
  const stranger = { ...await newKey('RS256'), kid: key.kid }
  const bad = {
    'typ of a plain JWT': await sign({}, { header: { typ: 'JWT' } }),
    'typ of an access token': await sign({}, { header: { typ: 'at+jwt' } }),
    'no typ': await sign({}, { header: { typ: undefined } }),
    'typ of a client assertion': await sign({}, { header: { typ: 'client-authentication+jwt' } }),
    'HS256 with the public key': await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: key.kid, typ: 'oauth-id-jag+jwt' }).sign(Buffer.from(await exportSPKI(key.publicKey))),
    'PS256': await sign({}, { by: { ...await newKey('PS256'), kid: key.kid } }),
    'a key of its own (jwk)': await sign({}, { by: stranger, header: { jwk: stranger.jwk } }),
    'keys of its own (jku)': await sign({}, { by: stranger, header: { kid: 'new', jku: host.url('/jku') } }),
    'an issuer in another spelling': await sign({ iss: idp + '/' }),
    'an issuer that is a list': await sign({ iss: [idp] }),
    'a resource that is a list': await sign({ resource: [site.mcp, 'https://other.example/'] }),
    'alg none': new UnsecuredJWT(claims()).encode(),
    'a foreign key': await sign({}, { by: stranger }),
    'an unknown key': await sign({}, { by: await newKey('ES256') }),
    'an issuer that is not trusted': await sign({ iss: 'https://evil.example' }),
    'no issuer': await sign({ iss: undefined }),
    'another audience': await sign({ aud: 'https://other.example' }),
    'several audiences': await sign({ aud: [site.base, 'https://other.example'] }),
    'the token endpoint as audience': await sign({ aud: site.url('/api/oauth/token') }),
    'another client': await sign({ client_id: 'somebody' }),
    'no client': await sign({ client_id: undefined }),
    'a foreign resource': await sign({ resource: 'https://other.example/mcp' }),
    'no resource': await sign({ resource: undefined }),
    'no subject': await sign({ sub: undefined }),
    'no jti': await sign({ jti: undefined }),
    'expired': await sign({ exp: now() - 1 }),
    'no exp': await sign({ exp: undefined }),
    'exp far ahead': await sign({ exp: now() + 86400 }),
    'no iat': await sign({ iat: undefined }),
    'iat ahead': await sign({ iat: now() + 300 }),
    'iat long ago': await sign({ iat: now() - 7200 }),
    'nbf ahead': await sign({ nbf: now() + 300 }),
    'crit': await new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid: key.kid, typ: 'oauth-id-jag+jwt', crit: ['b64'], b64: true }).sign(key.privateKey).catch(() => 'x.y.z'),
    'garbage': 'x.y.z'
  }
  for (const [name, assertion] of Object.entries(bad)) {
    const answer = await grant(assertion)
    assert.equal(answer.status, 400, name + answer.text)
    assert.equal(answer.json.error, 'invalid_grant', name)
  }
  assert.equal((await grant('')).json.error, 'invalid_request')
  const log = await site.log()
  assert.ok(!log.includes(bad['another audience'].slice(-40)))
})

test('a jti is good once, also for 20 at a time', async () => {
  const assertion = await sign()
  const answers = await Promise.all(Array.from({ length: 20 }, () => grant(assertion)))
  assert.equal(answers.filter(a => a.status === 200).length, 1)
  assert.ok(answers.every(a => a.status === 200 || a.json.error === 'invalid_grant'))
  assert.match(await site.log(), /identity assertion replayed/)
})

test('an address counts only from a provider that is trusted for its domain, and never if it is not verified', async () => {
  const stranger = () => ({ sub: randomUUID() })
  const refused = async more => assert.equal((await grant(await sign({ ...stranger(), ...more }))).json.error, 'invalid_grant')
  await refused({ email: undefined })
  await refused({ email: 'nobody@example.com' })
  for (const email_verified of [false, 'false', null, 0, 'no', {}]) await refused({ email_verified })
  await refused({ iss: 'https://other.example' })
  await refused({ email: `${site.email}@evil.example` })
  // KELVIN SIGN, whose lower case is the k of everybody.
  await site.sql("INSERT INTO public.users (email) VALUES ('mark@example.com')")
  await refused({ email: 'mar\u212a@example.com' })
  assert.equal((await grant(await sign({ ...stranger(), email: 'mark@example.com', email_verified: true }))).status, 200)
  await site.command('user', 'add', 'out@elsewhere.example', '--no-password').catch(() => {})
  await refused({ email: 'out@elsewhere.example' })
  assert.equal((await grant(await sign({ ...stranger(), email: site.email.toUpperCase(), email_verified: true }))).status, 200)
  assert.equal((await grant(await sign({ ...stranger(), email_verified: 'true' }))).status, 200, 'as some providers write it')
})

test('the subject of one provider is not that of another', async () => {
  assert.equal((await grant(await sign({ iss: 'https://other.example' }))).json.error, 'invalid_grant')
})

test('the client must authenticate', async () => {
  const assertion = await sign()
  assert.equal((await grant(assertion, { client_secret: 'wrong' })).json.error, 'invalid_client')
  assert.equal((await grant(assertion, { client_secret: '' })).json.error, 'invalid_client')
  const open = await register(site)
  const answer = await token(site, { grant_type: grantType, assertion: await sign({ client_id: open.client_id }), client_id: open.client_id })
  assert.equal(answer.json.error, 'unauthorized_client')
  assert.equal((await grant(assertion)).status, 200, 'and what was refused was not spent')
})

test('a client that publishes its metadata, and was never here before', async () => {
  const own = await newKey('ES256')
  const publish = more => {
    const path = '/' + randomUUID()
    host.answers.set(path, {
      client_id: host.url(path), client_name: 'Agent', redirect_uris: ['https://agent.example/cb'],
      token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [own.jwk] }, ...more
    })
    return host.url(path)
  }
  const assertedBy = async id => ({
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await new SignJWT({ jti: randomUUID() }).setProtectedHeader({ alg: own.alg, kid: own.kid })
      .setIssuer(id).setSubject(id).setAudience(site.base).setIssuedAt().setExpirationTime('1m').sign(own.privateKey)
  })
  for (const named of [true, false]) {
    const id = publish()
    const answer = await token(site, {
      grant_type: grantType, assertion: await sign({ client_id: id }), ...await assertedBy(id), ...(named && { client_id: id })
    })
    assert.equal(answer.status, 200, answer.text)
    assert.equal(decodeJwt(answer.json.access_token).client_id, id)
    assert.equal((await whoami(site, answer.json.access_token)).client, id)
    const [row] = await site.sql('SELECT consented_at IS NOT NULL AS known FROM oauth.client WHERE client_id = $1', [id])
    assert.ok(row.known, 'and is not purged as one that nobody wanted')
  }
  const open = publish({ token_endpoint_auth_method: 'none', jwks: undefined })
  const refused = await token(site, { grant_type: grantType, assertion: await sign({ client_id: open }), client_id: open })
  assert.equal(refused.json.error, 'unauthorized_client')
  const broken = publish({ client_id: 'https://other.example/' })
  assert.equal((await token(site, { grant_type: grantType, assertion: await sign({ client_id: broken }), ...await assertedBy(broken) })).status, 401)
})

test('the resource of the request is the one of the assertion', async () => {
  assert.equal((await grant(await sign(), { resource: site.mcp })).status, 200)
  assert.equal((await grant(await sign(), { resource: 'https://other.example' })).json.error, 'invalid_target')
})

test('a disabled user, and one disabled afterwards', async () => {
  const { json } = await grant(await sign())
  await site.sql('UPDATE public.users SET disabled_at = now()')
  assert.equal((await grant(await sign())).json.error, 'invalid_grant')
  await until(async () => (await rpc(site.mcp, json.access_token, 'ping', {})).status === 401)
  await site.sql('UPDATE public.users SET disabled_at = NULL')
  await site.sql('DELETE FROM oauth.revocation')
  await connect(site)
})

test('new keys of the provider are found, and asked for once in five minutes', async () => {
  const fresh = await newKey('ES256')
  host.answers.set('/keys', { keys: [key.jwk, fresh.jwk] })
  const asked = () => host.requests.filter(p => p === '/keys').length
  const before = asked()
  assert.equal((await grant(await sign({}, { by: fresh }))).json.error, 'invalid_grant')
  assert.equal(asked(), before, 'not so soon')
  await site.sql("UPDATE oauth.issuer_keys SET tried_at = now() - interval '6 minutes'")
  const answer = await grant(await sign({}, { by: fresh }))
  assert.equal(answer.status, 200, answer.text)
  assert.equal(asked(), before + 1)
})

test('a key that the provider took away is refused once the copy is stale, and one that is away takes none away', async () => {
  const age = () => site.sql("UPDATE oauth.issuer_keys SET tried_at = now() - interval '6 minutes', fresh_until = now() - interval '1 s'")
  host.answers.set('/keys', (rq, rs) => rs.writeHead(503).end())
  await age()
  assert.equal((await grant(await sign())).status, 200)
  host.answers.set('/keys', { keys: [(await newKey('RS256')).jwk] })
  assert.equal((await grant(await sign())).status, 200, 'not asked again so soon')
  await age()
  assert.equal((await grant(await sign())).json.error, 'invalid_grant')
  host.answers.set('/keys', { keys: [key.jwk] })
  await age()
  assert.equal((await grant(await sign())).status, 200)
})
