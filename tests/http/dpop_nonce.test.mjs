// SPDX-License-Identifier: MIT
// Nonces for DPoP proofs (RFC 9449 s8, s9), and a site without DPoP.
import assert from 'node:assert/strict'
import { createHmac, hkdfSync } from 'node:crypto'
import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import { callHeaders, challengesOf, connectWith, newKey, proofOf, refreshWith, rpcWith, tokenWith } from '../lib/dpop.mjs'
import { authorizationRequest, Browser, connect, newVerifier, redemption, refreshing, register, rpc, token, until, whoami } from '../lib/flow.mjs'
import { postForm, send } from '../lib/http.mjs'
import { addClient, startSite } from '../lib/site.mjs'

const period = 150
const now = () => Math.floor(Date.now() / 1000)

describe('DPOP_NONCE=on', () => {
  const conf = 'DPOP_NONCE=on'
  let site, key, client, browser, keyFile
  before(async () => {
    site = await startSite({ conf, guardConf: conf })
    key = await newKey()
    client = await register(site)
    browser = new Browser(site)
    keyFile = join(site.values.STATE, 'run/dpop-nonce-key')
  })
  after(() => site?.stop())
  // What a test calls old must not become too old while it runs.
  beforeEach(async () => {
    while (now() % period > period - 5) await new Promise(resolve => setTimeout(resolve, 100))
  })

  const at = path => site.url('/api/oauth/' + path)
  const nonceOf = (key, ago = 0) => createHmac('sha256', key)
    .update(String(Math.floor(now() / period) - ago)).digest().subarray(0, 16).toString('base64url')
  const serverKey = async () => {
    const secret = /^JWT_SECRET=(.*)$/m.exec(await readFile(site.values.MCP_OAUTH_CONFIG, 'utf8'))[1]
    return Buffer.from(hkdfSync('sha256', secret, site.base, 'dpop nonce', 32))
  }

  async function fields (who = client) {
    const verifier = newVerifier()
    return redemption(who, await browser.code(authorizationRequest(who, verifier)), verifier)
  }
  // The nonce that a refusal gives.
  function offered (answer, status, why) {
    assert.equal(answer.status, status, why + answer.text)
    assert.equal(answer.json.error, 'use_dpop_nonce', why)
    assert.match(answer.headers['cache-control'], /no-store/)
    assert.match(answer.headers['dpop-nonce'], /^[A-Za-z0-9_-]{22}$/)
    return answer.headers['dpop-nonce']
  }
  const start = async () => {
    const nonce = nonceOf(await serverKey())
    return (await tokenWith(site, key, await fields(), { nonce })).json
  }

  test('the token endpoint demands one, spends nothing, and takes the one it gave', async () => {
    const code = await fields()
    const nonce = offered(await tokenWith(site, key, code), 400, 'none')
    for (const wrong of ['x', nonce.slice(1), nonce.toLowerCase(), nonceOf(await serverKey(), 2), nonceOf(await serverKey(), -2)]) {
      offered(await tokenWith(site, key, code, { nonce: wrong }), 400, wrong)
    }
    const answer = await tokenWith(site, key, code, { nonce })
    assert.equal(answer.json.token_type, 'DPoP', answer.text)
    const again = await refreshWith(site, key, client, answer.json, { nonce })
    assert.equal(again.status, 200, 'a nonce is good more than once')
    const proof = await proofOf(key, 'POST', at('token'), { nonce })
    const third = await refreshWith(site, key, client, again.json, { proof })
    assert.equal((await refreshWith(site, key, client, third.json, { proof })).json.error, 'invalid_dpop_proof', 'a proof is not')
  })

  test('who brings no proof hears of no nonce', async () => {
    const answer = await token(site, await fields())
    assert.equal(answer.json.token_type, 'Bearer')
    assert.equal(answer.headers['dpop-nonce'], undefined)
  })

  test('a client whose clock is wrong works by the nonce', async () => {
    const nonce = nonceOf(await serverKey())
    for (const iat of [1, now() - 86400, now() + 86400]) {
      const answer = await tokenWith(site, key, await fields(), { nonce, claims: { iat } })
      assert.equal(answer.json.token_type, 'DPoP', answer.text)
    }
    const without = await tokenWith(site, key, await fields(), { nonce, claims: { iat: undefined } })
    assert.equal(without.json.error, 'invalid_dpop_proof')
  })

  test('an ageing one is good, and a fresh one comes with the answer', async () => {
    const answer = await tokenWith(site, key, await fields(), { nonce: nonceOf(await serverKey(), 1) })
    assert.equal(answer.status, 200, answer.text)
    const fresh = answer.headers['dpop-nonce']
    assert.ok(fresh)
    const next = await refreshWith(site, key, client, answer.json, { nonce: fresh })
    assert.equal(next.status, 200)
    assert.equal(next.headers['dpop-nonce'], undefined)
  })

  test('par and userinfo', async () => {
    const request = authorizationRequest(client, newVerifier())
    const push = async options => postForm(at('par'), request, { DPoP: await proofOf(key, 'POST', at('par'), options) })
    const nonce = offered(await push(), 400, 'par')
    assert.equal((await push({ nonce })).status, 201)

    const verifier = newVerifier()
    const code = await browser.code(authorizationRequest(client, verifier, { scope: 'openid' }))
    const { access_token: text } = (await tokenWith(site, key, redemption(client, code, verifier), { nonce })).json
    const ask = async options => send(at('userinfo'), { headers: await callHeaders(key, 'GET', at('userinfo'), text, options) })
    const refused = await ask()
    offered(refused, 401, 'userinfo')
    assert.equal(challengesOf(refused).DPoP.error, 'use_dpop_nonce')
    assert.equal((await ask({ nonce })).status, 200)
    assert.ok((await ask({ nonce: nonceOf(await serverKey(), 1) })).headers['dpop-nonce'])
  })

  test('the guard demands one of its own, whose key lies beside what guards share', async () => {
    const { access_token: text } = await start()
    const refused = await rpcWith(site, key, text)
    const nonce = offered(refused, 401, 'guard')
    assert.match(refused.headers['www-authenticate'], /^Bearer [^,]+, resource_metadata="[^"]+", DPoP error="use_dpop_nonce", /)
    assert.equal(nonce, nonceOf(await readFile(keyFile)))
    offered(await rpcWith(site, key, text, { nonce: nonceOf(await serverKey()) }), 401, 'the token endpoint\'s')
    offered(await rpcWith(site, key, text, { nonce: nonceOf(await readFile(keyFile), 2) }), 401, 'old')
    const answer = await rpcWith(site, key, text, { nonce, claims: { iat: 1 } })
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.headers['dpop-nonce'], undefined)
    const ageing = await rpcWith(site, key, text, { nonce: nonceOf(await readFile(keyFile), 1) })
    assert.equal(ageing.status, 200, ageing.text)
    assert.equal(ageing.headers['dpop-nonce'], nonceOf(await readFile(keyFile)))
    const page = await rpcWith(site, key, text, { nonce: nonceOf(await readFile(keyFile), 1), headers: { Origin: 'https://evil.example' } })
    assert.equal(page.status, 403)
    assert.ok(page.headers['dpop-nonce'], 'with a refusal too')
    assert.equal((await whoami(site, (await connect(site, { client, browser })).tokens.access_token)).email, site.email, 'bearer tokens need none')
  })

  test('all guards of the host have one key, also a new one where it was removed', async () => {
    const { access_token: text } = await start()
    const nonce = offered(await rpcWith(site, key, text), 401, 'before')
    const answers = await Promise.all(Array.from({ length: 20 }, () => rpcWith(site, key, text, { nonce })))
    assert.deepEqual(new Set(answers.map(a => a.status)), new Set([200]))
    await rm(keyFile)
    const after = offered(await rpcWith(site, key, text, { nonce }), 401, 'removed')
    const again = await Promise.all(Array.from({ length: 20 }, () => rpcWith(site, key, text, { nonce: after })))
    assert.deepEqual(new Set(again.map(a => a.status)), new Set([200]))
  })

  test('no key to be had: 503 for who brings a proof, bearer tokens as ever', async () => {
    const { access_token: text } = await start()
    const bearer = (await connect(site, { client, browser })).tokens.access_token
    await rm(keyFile, { force: true })
    await mkdir(keyFile)
    try {
      const answer = await rpcWith(site, key, text)
      assert.equal(answer.status, 503, answer.text)
      assert.equal(answer.json.error, 'temporarily_unavailable')
      assert.equal((await whoami(site, bearer)).email, site.email)
      const bare = await rpc(site.mcp, null, 'ping', {}, { Authorization: `DPoP ${text}` })
      assert.equal(bare.json.error, 'invalid_dpop_proof')
    } finally {
      await rmdir(keyFile)
    }
    offered(await rpcWith(site, key, text), 401, 'a new one')
  })
})

