// SPDX-License-Identifier: MIT
// DPoP at the authorization server (RFC 9449): proofs, tokens and refresh tokens
// that are bound to a key, codes that are, and what tells of it.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { SignJWT, UnsecuredJWT, calculateJwkThumbprint, decodeJwt } from 'jose'
import { callHeaders, challengesOf, connectWith, newKey, proofOf, refreshWith, rpcWith, tokenWith } from '../lib/dpop.mjs'
import { authorizationRequest, Browser, connect, hidden, newVerifier, redemption, refreshing, register, token, whoami } from '../lib/flow.mjs'
import { postForm, send, sendJson } from '../lib/http.mjs'
import { addClient, addSigner, front, startSite } from '../lib/site.mjs'

const conf = 'LOGIN_LIMIT_ACCOUNT=1000\nLOGIN_LIMIT_REMOTE=1000'
const algs = ['ES256', 'RS256', 'EdDSA', 'Ed25519']
const now = () => Math.floor(Date.now() / 1000)
let site, client, browser, key
before(async () => {
  site = await startSite({ conf })
  client = await register(site)
  browser = new Browser(site)
  key = await newKey()
})
after(() => site?.stop())

const at = path => site.url('/api/oauth/' + path)
const start = () => connectWith(site, key, { client, browser })

function refusedWith (answer, error, status = 400, why = '') {
  assert.equal(answer.status, status, why + ' ' + answer.text)
  assert.equal(answer.json.error, error, why + ' ' + answer.text)
  assert.match(answer.headers['cache-control'], /no-store/)
  assert.match(answer.headers['content-type'], /^application\/json/)
}

// A code that waits, and what redeems it.
async function waiting (params, who = client) {
  const verifier = newVerifier()
  return redemption(who, await browser.code(authorizationRequest(who, verifier, params)), verifier)
}

test('both kinds of metadata list what may sign a proof', async () => {
  for (const path of ['oauth-authorization-server', 'openid-configuration', 'oauth-protected-resource/mcp']) {
    const metadata = (await send(site.url('/.well-known/' + path))).json
    assert.deepEqual(metadata.dpop_signing_alg_values_supported, algs, path)
  }
})

