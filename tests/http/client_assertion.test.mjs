// SPDX-License-Identifier: MIT
// private_key_jwt: clients that authenticate with a signature (RFC 7523).
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { CompactSign, SignJWT, UnsecuredJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose'
import { Browser, authorizationRequest, connect, newVerifier, redemption, token } from '../lib/flow.mjs'
import { postForm, send } from '../lib/http.mjs'
import { fetching, startHttpsHost } from '../lib/https_host.mjs'
import { startSite } from '../lib/site.mjs'

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
let host, site
before(async () => {
  host = await startHttpsHost()
  site = await startSite({ plain: true, conf: fetching(host) + '\nFETCH_LIMIT_ORIGIN=1000' })
})
after(async () => {
  await site?.stop()
  await host?.stop()
})

async function newKey (alg, kid = randomUUID()) {
  const pair = await generateKeyPair(alg, { extractable: true })
  return { alg, kid, ...pair, jwk: { ...await exportJWK(pair.publicKey), kid, alg, use: 'sig' } }
}

// A client that publishes its metadata and signs; keys inline or by jwks_uri.
async function newClient (alg = 'ES256', { inline = true, more = {} } = {}) {
  const key = await newKey(alg)
  const path = '/' + randomUUID()
  const client = { client_id: host.url(path), redirect_uris: ['https://app.example/cb'], key, jwksPath: path + '/jwks' }
  host.answers.set(path, {
    client_id: client.client_id,
    client_name: 'Signs',
    redirect_uris: client.redirect_uris,
    token_endpoint_auth_method: 'private_key_jwt',
    ...(inline ? { jwks: { keys: [key.jwk] } } : { jwks_uri: host.url(client.jwksPath) }),
    ...more
  })
  host.answers.set(client.jwksPath, { keys: [key.jwk] })
  return client
}

const now = () => Math.floor(Date.now() / 1000)
const claimsOf = (client, more) => ({
  iss: client.client_id, sub: client.client_id, aud: site.base, jti: randomUUID(), iat: now(), exp: now() + 60, ...more
})
const sign = (client, { claims, header, key = client.key } = {}) =>
  new SignJWT(claimsOf(client, claims)).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey)
const asserted = async (client, options) =>
  ({ client_assertion_type: jwtBearer, client_assertion: await sign(client, options) })

async function start (client) {
  const verifier = newVerifier()
  const code = await new Browser(site).code(authorizationRequest(client, verifier))
  const { client_id: _, ...fields } = redemption(client, code, verifier)
  return fields
}

for (const alg of ['RS256', 'ES256', 'EdDSA', 'Ed25519']) {
  for (const inline of [true, false]) {
    test(`${alg}, ${inline ? 'keys in the document' : 'keys at a jwks_uri'}: a code, a refresh and a revocation`, async () => {
      const client = await newClient(alg, { inline })
      const fields = await start(client)
      const first = await token(site, { ...fields, ...await asserted(client) })
      assert.equal(first.status, 200, first.text)
      const refresh = { grant_type: 'refresh_token', refresh_token: first.json.refresh_token }
      const second = await token(site, { ...refresh, client_id: client.client_id, ...await asserted(client) })
      assert.equal(second.status, 200, second.text)
      const revoked = await postForm(site.url('/api/oauth/revoke'), { token: second.json.refresh_token, ...await asserted(client) })
      assert.equal(revoked.status, 200)
      const third = await token(site, { grant_type: 'refresh_token', refresh_token: second.json.refresh_token, ...await asserted(client) })
      assert.equal(third.json.error, 'invalid_grant')
      if (!inline) assert.equal(host.requests.filter(p => p === client.jwksPath).length, 1, 'kept')
    })
  }
}

test('the metadata lists the method and its algorithms', async () => {
  const metadata = (await send(site.url('/.well-known/oauth-authorization-server'))).json
  assert.ok(metadata.token_endpoint_auth_methods_supported.includes('private_key_jwt'))
  assert.deepEqual(metadata.token_endpoint_auth_signing_alg_values_supported, ['RS256', 'ES256', 'EdDSA', 'Ed25519'])
})

