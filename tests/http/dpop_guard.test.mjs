// SPDX-License-Identifier: MIT
// DPoP at the guard (RFC 9449 s7): bound tokens, their proofs, and what becomes
// of a proof that was used.
import assert from 'node:assert/strict'
import { mkdir, open, rm, rmdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { callHeaders, challengesOf, connectWith, newKey, proofOf, rpcWith } from '../lib/dpop.mjs'
import { Browser, connect, register, rpc, whoami } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { startSite } from '../lib/site.mjs'

const conf = 'MCP_RESOURCES=/mcp /echo'
const now = () => Math.floor(Date.now() / 1000)
const tablePlaces = 1 << 20
let site, key, bound, unbound, echo, seen
before(async () => {
  // A server that remembers what reaches it.
  seen = []
  echo = createServer((rq, rs) => {
    seen.push(rq.headers)
    rs.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
  })
  await new Promise(resolve => echo.listen(0, '127.0.0.1', resolve))
  site = await startSite({
    conf,
    guardConf: conf + '\nMCP_ALLOWED_ORIGINS=https://app.example',
    serve: { '/echo': `http://127.0.0.1:${echo.address().port}/mcp` }
  })
  key = await newKey()
  const client = await register(site)
  const browser = new Browser(site)
  bound = (await connectWith(site, key, { client, browser })).tokens.access_token
  unbound = (await connect(site, { client, browser })).tokens.access_token
})
after(async () => {
  await site?.stop()
  echo?.close()
})

const post = headers => send(site.mcp, { method: 'POST', headers })
const call = (options, url = site.mcp) => callHeaders(key, 'POST', url, bound, options)

// 401 with the error in the challenge of the scheme that was used, Bearer first.
function refusedWith (answer, error, scheme, why) {
  assert.equal(answer.status, 401, why + ' ' + answer.text)
  assert.equal(answer.json.error, error, why)
  assert.match(answer.headers['www-authenticate'], /^Bearer /, why)
  const challenges = challengesOf(answer)
  assert.equal(challenges.Bearer.resource_metadata, site.url('/.well-known/oauth-protected-resource/mcp'), why)
  assert.equal(challenges.DPoP.algs, 'ES256 RS256 EdDSA Ed25519', why)
  assert.equal(challenges[scheme].error, error, why)
  assert.equal(challenges[scheme === 'DPoP' ? 'Bearer' : 'DPoP'].error, undefined, why)
  assert.match(answer.headers['cache-control'], /no-store/)
}

test('without a token both schemes are offered, Bearer first and no error', async () => {
  const answer = await post({})
  assert.equal(answer.status, 401)
  assert.match(answer.headers['www-authenticate'],
    /^Bearer scope="[^"]+", resource_metadata="[^"]+", DPoP algs="ES256 RS256 EdDSA Ed25519"$/)
})

describe('a bound token', () => {
  for (const alg of ['ES256', 'RS256', 'EdDSA', 'Ed25519']) {
    test(`${alg}: with a proof for each call the server learns who it is`, async () => {
      const own = await newKey(alg)
      const { tokens, client } = await connectWith(site, own)
      for (let i = 0; i < 3; i++) {
        const answer = await rpcWith(site, own, tokens.access_token)
        assert.equal(answer.status, 200, answer.text)
        assert.equal(answer.json.result.structuredContent.client, client.client_id)
      }
    })
  }

  test('the scheme is of any case, other methods have proofs of their own, a query is not in htu', async () => {
    const { Authorization, ...rest } = await call()
    assert.equal((await rpc(site.mcp, null, 'ping', {}, { ...rest, Authorization: Authorization.replace('DPoP', 'dPoP') })).status, 200)
    assert.equal((await send(site.mcp, { headers: await callHeaders(key, 'GET', site.mcp, bound) })).status, 405, 'the server\'s own word')
    assert.equal((await rpcWith(site, key, bound, { url: site.mcp + '?a=b' })).status, 200)
    assert.equal((await rpcWith(site, key, bound, { claims: { htu: site.mcp + '?x=y#z' } })).status, 200)
  })

  test('what is no good proof: 401 invalid_dpop_proof', async () => {
    const good = (await call()).DPoP
    const header = options => call(options).then(headers => headers.DPoP)
    const bad = {
      'no proof': undefined,
      garbage: 'x',
      'a doubled header': [good, (await call()).DPoP],
      'a doubled header, twice the same': [good, good],
      'wrong typ': await header({ header: { typ: 'JWT' } }),
      'private jwk': await header({ header: { jwk: key.privateJwk } }),
      'no jwk': await header({ header: { jwk: undefined } }),
      'foreign jwk': await header({ header: { jwk: (await newKey()).jwk } }),
      'wrong htm': await header({ claims: { htm: 'GET' } }),
      'wrong htu': await header({ claims: { htu: site.url('/echo') } }),
      'htu of a path below': await header({ claims: { htu: site.mcp + '/x' } }),
      'htu of the token endpoint': await header({ claims: { htu: site.url('/api/oauth/token') } }),
      'old iat': await header({ claims: { iat: now() - 310 } }),
      'future iat': await header({ claims: { iat: now() + 330 } }),
      'missing jti': await header({ claims: { jti: undefined } }),
      'jti too long': await header({ claims: { jti: 'j'.repeat(257) } }),
      'wrong ath': await proofOf(key, 'POST', site.mcp, { accessToken: unbound }),
      'no ath': await proofOf(key, 'POST', site.mcp)
    }
    for (const [name, DPoP] of Object.entries(bad)) {
      const headers = { Authorization: `DPoP ${bound}`, ...(DPoP ? { DPoP } : {}) }
      refusedWith(await post(headers), 'invalid_dpop_proof', 'DPoP', name)
    }
    assert.equal((await rpcWith(site, key, bound, { headers: { DPoP: good } })).status, 200, 'nothing of that used the good one')
  })

  test('with a proof by another key, and as a bearer token: 401 invalid_token', async () => {
    const other = await newKey()
    refusedWith(await post(await callHeaders(other, 'POST', site.mcp, bound)), 'invalid_token', 'DPoP', 'another key')
    refusedWith(await post({ Authorization: `Bearer ${bound}` }), 'invalid_token', 'Bearer', 'as Bearer')
    refusedWith(await post({ ...await call(), Authorization: `Bearer ${bound}` }), 'invalid_token', 'Bearer', 'as Bearer, with a proof')
  })

  test('an unbound token by the scheme DPoP: 401 invalid_token; as ever by Bearer, whatever stands beside it', async () => {
    refusedWith(await post(await callHeaders(key, 'POST', site.mcp, unbound)), 'invalid_token', 'DPoP', 'unbound')
    refusedWith(await post({ Authorization: `DPoP ${unbound}` }), 'invalid_token', 'DPoP', 'unbound, no proof')
    assert.equal((await whoami(site, unbound)).email, site.email)
    assert.equal((await rpc(site.mcp, unbound, 'ping', {}, { DPoP: 'x' })).status, 200)
  })

  test('bad tokens by the scheme DPoP are what they are by Bearer', async () => {
    const proof = text => callHeaders(key, 'POST', site.mcp, text)
    for (const text of ['x', bound.slice(0, -2), bound.replace(/\.[^.]+\./, '.e30.')]) {
      refusedWith(await post(await proof(text)), 'invalid_token', 'DPoP', text.slice(0, 20))
    }
    for (const Authorization of ['DPoP', 'DPoP ', `DPoP ${bound} x`, `DPoP ${bound}, DPoP ${bound}`]) {
      const answer = await post({ ...await call(), Authorization })
      assert.equal(answer.status, 400, Authorization.slice(0, 10))
      assert.equal(challengesOf(answer).DPoP.error, 'invalid_request')
    }
    const other = (await connectWith(site, key, { params: { resource: site.url('/echo') } })).tokens.access_token
    refusedWith(await post(await proof(other)), 'invalid_token', 'DPoP', 'of another resource')
  })
})

describe('used proofs', () => {
  test('a proof is good once: 401 invalid_dpop_proof, and of 20 at once one is let in', async () => {
    const headers = await call()
    assert.equal((await rpc(site.mcp, null, 'ping', {}, headers)).status, 200)
    for (let i = 0; i < 3; i++) refusedWith(await rpc(site.mcp, null, 'ping', {}, headers), 'invalid_dpop_proof', 'DPoP', 'again')
    const once = await call()
    const answers = await Promise.all(Array.from({ length: 20 }, () => rpc(site.mcp, null, 'ping', {}, once)))
    assert.equal(answers.filter(a => a.status === 200).length, 1)
    for (const answer of answers.filter(a => a.status !== 200)) refusedWith(answer, 'invalid_dpop_proof', 'DPoP', 'at once')
    assert.match(await site.log(), /DPoP proof replayed/)
  })

  test('the same jti signed anew is used as well; another key\'s is not', async () => {
    const claims = { jti: 'the same' }
    assert.equal((await rpcWith(site, key, bound, { claims })).status, 200)
    refusedWith(await rpcWith(site, key, bound, { claims }), 'invalid_dpop_proof', 'DPoP', 'signed anew')
    const own = await newKey()
    const { tokens } = await connectWith(site, own)
    assert.equal((await rpcWith(site, own, tokens.access_token, { claims })).status, 200)
  })

  test('a call that was refused for something else did not use its proof', async () => {
    const headers = await call()
    assert.equal((await rpc(site.mcp, null, 'ping', {}, { ...headers, Origin: 'https://evil.example' })).status, 403)
    assert.equal((await rpc(site.mcp, null, 'ping', {}, { ...headers, Origin: 'https://app.example' })).status, 200)
    assert.equal((await rpc(site.mcp, null, 'ping', {}, headers)).status, 401)
  })

  test('no place for one more: 503, and nobody gets in unnoticed', async () => {
    const file = await open(join(site.values.STATE, 'run/dpop-proofs'), 'r+')
    try {
      const before = await file.readFile()
      assert.equal(before.length, tablePlaces * 16)
      assert.equal((await file.stat()).mode & 0o777, 0o600)
      await file.write(Buffer.alloc(before.length, 0xff), 0, before.length, 0)
      const headers = await call()
      for (let i = 0; i < 2; i++) {
        const answer = await rpc(site.mcp, null, 'ping', {}, headers)
        assert.equal(answer.status, 503, answer.text)
        assert.equal(answer.json.error, 'temporarily_unavailable')
        assert.ok(answer.headers['retry-after'])
      }
      assert.equal((await whoami(site, unbound)).email, site.email, 'bearer tokens need none')
      await file.write(before, 0, before.length, 0)
      assert.equal((await rpc(site.mcp, null, 'ping', {}, headers)).status, 200)
    } finally {
      await file.close()
    }
    assert.match(await site.log(), /too many DPoP proofs/)
  })

  test('nowhere to note them: 503, bearer tokens as ever, and on it goes once there is', async () => {
    const path = join(site.values.STATE, 'run/dpop-proofs')
    const headers = await call()
    await rm(path)
    await mkdir(path)
    try {
      const answer = await rpc(site.mcp, null, 'ping', {}, headers)
      assert.equal(answer.status, 503, answer.text)
      assert.equal(answer.json.error, 'temporarily_unavailable')
      assert.equal((await whoami(site, unbound)).email, site.email)
    } finally {
      await rmdir(path)
    }
    assert.equal((await rpc(site.mcp, null, 'ping', {}, headers)).status, 200)
    refusedWith(await rpc(site.mcp, null, 'ping', {}, headers), 'invalid_dpop_proof', 'DPoP', 'noted')
  })
})

test('the server behind sees neither token nor proof', async () => {
  const url = site.url('/echo')
  const text = (await connectWith(site, key, { params: { resource: url } })).tokens.access_token
  const answer = await send(url, { method: 'POST', headers: await callHeaders(key, 'POST', url, text) })
  assert.equal(answer.status, 200, answer.text)
  assert.equal(seen.length, 1)
  assert.equal(seen[0].authorization, undefined)
  assert.equal(seen[0].dpop, undefined)
  assert.ok(seen[0]['x-mcp-subject'])
})

test('a page of another site may send a proof, and reads a refusal', async () => {
  const preflight = await send(site.mcp, {
    method: 'OPTIONS', headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'dpop' }
  })
  assert.equal(preflight.status, 204)
  assert.match(preflight.headers['access-control-allow-headers'], /\bDPoP\b/)
  for (const headers of [{}, await call()]) {
    const answer = await post({ Origin: 'https://app.example', ...headers })
    assert.match(answer.headers['access-control-expose-headers'], /WWW-Authenticate.*DPoP-Nonce/)
  }
})

test('no proof stands in any log', async () => {
  const headers = await call({ claims: { iat: 1 } })
  await post(headers)
  const log = await site.log()
  assert.ok(!log.includes(headers.DPoP.slice(-40)))
  assert.match(log, /iat of the DPoP proof/)
  assert.match(log, new RegExp(`dpop_jkt="?${key.jkt}`))
})