describe('proofs at the token endpoint', () => {
  for (const alg of algs) {
    test(`${alg}: the tokens of a code and of a refresh are bound to the key, and the guard takes them`, async () => {
      const own = await newKey(alg)
      const { client, tokens } = await connectWith(site, own)
      assert.equal(tokens.token_type, 'DPoP')
      assert.deepEqual(decodeJwt(tokens.access_token).cnf, { jkt: await calculateJwkThumbprint(own.jwk) })
      const again = (await refreshWith(site, own, client, tokens)).json
      assert.equal(again.token_type, 'DPoP')
      assert.deepEqual(decodeJwt(again.access_token).cnf, { jkt: own.jkt })
      assert.equal((await rpcWith(site, own, again.access_token)).status, 200)
    })
  }

  test('without one tokens are bearer tokens', async () => {
    const { tokens } = await connect(site, { client, browser })
    assert.equal(tokens.token_type, 'Bearer')
    assert.ok(!('cnf' in decodeJwt(tokens.access_token)))
    assert.equal((await whoami(site, tokens.access_token)).email, site.email)
  })

  test('what is no good proof: 400 invalid_dpop_proof, and nothing is spent', async () => {
    const url = at('token')
    const proof = (claims, header, by = key) => proofOf(by, 'POST', url, { claims, header })
    const good = await proof()
    const rsa = await newKey('RS256')
    const foreign = await newKey()
    const hmac = new SignJWT({ jti: randomUUID(), htm: 'POST', htu: url, iat: now() })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } }).sign(Buffer.alloc(32))
    const [, payload, signature] = good.split('.')
    const unsigned = new UnsecuredJWT({ jti: randomUUID(), htm: 'POST', htu: url, iat: now() }).encode()
    const none = Buffer.from(JSON.stringify({ typ: 'dpop+jwt', alg: 'none', jwk: key.jwk })).toString('base64url')
    const bad = {
      empty: '',
      garbage: 'x',
      'three parts of garbage': 'a.b.c',
      'a doubled header': [good, await proof()],
      'a doubled header, twice the same': [good, good],
      'a doubled header, joined': `${good},${await proof()}`,
      'wrong typ': await proof({}, { typ: 'JWT' }),
      'typ of an access token': await proof({}, { typ: 'at+jwt' }),
      'no typ': await proof({}, { typ: undefined }),
      'alg none': `${none}.${payload}.`,
      'alg none with a signature': `${none}.${payload}.${signature}`,
      'alg none, no typ, no jwk': unsigned,
      'alg HS256': await hmac,
      'private jwk': await proof({}, { jwk: key.privateJwk }),
      'no jwk': await proof({}, { jwk: undefined }),
      'jwk of another kind than alg': await proof({}, { jwk: rsa.jwk }),
      'foreign key': await proof({}, { jwk: foreign.jwk }),
      'a key that is elsewhere': await proof({}, { jwk: undefined, jku: 'http://127.0.0.1:1/' }),
      crit: await proof({ exp: now() + 60 }, { crit: ['exp'] }).catch(() => `${Buffer.from(JSON.stringify({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk, crit: ['x'] })).toString('base64url')}.${payload}.${signature}`),
      'a changed signature': good.slice(0, -6) + (good.at(-6) === 'A' ? 'B' : 'A') + good.slice(-5),
      'a changed payload': `${good.split('.')[0]}.${Buffer.from(JSON.stringify({ ...decodeJwt(good), jti: 'x' })).toString('base64url')}.${signature}`,
      'wrong htm': await proof({ htm: 'GET' }),
      'htm in lower case': await proof({ htm: 'post' }),
      'no htm': await proof({ htm: undefined }),
      'wrong htu': await proof({ htu: site.url('/api/oauth/par') }),
      'htu of another host': await proof({ htu: url.replace('127.0.0.1', 'localhost') }),
      'htu of another scheme': await proof({ htu: url.replace('http:', 'https:') }),
      'htu with a slash more': await proof({ htu: url + '/' }),
      'htu that is a path': await proof({ htu: '/api/oauth/token' }),
      'no htu': await proof({ htu: undefined }),
      'old iat': await proof({ iat: now() - 310 }),
      'future iat': await proof({ iat: now() + 330 }),
      'no iat': await proof({ iat: undefined }),
      'iat as text': await proof({ iat: String(now()) }),
      'missing jti': await proof({ jti: undefined }),
      'empty jti': await proof({ jti: '' }),
      'jti as number': await proof({ jti: 7 }),
      'jti too long': await proof({ jti: 'j'.repeat(257) }),
      'nine kilobytes': await proof({ filler: 'x'.repeat(9000) }).then(text => text.slice(0, 8100))
    }
    const fields = await waiting()
    const { tokens } = await start()
    for (const [name, header] of Object.entries(bad)) {
      if (!header && !front.emptyHeaders) continue
      refusedWith(await tokenWith(site, key, fields, { proof: header }), 'invalid_dpop_proof', 400, name)
      refusedWith(await tokenWith(site, key, refreshing(client, tokens), { proof: header }), 'invalid_dpop_proof', 400, name)
    }
    assert.equal((await tokenWith(site, key, fields)).status, 200, 'the code is good still')
    assert.equal((await refreshWith(site, key, client, tokens)).status, 200, 'and the refresh token')
  })

  test('htu is compared in its normal form, without query and fragment', async () => {
    const { tokens } = await start()
    let last = tokens
    for (const htu of [at('token') + '?a=b#c', at('x/../%74oken'), at('token').replace('http:', 'HTTP:')]) {
      const answer = await refreshWith(site, key, client, last, { claims: { htu } })
      assert.equal(answer.status, 200, htu + answer.text)
      last = answer.json
    }
    const forged = await refreshWith(site, key, client, last, {
      headers: { Host: 'evil.example' }, claims: { htu: 'http://evil.example/api/oauth/token' }
    })
    refusedWith(forged, 'invalid_dpop_proof', 400, 'nothing is built from Host')
    const root = await postForm(site.url('/token'), refreshing(client, last), { DPoP: await proofOf(key, 'POST', site.url('/token')) })
    assert.equal(root.status, 200, 'each address has its own: ' + root.text)
  })

  test('a replayed jti: 400 invalid_dpop_proof, and of 20 at once one is heard', async () => {
    const { tokens } = await start()
    const proof = await proofOf(key, 'POST', at('token'))
    const first = await refreshWith(site, key, client, tokens, { proof })
    assert.equal(first.status, 200)
    refusedWith(await refreshWith(site, key, client, first.json, { proof }), 'invalid_dpop_proof')
    refusedWith(await refreshWith(site, key, client, tokens, { proof }), 'invalid_dpop_proof', 400, 'the very same request')
    const sameJti = { claims: { jti: decodeJwt(proof).jti } }
    refusedWith(await refreshWith(site, key, client, first.json, sameJti), 'invalid_dpop_proof', 400, 'signed anew')
    const other = await connectWith(site, await newKey(), { client, browser })
    assert.ok(other.tokens, 'a jti is the key\'s own')
    const once = await proofOf(key, 'POST', at('token'))
    const answers = await Promise.all(Array.from({ length: 20 }, () => refreshWith(site, key, client, first.json, { proof: once })))
    assert.equal(answers.filter(a => a.status === 200).length, 1)
    for (const answer of answers.filter(a => a.status !== 200)) refusedWith(answer, 'invalid_dpop_proof')
    assert.match(await site.log(), /DPoP proof replayed/)
  })

  test('no answer without the database: 503, and the proof is good when it is back', async () => {
    const { tokens } = await start()
    const proof = await proofOf(key, 'POST', at('token'))
    await site.control('database', 'stop')
    try {
      const answer = await refreshWith(site, key, client, tokens, { proof })
      refusedWith(answer, 'temporarily_unavailable', 503)
      assert.ok(answer.headers['retry-after'])
    } finally {
      await site.control('database', 'start')
    }
    assert.equal((await refreshWith(site, key, client, tokens, { proof })).status, 200)
  })

  test('a client\'s assertion is not spent by a bad proof, and no proof stands in a log', async () => {
    const own = await newKey()
    const signer = await addSigner(site, { ...own.jwk, kid: 'k' }, '--name', 'Signer', '--client-credentials')
    const fields = {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await new SignJWT({ jti: randomUUID() }).setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setIssuer(signer.client_id).setSubject(signer.client_id).setAudience(site.base).setExpirationTime('1m').sign(own.privateKey)
    }
    const proof = await proofOf(key, 'POST', at('token'), { claims: { htm: 'PUT' } })
    refusedWith(await tokenWith(site, key, fields, { proof }), 'invalid_dpop_proof')
    assert.equal((await tokenWith(site, key, fields)).json.token_type, 'DPoP')
    const log = await site.log()
    assert.ok(!log.includes(proof.slice(-40)))
    assert.match(log, /htm of the DPoP proof is not the method/)
  })
})