test('assertions that are not good: 401 invalid_client, and nothing is spent', async () => {
  const client = await newClient()
  const fields = await start(client)
  const stranger = { ...client, key: await newKey('ES256', client.key.kid) }
  const rsa = await newKey('RS256', client.key.kid)
  const other = await newClient()
  const unsecured = new UnsecuredJWT(claimsOf(client)).encode()
  const bad = {
    'a foreign key': await sign(stranger),
    'another algorithm under the same kid': await sign(client, { key: rsa }),
    'alg none': unsecured,
    'an unknown kid': await sign(client, { header: { kid: 'other' } }),
    'another client of ours as maker': await sign(other, { claims: { iss: client.client_id, sub: client.client_id } }),
    'iss unlike sub': await sign(client, { claims: { iss: other.client_id } }),
    'no sub': await sign(client, { claims: { sub: undefined } }),
    'another audience': await sign(client, { claims: { aud: 'https://other.example' } }),
    'several audiences': await sign(client, { claims: { aud: [site.base, 'https://other.example'] } }),
    'no audience': await sign(client, { claims: { aud: undefined } }),
    'no jti': await sign(client, { claims: { jti: undefined } }),
    'no exp': await sign(client, { claims: { exp: undefined } }),
    'exp in the past': await sign(client, { claims: { exp: now() - 1 } }),
    'exp far ahead': await sign(client, { claims: { exp: now() + 86400 } }),
    'iat ahead': await sign(client, { claims: { iat: now() + 300 } }),
    'nbf ahead': await sign(client, { claims: { nbf: now() + 300 } }),
    'typ of an access token': await sign(client, { header: { typ: 'at+jwt' } }),
    'typ of a DPoP proof': await sign(client, { header: { typ: 'dpop+jwt' } }),
    'typ of an ID-JAG': await sign(client, { header: { typ: 'oauth-id-jag+jwt' } }),
    'typ of a number': await sign(client, { header: { typ: 7 } }),
    'a key of its own (jwk)': await sign(stranger, { header: { kid: undefined, jwk: stranger.key.jwk } }),
    'keys of its own (jku)': await sign(stranger, { header: { kid: 'new', jku: host.url(stranger.jwksPath) } }),
    'a certificate of its own (x5c)': await sign(stranger, { header: { x5c: ['AAAA'], x5u: host.url('/x5u') } }),
    'a kid that is a path': await sign(stranger, { header: { kid: '../../../../dev/null' } }),
    'a kid that is a URL': await sign(stranger, { header: { kid: host.url('/kid') } }),
    'a kid of SQL': await sign(stranger, { header: { kid: "' OR 1=1 --" } }),
    'a kid that is no string': await sign(stranger, { header: { kid: 7 } }),
    'a long kid': await sign(stranger, { header: { kid: 'k'.repeat(5000) } }),
    'zip': await sign(client, { header: { zip: 'DEF' } }),
    'exp that is no number': await sign(client, { claims: { exp: String(now() + 60) } }),
    'exp beyond all numbers': await new CompactSign(Buffer.from(JSON.stringify(claimsOf(client)).replace(/"exp":\d+/, '"exp":1e300')))
      .setProtectedHeader({ alg: 'ES256', kid: client.key.kid }).sign(client.key.privateKey),
    'a long jti': await sign(client, { claims: { jti: 'x'.repeat(300) } }),
    'an empty jti': await sign(client, { claims: { jti: '' } }),
    'aud that is no string': await sign(client, { claims: { aud: { iss: site.base } } }),
    'the resource as audience': await sign(client, { claims: { aud: site.base + '/mcp' } }),
    'garbage': 'x.y.z',
    'a JWE': 'a.b.c.d.e',
    'nine kilobytes': await sign(client, { claims: { filler: 'x'.repeat(9000) } })
  }
  for (const secret of [client.key.jwk.x, Buffer.from(client.key.jwk.x, 'base64url'), JSON.stringify(client.key.jwk), await exportSPKI(client.key.publicKey)]) {
    bad[`HS256 with the public key: ${secret}`] = await new SignJWT(claimsOf(client)).setProtectedHeader({ alg: 'HS256', kid: client.key.kid })
      .sign(Buffer.from(secret.length < 32 ? secret + secret : secret))
  }
  const seen = host.requests.length
  const spent = async () => (await site.sql('SELECT count(*)::int AS n FROM oauth.spent_jti'))[0].n
  const before = await spent()
  for (const [name, client_assertion] of Object.entries(bad)) {
    const answer = await token(site, { ...fields, client_assertion_type: jwtBearer, client_assertion })
    assert.equal(answer.status, 401, name + answer.text)
    assert.equal(answer.json.error, 'invalid_client', name)
  }
  assert.equal(host.requests.length, seen, 'nothing that a header names is fetched')
  assert.equal(await spent(), before, 'and nothing is remembered of what nobody signed')
  const good = await token(site, { ...fields, ...await asserted(client, { header: { typ: 'client-authentication+jwt' } }) })
  assert.equal(good.status, 200, good.text)
})