describe('DPOP=off', () => {
  let site, key, client, browser
  before(async () => {
    site = await startSite()
    key = await newKey()
    client = await register(site)
    browser = new Browser(site)
  })
  after(() => site?.stop())

  // Both files say it from now on.
  async function turn (word) {
    await site.control('web', 'stop')
    for (const file of [site.values.MCP_OAUTH_CONFIG, site.values.GUARD_CONFIG]) {
      const text = await readFile(file, 'utf8')
      await writeFile(file, text.replace(/^DPOP=.*\n/m, '') + `DPOP=${word}\n`)
    }
    await site.control('web', 'start')
    await until(() => send(site.mcp).then(answer => answer.status === 401, () => false))
  }
  const advertised = () => Promise.all(['oauth-authorization-server', 'openid-configuration', 'oauth-protected-resource/mcp'].map(async path =>
    'dpop_signing_alg_values_supported' in (await send(site.url('/.well-known/' + path))).json))

  test('it is not advertised, proofs are ignored, and bound tokens are no good until it is on again', async () => {
    const strict = await register(site, { dpop_bound_access_tokens: true })
    const { tokens } = await connectWith(site, key, { client, browser })
    assert.deepEqual(await advertised(), [true, true, true])
    await turn('off')
    assert.deepEqual(await advertised(), [false, false, false])
    assert.doesNotMatch((await send(site.mcp)).headers['www-authenticate'], /DPoP/)

    const proof = await proofOf(key, 'POST', site.url('/api/oauth/token'))
    const verifier = newVerifier()
    const code = await browser.code(authorizationRequest(client, verifier, { dpop_jkt: 'no thumbprint' }))
    const answer = await tokenWith(site, key, redemption(client, code, verifier), { proof: proof + 'broken' })
    assert.equal(answer.json.token_type, 'Bearer', answer.text)
    assert.ok(!('cnf' in decodeJwt(answer.json.access_token)))
    assert.equal((await whoami(site, answer.json.access_token)).email, site.email)

    const bearer = await rpc(site.mcp, tokens.access_token, 'ping', {})
    assert.equal(bearer.status, 401)
    assert.equal(challengesOf(bearer).Bearer.error, 'invalid_token')
    const other = await rpcWith(site, key, tokens.access_token)
    assert.equal(other.status, 401)
    assert.equal(challengesOf(other).Bearer.error, undefined, 'a scheme that is not known')
    assert.equal((await refreshWith(site, key, client, tokens)).json.error, 'invalid_grant')

    const second = newVerifier()
    const strictCode = await browser.code(authorizationRequest(strict, second))
    assert.equal((await tokenWith(site, key, redemption(strict, strictCode, second))).json.error, 'invalid_request')
    assert.ok(!('dpop_bound_access_tokens' in await register(site, { dpop_bound_access_tokens: true })))
    const machine = await addClient(site, '--name', 'Nightly', '--client-credentials')
    const granted = await tokenWith(site, key, { grant_type: 'client_credentials', client_id: machine.client_id, client_secret: machine.client_secret })
    assert.equal(granted.json.token_type, 'Bearer')

    await turn('on')
    assert.equal((await rpcWith(site, key, tokens.access_token)).status, 200, 'nothing was ended')
    assert.equal((await refreshWith(site, key, client, tokens)).status, 200)
    assert.equal((await token(site, refreshing(client, tokens))).json.error, 'invalid_grant')
  })
})