describe('refresh tokens', () => {
  test('a public client\'s goes with its key: another key or none is invalid_grant, nothing spent, nothing ended', async () => {
    const { tokens } = await start()
    const other = await newKey()
    for (let i = 0; i < 2; i++) {
      refusedWith(await refreshWith(site, other, client, tokens), 'invalid_grant')
      refusedWith(await token(site, refreshing(client, tokens)), 'invalid_grant')
    }
    const second = await refreshWith(site, key, client, tokens)
    assert.equal(second.status, 200, second.text)
    const third = await refreshWith(site, key, client, second.json)
    assert.equal(third.status, 200)
    refusedWith(await refreshWith(site, other, client, tokens), 'invalid_grant', 400, 'retired, and another key')
    refusedWith(await token(site, refreshing(client, tokens)), 'invalid_grant', 400, 'retired, and no proof')
    assert.equal((await refreshWith(site, key, client, third.json)).status, 200, 'its session lives')
    refusedWith(await refreshWith(site, key, client, tokens), 'invalid_grant', 400, 'retired')
    refusedWith(await refreshWith(site, key, client, third.json), 'invalid_grant', 400, 'that one has ended it')
  })

  test('an answer that got lost: the same token and a new proof by the same key have the same successor', async () => {
    const { tokens } = await start()
    const answers = []
    for (let i = 0; i < 3; i++) answers.push(await refreshWith(site, key, client, tokens))
    for (const answer of answers) {
      assert.equal(answer.status, 200, answer.text)
      assert.equal(answer.json.refresh_token, answers[0].json.refresh_token)
      assert.equal(answer.json.token_type, 'DPoP')
    }
    const parallel = await Promise.all(Array.from({ length: 10 }, () => refreshWith(site, key, client, answers[0].json)))
    assert.deepEqual(new Set(parallel.map(a => a.status)), new Set([200]))
    assert.equal(new Set(parallel.map(a => a.json.refresh_token)).size, 1)
  })

  test('one that was not bound is from the first proof on', async () => {
    const { tokens } = await connect(site, { client, browser })
    const bound = await refreshWith(site, key, client, tokens)
    assert.equal(bound.json.token_type, 'DPoP')
    refusedWith(await token(site, refreshing(client, bound.json)), 'invalid_grant')
    assert.equal((await refreshWith(site, key, client, bound.json)).status, 200)
  })

  test('one that was not bound, and was stolen, ends its session when both use it', async () => {
    const { tokens } = await connect(site, { client, browser })
    const thief = await newKey()
    const taken = await refreshWith(site, thief, client, tokens)
    assert.equal(taken.status, 200)
    refusedWith(await token(site, refreshing(client, tokens)), 'invalid_grant', 400, 'its owner')
    refusedWith(await refreshWith(site, thief, client, taken.json), 'invalid_grant', 400, 'the thief')
  })

  test('a repeat with a key takes nothing away from who has none', async () => {
    const { tokens } = await connect(site, { client, browser })
    const once = await token(site, refreshing(client, tokens))
    const repeated = await refreshWith(site, key, client, tokens)
    assert.equal(repeated.json.token_type, 'DPoP')
    assert.equal(repeated.json.refresh_token, once.json.refresh_token)
    assert.equal((await token(site, refreshing(client, once.json))).status, 200)
  })

  test('a confidential client\'s is not bound: another key will do, and none gives a bearer token', async () => {
    const confidential = await register(site, { token_endpoint_auth_method: 'client_secret_post' })
    const secret = { client_secret: confidential.client_secret }
    const code = { ...await waiting({}, confidential), ...secret }
    const first = await tokenWith(site, key, code)
    assert.equal(first.json.token_type, 'DPoP', first.text)
    const other = await newKey()
    const second = await tokenWith(site, other, { ...refreshing(confidential, first.json), ...secret })
    assert.equal(second.json.token_type, 'DPoP', second.text)
    assert.deepEqual(decodeJwt(second.json.access_token).cnf, { jkt: other.jkt })
    const third = await token(site, { ...refreshing(confidential, second.json), ...secret })
    assert.equal(third.json.token_type, 'Bearer', third.text)
  })
})