test('a jti is good once', async () => {
  const client = await newClient()
  const fields = await start(client)
  const assertion = await asserted(client, { claims: { aud: [site.url('/api/oauth/token')] } })
  assert.equal((await token(site, { ...fields, code: 'wrong', ...assertion })).json.error, 'invalid_grant')
  assert.equal((await token(site, { ...fields, ...assertion })).json.error, 'invalid_client')
  assert.equal((await token(site, { ...fields, ...await asserted(client, { claims: { aud: site.base + '/' } }) })).status, 200)
  assert.match(await site.log(), /client assertion replayed/)
})

test('20 at once with one assertion: one is heard', async () => {
  const client = await newClient()
  const fields = { ...await start(client), code: 'wrong' }
  const assertion = await asserted(client)
  const answers = await Promise.all(Array.from({ length: 20 }, () => token(site, { ...fields, ...assertion })))
  assert.equal(answers.filter(a => a.json.error === 'invalid_grant').length, 1)
  assert.equal(answers.filter(a => a.json.error === 'invalid_client').length, 19)
})

test('two methods at once, and halves of one', async () => {
  const client = await newClient()
  const fields = await start(client)
  const assertion = await asserted(client)
  const basic = { Authorization: 'Basic ' + Buffer.from('a:b').toString('base64') }
  assert.equal((await token(site, { ...fields, ...assertion }, basic)).json.error, 'invalid_request')
  assert.equal((await token(site, { ...fields, ...assertion, client_secret: 'x' })).json.error, 'invalid_request')
  assert.equal((await token(site, { ...fields, client_assertion: assertion.client_assertion })).json.error, 'invalid_client')
  assert.equal((await token(site, { ...fields, client_assertion_type: jwtBearer })).json.error, 'invalid_client')
  assert.equal((await token(site, { ...fields, ...assertion, client_id: 'other' })).json.error, 'invalid_client')
  assert.equal((await token(site, { ...fields, client_id: client.client_id })).json.error, 'invalid_client', 'without any')
})