describe('other grants', () => {
  test('client_credentials', async () => {
    const machine = await addClient(site, '--name', 'Nightly', '--client-credentials')
    const answer = await tokenWith(site, key, {
      grant_type: 'client_credentials', client_id: machine.client_id, client_secret: machine.client_secret
    })
    assert.equal(answer.json.token_type, 'DPoP', answer.text)
    assert.equal((await rpcWith(site, key, answer.json.access_token)).status, 200)
  })

  test('device_code: its refresh token is bound as well', async () => {
    const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
    const television = await register(site, { grant_types: [grantType, 'refresh_token'] })
    const device = (await postForm(at('device_authorization'), { client_id: television.client_id })).json
    const fields = { grant_type: grantType, device_code: device.device_code, client_id: television.client_id }
    refusedWith(await tokenWith(site, key, fields), 'authorization_pending')
    const page = await browser.get('/api/oauth/device')
    const typed = await browser.post('/api/oauth/device', { ...hidden(page.text), user_code: device.user_code })
    const consent = await browser.follow(typed)
    assert.equal((await browser.post('/api/oauth/consent', { ...consent.fields, decision: 'authorize' })).status, 200)
    const tokens = (await tokenWith(site, key, fields)).json
    assert.equal(tokens.token_type, 'DPoP')
    refusedWith(await token(site, refreshing(television, tokens)), 'invalid_grant')
    assert.equal((await refreshWith(site, key, television, tokens)).json.token_type, 'DPoP')
  })
})

describe('codes that are bound', () => {
  test('by dpop_jkt: another key or none is invalid_grant, and nothing is spent', async () => {
    const fields = await waiting({ dpop_jkt: key.jkt })
    refusedWith(await token(site, fields), 'invalid_grant')
    refusedWith(await tokenWith(site, await newKey(), fields), 'invalid_grant')
    assert.equal((await tokenWith(site, key, fields)).json.token_type, 'DPoP')
  })

  test('a dpop_jkt that is no thumbprint goes back as invalid_request', async () => {
    for (const jkt of ['x', key.jkt + 'A', key.jkt.slice(1), key.jkt.slice(0, -1) + '+']) {
      const answer = await browser.authorize(authorizationRequest(client, newVerifier(), { dpop_jkt: jkt }))
      assert.equal(new URL(answer.headers.location).searchParams.get('error'), 'invalid_request', jkt)
    }
  })

  const push = async (fields, proof) => postForm(at('par'), fields, proof ? { DPoP: proof } : {})
  const pushed = async (uri, verifier) => redemption(client, await browser.code({ client_id: client.client_id, request_uri: uri }), verifier)

  test('by dpop_jkt or a proof at par, or both that agree', async () => {
    const proof = () => proofOf(key, 'POST', at('par'))
    for (const [name, params, header] of [
      ['dpop_jkt', { dpop_jkt: key.jkt }, null], ['a proof', {}, await proof()], ['both', { dpop_jkt: key.jkt }, await proof()]
    ]) {
      const verifier = newVerifier()
      const answer = await push(authorizationRequest(client, verifier, params), header)
      assert.equal(answer.status, 201, name + answer.text)
      const fields = await pushed(answer.json.request_uri, verifier)
      refusedWith(await token(site, fields), 'invalid_grant', 400, name)
      refusedWith(await tokenWith(site, await newKey(), fields), 'invalid_grant', 400, name)
      assert.equal((await tokenWith(site, key, fields)).json.token_type, 'DPoP', name)
    }
  })

  test('both that differ, a bad proof and a used one: 400 invalid_dpop_proof', async () => {
    const request = more => authorizationRequest(client, newVerifier(), more)
    refusedWith(await push(request({ dpop_jkt: (await newKey()).jkt }), await proofOf(key, 'POST', at('par'))), 'invalid_dpop_proof')
    refusedWith(await push(request(), await proofOf(key, 'POST', at('token'))), 'invalid_dpop_proof')
    const used = await proofOf(key, 'POST', at('par'))
    assert.equal((await push(request(), used)).status, 201)
    refusedWith(await push(request(), used), 'invalid_dpop_proof')
    refusedWith(await push(request({ dpop_jkt: 'x' })), 'invalid_request')
  })
})

describe('clients that always use DPoP', () => {
  test('a token request without a proof is invalid_request, and nothing is spent', async () => {
    const strict = await register(site, { dpop_bound_access_tokens: true })
    assert.equal(strict.dpop_bound_access_tokens, true)
    const fields = await waiting({}, strict)
    refusedWith(await token(site, fields), 'invalid_request')
    const { json: tokens } = await tokenWith(site, key, fields)
    assert.equal(tokens.token_type, 'DPoP')
    refusedWith(await token(site, refreshing(strict, tokens)), 'invalid_grant', 400, 'bound to a key besides')
    assert.equal((await refreshWith(site, key, strict, tokens)).status, 200)
  })

  test('also a confidential one, and a machine', async () => {
    const strict = await register(site, { dpop_bound_access_tokens: true, token_endpoint_auth_method: 'client_secret_post' })
    const secret = { client_secret: strict.client_secret }
    const { json: tokens } = await tokenWith(site, key, { ...await waiting({}, strict), ...secret })
    refusedWith(await token(site, { ...refreshing(strict, tokens), ...secret }), 'invalid_request')
    assert.equal((await tokenWith(site, key, { ...refreshing(strict, tokens), ...secret })).status, 200)
    const machine = await addClient(site, '--name', 'Strict', '--client-credentials', '--dpop')
    const asking = { grant_type: 'client_credentials', client_id: machine.client_id, client_secret: machine.client_secret }
    refusedWith(await token(site, asking), 'invalid_request')
    assert.equal((await tokenWith(site, key, asking)).json.token_type, 'DPoP')
  })

  test('it can be read and changed, and must be a boolean', async () => {
    const strict = await register(site, { dpop_bound_access_tokens: true })
    const bearer = { Authorization: `Bearer ${strict.registration_access_token}` }
    const manage = (method, value) => sendJson(strict.registration_client_uri, method, value ?? '', bearer)
    assert.equal((await send(strict.registration_client_uri, { headers: bearer })).json.dpop_bound_access_tokens, true)
    const metadata = { client_id: strict.client_id, redirect_uris: strict.redirect_uris, token_endpoint_auth_method: 'none' }
    assert.ok(!('dpop_bound_access_tokens' in (await manage('PUT', metadata)).json))
    assert.equal((await token(site, await waiting({}, strict))).json.token_type, 'Bearer')
    for (const wrong of ['true', 1, [], {}]) {
      refusedWith(await manage('PUT', { ...metadata, dpop_bound_access_tokens: wrong }), 'invalid_client_metadata')
    }
    assert.equal((await manage('PUT', { ...metadata, dpop_bound_access_tokens: true })).json.dpop_bound_access_tokens, true)
    refusedWith(await token(site, await waiting({}, strict)), 'invalid_request')
  })
})