test('a public client that signs is refused, and one that may do either does either', async () => {
  const { client: open } = await connect(site)
  const key = await newKey('ES256')
  const answer = await token(site, { grant_type: 'refresh_token', refresh_token: 'x', ...await asserted({ ...open, key }) })
  assert.equal(answer.json.error, 'invalid_client')

  const both = await newClient('RS256', { more: { token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'] } })
  const fields = await start(both)
  const first = await token(site, { ...fields, client_id: both.client_id })
  assert.equal(first.status, 200)
  const second = await token(site, { grant_type: 'refresh_token', refresh_token: first.json.refresh_token, ...await asserted(both) })
  assert.equal(second.status, 200, second.text)
})

test('new keys at the jwks_uri are found, and it is asked once in five minutes', async () => {
  const client = await newClient('ES256', { inline: false })
  const first = await token(site, { ...await start(client), ...await asserted(client) })
  assert.equal(first.status, 200)
  const asked = () => host.requests.filter(p => p === client.jwksPath).length
  assert.equal(asked(), 1)
  const renewed = { ...client, key: await newKey('ES256') }
  host.answers.set(client.jwksPath, { keys: [renewed.key.jwk] })
  const refresh = async () => token(site, { grant_type: 'refresh_token', refresh_token: first.json.refresh_token, ...await asserted(renewed) })
  assert.equal((await refresh()).status, 401)
  assert.equal(asked(), 1, 'not so soon')
  await site.sql("UPDATE oauth.client SET jwks_tried_at = now() - interval '6 minutes' WHERE client_id = $1", [client.client_id])
  assert.equal((await refresh()).status, 200)
  assert.equal(asked(), 2)
})

describe('the copy of a jwks_uri', () => {
  const refresh = (client, tokens) => asserted(client).then(assertion => token(site, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, ...assertion }))
  const age = (client, fresh = '-1 second') => site.sql(`UPDATE oauth.client SET jwks_tried_at = now() - interval '6 minutes',
    jwks_fresh_until = jwks_fresh_until + $2::interval WHERE client_id = $1`, [client.client_id, fresh])
  async function signedIn (alg = 'ES256') {
    const client = await newClient(alg, { inline: false })
    const answer = await token(site, { ...await start(client), ...await asserted(client) })
    assert.equal(answer.status, 200, answer.text)
    return { client, tokens: answer.json }
  }

  test('a key that its owner took away is refused once the copy is stale', async () => {
    const { client, tokens } = await signedIn()
    host.answers.set(client.jwksPath, { keys: [(await newKey('ES256')).jwk] })
    await age(client, '0')
    const next = await refresh(client, tokens)
    assert.equal(next.status, 200, 'still fresh')
    await age(client, '-1 hour')
    assert.equal((await refresh(client, next.json)).json.error, 'invalid_client')
  })

  test('a host that is away, or says something else, does not take the keys away', async () => {
    const { client, tokens } = await signedIn()
    let last = tokens
    for (const answer of [{}, { keys: [] }, { keys: [{ kty: 'oct', k: 'AAAA' }] }, (rq, rs) => rs.writeHead(500).end(),
      (rq, rs) => rs.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Oops</h1>')]) {
      host.answers.set(client.jwksPath, answer)
      await age(client, '-1 hour')
      const next = await refresh(client, last)
      assert.equal(next.status, 200, next.text)
      last = next.json
    }
    assert.match(await site.log(), /jwks_uri holds no key that can be used/)
  })

  test('is as fresh as its headers say, between five minutes and a day', async () => {
    for (const [value, seconds] of [['max-age=7200', 7200], ['no-store', 300], ['max-age=999999', 86400], ['private', 3600]]) {
      const client = await newClient('ES256', { inline: false })
      const keys = JSON.stringify(host.answers.get(client.jwksPath))
      host.answers.set(client.jwksPath, (rq, rs) => rs.writeHead(200, { 'Content-Type': 'application/jwk-set+json', 'Cache-Control': value }).end(keys))
      assert.equal((await token(site, { ...await start(client), ...await asserted(client) })).status, 200)
      const [row] = await site.sql('SELECT round(extract(epoch FROM jwks_fresh_until - jwks_tried_at))::int AS s FROM oauth.client WHERE client_id = $1', [client.client_id])
      assert.equal(row.s, seconds, value)
    }
  })

  test('new keys are found though neither has a kid', async () => {
    const client = await newClient('ES256', { inline: false })
    const bare = key => ({ ...key, kid: undefined, jwk: { ...key.jwk, kid: undefined } })
    client.key = bare(client.key)
    host.answers.set(client.jwksPath, { keys: [client.key.jwk] })
    const first = await token(site, { ...await start(client), ...await asserted(client) })
    assert.equal(first.status, 200, first.text)
    client.key = bare(await newKey('ES256'))
    host.answers.set(client.jwksPath, { keys: [client.key.jwk] })
    assert.equal((await refresh(client, first.json)).status, 401, 'not so soon')
    await age(client, '0')
    assert.equal((await refresh(client, first.json)).status, 200)
  })
})

test('keys of a client whose host is not let in any more are not asked for', async () => {
  const closed = await startSite({ plain: true, conf: fetching(host) + '\nCLIENT_METADATA_BLOCK=localhost' })
  try {
    const client = await newClient('ES256', { inline: false })
    await closed.sql(`INSERT INTO oauth.client (client_id, token_endpoint_auth_method, redirect_uris, grant_types, registration, jwks_uri,
      document_fetched_at, document_fresh_until) VALUES ($1, 'private_key_jwt', '{}', '{refresh_token}', 'metadata', $2, now(), now())`,
    [client.client_id, host.url(client.jwksPath)])
    const before = host.connections
    const answer = await token(closed, { grant_type: 'refresh_token', refresh_token: 'x', ...await asserted(client, { claims: { aud: closed.base } }) })
    assert.equal(answer.json.error, 'invalid_client')
    assert.equal(host.connections, before)
  } finally {
    await closed.stop()
  }
})

test('no assertion stands in any log', async () => {
  const client = await newClient()
  const assertion = await asserted(client, { claims: { aud: 'x' } })
  await token(site, { ...await start(client), ...assertion })
  const log = await site.log()
  assert.ok(!log.includes(assertion.client_assertion.slice(0, 40)))
  assert.match(log, /for another audience/)
})

test('a client that was never here before pushes a request; par, too, is a name for this server there (RFC 9126 s2)', async () => {
  for (const aud of [site.base, site.url('/api/oauth/par')]) {
    const client = await newClient()
    const answer = await postForm(site.url('/api/oauth/par'), {
      ...authorizationRequest(client, newVerifier()), ...await asserted(client, { claims: { aud } })
    })
    assert.equal(answer.status, 201, answer.text)
  }
  const client = await newClient()
  const unsigned = await postForm(site.url('/api/oauth/par'), authorizationRequest(client, newVerifier()))
  assert.equal(unsigned.status, 401, unsigned.text)
})