describe('introspection, userinfo, revocation', () => {
  test('introspection tells the key', async () => {
    const server = await addClient(site, '--name', 'MCP server', '--introspect', '/mcp')
    const { tokens } = await start()
    const answer = await postForm(at('introspect'), { token: tokens.access_token, ...server })
    assert.equal(answer.json.active, true, answer.text)
    assert.equal(answer.json.token_type, 'DPoP')
    assert.deepEqual(answer.json.cnf, { jkt: key.jkt })
  })

  test('userinfo takes a bound token with a proof, and each proof once', async () => {
    const url = at('userinfo')
    const { tokens } = await connectWith(site, key, { client, browser, params: { scope: 'openid email' } })
    const text = tokens.access_token
    const headers = await callHeaders(key, 'GET', url, text)
    const answer = await send(url, { headers })
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.json.email, site.email)
    const posted = await send(url, { method: 'POST', headers: await callHeaders(key, 'POST', url, text) })
    assert.equal(posted.status, 200, posted.text)
    const other = await newKey()
    const unbound = (await connect(site, { client, browser, params: { scope: 'openid' } })).tokens.access_token
    for (const [name, bad, error, scheme] of [
      ['replayed', headers, 'invalid_dpop_proof', 'DPoP'],
      ['no proof', { Authorization: headers.Authorization }, 'invalid_dpop_proof', 'DPoP'],
      ['wrong ath', await callHeaders(key, 'GET', url, text, { claims: { ath: 'x' } }), 'invalid_dpop_proof', 'DPoP'],
      ['no ath', await callHeaders(key, 'GET', url, text, { claims: { ath: undefined } }), 'invalid_dpop_proof', 'DPoP'],
      ['wrong method', await callHeaders(key, 'POST', url, text), 'invalid_dpop_proof', 'DPoP'],
      ['another key', await callHeaders(other, 'GET', url, text), 'invalid_token', 'DPoP'],
      ['bound token as Bearer', { Authorization: `Bearer ${text}` }, 'invalid_token', 'Bearer'],
      ['bound token as Bearer, with a proof', { ...await callHeaders(key, 'GET', url, text), Authorization: `Bearer ${text}` }, 'invalid_token', 'Bearer'],
      ['unbound token as DPoP', await callHeaders(key, 'GET', url, unbound), 'invalid_token', 'DPoP']
    ]) {
      const refused = await send(url, { headers: bad })
      refusedWith(refused, error, 401, name)
      const challenges = challengesOf(refused)
      assert.equal(challenges[scheme].error, error, name)
      assert.equal(challenges[scheme === 'DPoP' ? 'Bearer' : 'DPoP'].error, undefined, name)
    }
  })

  test('revocation asks for no proof', async () => {
    const { tokens } = await start()
    assert.equal((await postForm(at('revoke'), { token: tokens.refresh_token, client_id: client.client_id })).status, 200)
    refusedWith(await refreshWith(site, key, client, tokens), 'invalid_grant')
  })

  test('pages of other sites may send a proof and read what comes back', async () => {
    for (const path of ['token', 'par', 'userinfo']) {
      const preflight = await send(at(path), {
        method: 'OPTIONS', headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'dpop' }
      })
      assert.equal(preflight.status, 204)
      assert.match(preflight.headers['access-control-allow-headers'], /\bDPoP\b/)
      const answer = await send(at(path), { method: 'POST', headers: { Origin: 'https://app.example' } })
      assert.match(answer.headers['access-control-expose-headers'], /DPoP-Nonce/)
      assert.match(answer.headers['access-control-expose-headers'], /WWW-Authenticate/)
    }
  })
})
