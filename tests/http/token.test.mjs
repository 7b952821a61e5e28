// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { SignJWT, exportJWK, generateKeyPair } from 'jose'
import { authorizationRequest, Browser, connect, newVerifier, redemption, refreshing, register, token, whoami } from '../lib/flow.mjs'
import { postForm, postJson, send } from '../lib/http.mjs'
import { addClient, addSigner, startSite } from '../lib/site.mjs'
import { stillServing } from '../lib/still_serving.mjs'

let site, client, browser
before(async () => {
  site = await startSite()
  client = await register(site)
  browser = new Browser(site)
})
after(() => site?.stop())
stillServing(() => site)

const newCode = async verifier => browser.code(authorizationRequest(client, verifier))
const open = () => connect(site, { client, browser })
const refresh = (tokens, more) => token(site, { ...refreshing(client, tokens), ...more })

function refusedWith (answer, status, error) {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.json.error, error)
  assert.match(answer.headers['cache-control'], /no-store/)
  assert.match(answer.headers['content-type'], /^application\/json/)
}

// Until the guard has heard of it, at most five seconds.
async function guardRefuses (tokens) {
  for (let i = 0; i < 50; i++) {
    const answer = await send(site.mcp, { headers: { Authorization: `Bearer ${tokens.access_token}` } })
    if (answer.status === 401) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  assert.fail('the guard still lets the token in')
}

describe('the answer', () => {
  test('has what clients read, and nothing empty', async () => {
    const verifier = newVerifier()
    const answer = await token(site, redemption(client, await newCode(verifier), verifier))
    assert.equal(answer.status, 200)
    assert.match(answer.headers['content-type'], /^application\/json/)
    assert.match(answer.headers['cache-control'], /no-store/)
    assert.deepEqual(Object.keys(answer.json).sort(), ['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type'])
    assert.deepEqual([answer.json.token_type, answer.json.expires_in, answer.json.scope], ['Bearer', 3600, 'email profile'])
    assert.deepEqual(Object.keys((await refresh(answer.json)).json).sort(), Object.keys(answer.json).sort())
  })

  test('an access token is an RFC 9068 JWT that fits into a header', async () => {
    const { tokens } = await open()
    const [header, claims] = tokens.access_token.split('.').slice(0, 2).map(p => JSON.parse(Buffer.from(p, 'base64url')))
    assert.equal(header.typ, 'at+jwt')
    const { keys } = (await send(site.url('/.well-known/jwks.json'))).json
    assert.equal(keys.find(k => k.kid === header.kid).alg, header.alg)
    assert.deepEqual([claims.iss, claims.aud, claims.client_id, claims.scope], [site.base, site.mcp, client.client_id, 'email profile'])
    assert.equal(claims.exp - claims.iat, 3600)
    assert.ok(Math.abs(claims.iat - Date.now() / 1000) < 60)
    assert.match(claims.sub, /^[0-9a-f-]{36}$/)
    assert.ok(claims.jti.length >= 20)
    assert.match(tokens.access_token, /^[\w.-]{100,4095}$/)
  })

  test('a client that registered without refresh_token gets none', async () => {
    const { tokens } = await connect(site, { browser, metadata: { grant_types: ['authorization_code'] } })
    assert.ok(!('refresh_token' in tokens))
  })
})

describe('codes', () => {
  test('redirect_uri may be left out (OAuth 2.1 s10.2)', async () => {
    const verifier = newVerifier()
    const { redirect_uri: _, ...fields } = redemption(client, await newCode(verifier), verifier)
    assert.equal((await token(site, fields)).status, 200)
  })

  test('a code of one resource is none of another', async () => {
    const verifier = newVerifier()
    const fields = redemption(client, await newCode(verifier), verifier)
    refusedWith(await token(site, [...Object.entries(fields), ['resource', site.mcp], ['resource', site.base + '/other']]), 400, 'invalid_target')
    for (const resource of [site.mcp + '#f', 'mcp', 'https://evil.example/mcp']) refusedWith(await token(site, { ...fields, resource }), 400, 'invalid_target')
    assert.equal((await token(site, [...Object.entries(fields), ['resource', site.mcp.toUpperCase().replace('/MCP', '/mcp/')], ['resource', site.base]])).status, 200)
  })

  test('a code gives tokens once; a second time ends what it started', async () => {
    const { code, verifier, tokens } = await open()
    assert.equal(tokens.token_type, 'Bearer')
    assert.equal(tokens.expires_in, 3600)
    refusedWith(await token(site, redemption(client, code, verifier)), 400, 'invalid_grant')
    refusedWith(await refresh(tokens), 400, 'invalid_grant')
    await guardRefuses(tokens)
  })

  test('of 50 redemptions at once, one succeeds', async () => {
    const verifier = newVerifier()
    const code = await newCode(verifier)
    const before = await site.sql('SELECT count(*)::int AS n FROM public.mcp_server_sessions')
    const answers = await Promise.all(Array.from({ length: 50 }, () => token(site, redemption(client, code, verifier))))
    assert.equal(answers.filter(a => a.status === 200).length, 1)
    for (const answer of answers.filter(a => a.status !== 200)) refusedWith(answer, 400, 'invalid_grant')
    const now = await site.sql('SELECT count(*)::int AS n FROM public.mcp_server_sessions')
    assert.ok(now[0].n - before[0].n <= 1)
  })

  test('another client or another address spends nothing', async () => {
    const verifier = newVerifier()
    const code = await newCode(verifier)
    const other = await register(site)
    refusedWith(await token(site, redemption(other, code, verifier)), 400, 'invalid_grant')
    refusedWith(await token(site, { ...redemption(client, code, verifier), redirect_uri: 'http://127.0.0.1:1/callback' }), 400, 'invalid_grant')
    refusedWith(await token(site, { ...redemption(client, code, verifier), resource: 'https://other.example/' }), 400, 'invalid_target')
    refusedWith(await token(site, { ...redemption(client, code, verifier), code_verifier: 'short' }), 400, 'invalid_request')
    assert.equal((await token(site, redemption(client, code, verifier))).status, 200)
  })

  test('a wrong verifier burns the code', async () => {
    const verifier = newVerifier()
    const code = await newCode(verifier)
    refusedWith(await token(site, redemption(client, code, newVerifier())), 400, 'invalid_grant')
    refusedWith(await token(site, redemption(client, code, verifier)), 400, 'invalid_grant')
  })

  test('an expired code is refused', async () => {
    const verifier = newVerifier()
    const code = await newCode(verifier)
    await site.sql("UPDATE oauth.authorization_code SET expires_at = now() - interval '1 s' WHERE spent_at IS NULL")
    refusedWith(await token(site, redemption(client, code, verifier)), 400, 'invalid_grant')
  })
})

describe('what is sent', () => {
  test('methods, types, doubled parameters, sizes and other grants', async () => {
    const url = site.url('/api/oauth/token')
    assert.equal((await send(url)).status, 405)
    refusedWith(await send(url, { method: 'POST', body: 'x', headers: { 'Content-Type': 'multipart/form-data; boundary=x', 'Content-Length': 1 } }), 400, 'invalid_request')
    refusedWith(await postForm(url, [['grant_type', 'refresh_token'], ['grant_type', 'refresh_token']]), 400, 'invalid_request')
    refusedWith(await postForm(url, {}), 400, 'invalid_request')
    const { tokens } = await open()
    refusedWith(await postForm(url + '?' + new URLSearchParams(refreshing(client, tokens)), {}), 400, 'invalid_request')
    refusedWith(await postForm(url, { grant_type: 'implicit', client_id: client.client_id }), 400, 'unsupported_grant_type')
    refusedWith(await postForm(url, { grant_type: 'password', client_id: client.client_id }), 400, 'unsupported_grant_type')
    assert.equal((await postForm(url, { grant_type: 'x'.repeat(70000) })).status, 413)
    refusedWith(await postJson(url, { grant_type: ['refresh_token'] }), 400, 'invalid_request')
  })

  test('a JSON object of strings is as good as a form', async () => {
    const { tokens } = await open()
    assert.equal((await postJson(site.url('/api/oauth/token'), refreshing(client, tokens))).status, 200)
  })

  test('clients are authenticated, each in its own way', async () => {
    const secret = await register(site, { token_endpoint_auth_method: 'client_secret_basic' })
    const verifier = newVerifier()
    const code = await browser.code(authorizationRequest(secret, verifier))
    const fields = redemption(secret, code, verifier)
    const basic = (id, word) => ({ Authorization: 'Basic ' + Buffer.from(`${id}:${word}`).toString('base64') })
    const { client_id: id, ...rest } = fields
    refusedWith(await token(site, fields), 401, 'invalid_client')
    refusedWith(await token(site, { ...fields, client_secret: '' }), 401, 'invalid_client')
    const wrong = await token(site, rest, basic(id, 'wrong'))
    refusedWith(wrong, 401, 'invalid_client')
    assert.match(wrong.headers['www-authenticate'], /^Basic/)
    refusedWith(await token(site, rest, { Authorization: 'Basic !!!' }), 401, 'invalid_client')
    // A secret that cannot be read makes nobody a public client.
    refusedWith(await token(site, refreshing(client, { refresh_token: 'x' }), basic(client.client_id, '%zz')), 401, 'invalid_client')
    refusedWith(await token(site, { ...fields, client_secret: secret.client_secret }, basic(id, secret.client_secret)), 400, 'invalid_request')
    assert.equal((await token(site, rest, basic(id, secret.client_secret))).status, 200)
    refusedWith(await token(site, { ...fields, client_id: 'nobody' }), 401, 'invalid_client')
    refusedWith(await token(site, { ...fields, client_id: 'other' }, basic(id, secret.client_secret)), 400, 'invalid_request')
    refusedWith(await token(site, { ...rest, client_secret: secret.client_secret }), 400, 'invalid_request')
    refusedWith(await token(site, { grant_type: 'refresh_token', refresh_token: 'garbage', client_id: 'nobody' }), 401, 'invalid_client')
    refusedWith(await token(site, { ...redemption(client, 'garbage', verifier), client_secret: 'extra' }), 401, 'invalid_client')
  })
})

describe('client authentication as it is advertised', () => {
  const endpoints = { token: 'api/oauth/token', revocation: 'api/oauth/revoke', introspection: 'api/oauth/introspect' }
  const encoded = text => [...text].map(c => '%' + c.charCodeAt(0).toString(16)).join('')
  const basic = (id, word) => ({ Authorization: 'Basic ' + Buffer.from(`${id}:${word}`).toString('base64') })
  let secret, signer, key
  before(async () => {
    secret = await addClient(site, '--name', 'Any method', '--client-credentials', '--introspect', '/mcp')
    key = await generateKeyPair('ES256')
    signer = await addSigner(site, await exportJWK(key.publicKey), '--name', 'Signs', '--client-credentials', '--introspect', '/mcp')
  })

  // By method: the ways to present it, each [fields, headers].
  const ways = {
    none: async () => [[{ client_id: client.client_id }]],
    client_secret_post: async () => [[secret]],
    client_secret_basic: async () => [
      [{}, basic(secret.client_id, secret.client_secret)],
      [{}, basic(encoded(secret.client_id), encoded(secret.client_secret))],
      [{ client_id: secret.client_id }, basic(secret.client_id, secret.client_secret)]
    ],
    private_key_jwt: async () => [[{
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await new SignJWT({ jti: randomUUID() }).setProtectedHeader({ alg: 'ES256' }).setIssuer(signer.client_id)
        .setSubject(signer.client_id).setAudience(site.base).setExpirationTime('1m').sign(key.privateKey)
    }]]
  }

  for (const [endpoint, path] of Object.entries(endpoints)) {
    test(`each method works at the ${endpoint} endpoint, and no other is listed`, async () => {
      const listed = (await send(site.url('/.well-known/oauth-authorization-server'))).json[`${endpoint}_endpoint_auth_methods_supported`]
      for (const method of Object.keys(ways)) {
        for (const [fields, headers] of await ways[method]()) {
          const { tokens } = method === 'none' && endpoint === 'token' ? await open() : { tokens: {} }
          const rest = endpoint !== 'token'
            ? { token: 'x' }
            : method === 'none' ? refreshing(client, tokens) : { grant_type: 'client_credentials' }
          const answer = await postForm(site.url('/' + path), { ...rest, ...fields }, headers)
          assert.equal(answer.status, listed.includes(method) ? 200 : 401, method + answer.text)
        }
      }
      assert.ok(listed.every(method => method in ways))
    })
  }
})

describe('refresh tokens', () => {
  test('the same token within the grace gives the same successor', async () => {
    const { tokens } = await open()
    const first = await refresh(tokens)
    const second = await refresh(tokens)
    assert.equal(first.status, 200)
    assert.equal(second.json.refresh_token, first.json.refresh_token)
    assert.notEqual(first.json.refresh_token, tokens.refresh_token)
    assert.equal((await whoami(site, second.json.access_token)).email, site.email)
  })

  test('20 at once: all succeed, with one successor', async () => {
    const { tokens } = await open()
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(tokens)))
    assert.deepEqual(answers.map(a => a.status), Array(20).fill(200))
    assert.equal(new Set(answers.map(a => a.json.refresh_token)).size, 1)
  })

  test('an older one, or one after the grace, ends the session', async () => {
    const { tokens } = await open()
    const second = (await refresh(tokens)).json
    const third = (await refresh(second)).json
    refusedWith(await refresh(tokens), 400, 'invalid_grant')
    refusedWith(await refresh(third), 400, 'invalid_grant')
    await guardRefuses(third)

    const late = await open()
    const next = (await refresh(late.tokens)).json
    await site.sql("UPDATE public.mcp_server_sessions SET rotated_at = rotated_at - interval '1 hour' WHERE generation > 1")
    refusedWith(await refresh(late.tokens), 400, 'invalid_grant')
    refusedWith(await refresh(next), 400, 'invalid_grant')
  })

  test('an invented tag ends nothing', async () => {
    const { tokens } = await open()
    const t = tokens.refresh_token
    const forged = t.slice(0, -6) + (t.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA')
    refusedWith(await refresh({ refresh_token: forged }), 400, 'invalid_grant')
    assert.equal((await refresh(tokens)).status, 200)
  })

  test('a refused try spends nothing', async () => {
    const { tokens } = await open()
    const other = await register(site)
    refusedWith(await token(site, refreshing(other, tokens)), 400, 'invalid_grant')
    refusedWith(await refresh(tokens, { resource: 'https://other.example/' }), 400, 'invalid_target')
    refusedWith(await refresh(tokens, { scope: 'email profile admin' }), 400, 'invalid_scope')
    const narrow = await refresh(tokens, { scope: 'email' })
    assert.equal(narrow.json.scope, 'email')
    const whole = await refresh(narrow.json)
    assert.equal(whole.json.scope, 'email profile')
  })

  test('a disabled user refreshes no more', async () => {
    const { tokens } = await open()
    await site.sql('UPDATE public.users SET disabled_at = now()')
    refusedWith(await refresh(tokens), 400, 'invalid_grant')
    await site.sql('UPDATE public.users SET disabled_at = NULL')
    // Tokens of the second in which it happened stay refused.
    await new Promise(resolve => setTimeout(resolve, 1100))
  })

  test('a deleted row is a dead session', async () => {
    const { tokens } = await open()
    await site.sql('DELETE FROM public.mcp_server_sessions')
    refusedWith(await refresh(tokens), 400, 'invalid_grant')
    await guardRefuses(tokens)
  })
})

describe('sessions', () => {
  const expiring = (c, idle, whole) => site.sql(`UPDATE public.mcp_server_sessions SET expires_at = now() + $2::interval,
    session_expires_at = now() + $3::interval WHERE client_identifier = $1`, [c.client_id, idle, whole])
  const remaining = async c => (await site.sql('SELECT round(extract(epoch FROM expires_at - now()) / 86400)::int AS days FROM public.mcp_server_sessions WHERE client_identifier = $1', [c.client_id]))[0].days

  test('end when nobody used them for a while, and some day in any case', async () => {
    const own = await connect(site, { browser })
    assert.equal(await remaining(own.client), 90)
    await expiring(own.client, '1 day', '364 days')
    let answer = await refresh(own.tokens, { client_id: own.client.client_id })
    assert.equal(answer.status, 200, answer.text)
    assert.equal(await remaining(own.client), 90, 'each use puts the end off')
    await expiring(own.client, '1 day', '2 days')
    answer = await refresh(answer.json, { client_id: own.client.client_id })
    assert.equal(answer.status, 200, answer.text)
    assert.equal(await remaining(own.client), 2, 'but not beyond the last day')
    await expiring(own.client, '-1 second', '2 days')
    refusedWith(await refresh(answer.json, { client_id: own.client.client_id }), 400, 'invalid_grant')
  })
})

describe('revocation', () => {
  const revoke = (fields) => postForm(site.url('/api/oauth/revoke'), { client_id: client.client_id, ...fields })

  test('a refresh token, a retired one and an access token each end the session', async () => {
    for (const which of ['refresh_token', 'access_token']) {
      const { tokens } = await open()
      assert.equal((await revoke({ token: tokens[which] })).status, 200)
      refusedWith(await refresh(tokens), 400, 'invalid_grant')
      await guardRefuses(tokens)
    }
    const { tokens } = await open()
    const next = (await refresh(tokens)).json
    assert.equal((await revoke({ token: tokens.refresh_token })).status, 200)
    refusedWith(await refresh(next), 400, 'invalid_grant')
  })

  test('what is not known is 200 and empty', async () => {
    for (const fields of [{ token: 'garbage' }, { token: 'garbage', token_type_hint: 'nonsense' }]) {
      const answer = await revoke(fields)
      assert.equal(answer.status, 200)
      assert.equal(answer.text, '')
    }
    refusedWith(await revoke({}), 400, 'invalid_request')
  })

  test('another client\'s token keeps working', async () => {
    const { tokens } = await open()
    const other = await register(site)
    await revoke({ client_id: other.client_id, token: tokens.refresh_token })
    assert.equal((await refresh(tokens)).status, 200)
  })
})

describe('races and restarts', () => {
  test('once a revocation was answered, nothing of the session refreshes', async () => {
    for (let i = 0; i < 5; i++) {
      const { tokens } = await open()
      const [revoked] = await Promise.all([
        postForm(site.url('/api/oauth/revoke'), { client_id: client.client_id, token: tokens.refresh_token }),
        ...Array.from({ length: 4 }, () => refresh(tokens))
      ])
      assert.equal(revoked.status, 200)
      refusedWith(await refresh(tokens), 400, 'invalid_grant')
    }
  })

  test('after a restart of everything a retired token still ends its session', async () => {
    const { tokens } = await open()
    const next = (await refresh((await refresh(tokens)).json)).json
    await site.control('web', 'stop')
    await site.control('database', 'stop')
    await site.control('database', 'start')
    await site.control('web', 'start')
    refusedWith(await refresh(tokens), 400, 'invalid_grant')
    refusedWith(await refresh(next), 400, 'invalid_grant')
  })
})

describe('the database', () => {
  // The statements of a login while work() runs.
  async function statementsOf (login, work) {
    await site.sql("ALTER SYSTEM SET log_statement = 'all'")
    await site.sql('SELECT pg_reload_conf()')
    await new Promise(resolve => setTimeout(resolve, 300))
    const before = (await readFile(site.values.PG_LOG, 'utf8')).length
    await work()
    const lines = (await readFile(site.values.PG_LOG, 'utf8')).slice(before)
      .split('\n').filter(line => line.includes(` ${login} `) && /(statement|execute)/.test(line))
    await site.sql('ALTER SYSTEM RESET log_statement')
    await site.sql('SELECT pg_reload_conf()')
    return lines
  }

  test('a refresh is one statement', async () => {
    const { tokens } = await open()
    let next = (await refresh(tokens)).json
    const lines = await statementsOf('mcp_web', async () => {
      for (let i = 0; i < 5; i++) {
        const answer = await refresh(next)
        assert.equal(answer.status, 200)
        next = answer.json
      }
    })
    assert.equal(lines.length, 5, lines.join('\n'))
    assert.ok(lines.every(line => /session_rotate/.test(line)))
  })

  test('a guarded call is none: all guards of a host ask once a second', async () => {
    const { tokens } = await open()
    const started = Date.now()
    const lines = await statementsOf('mcp_guard', async () => {
      for (let i = 0; i < 100; i++) await whoami(site, tokens.access_token)
    })
    const seconds = (Date.now() - started) / 1000
    assert.ok(lines.length <= seconds + 2, `${lines.length} in ${seconds} s`)
    assert.ok(lines.every(line => /revocations_since/.test(line)), lines.join('\n'))
  })

  test('a session that somebody holds locked is unavailable, and nothing ends', async () => {
    const { tokens } = await open()
    const holders = "FROM pg_stat_activity WHERE query LIKE '%pg_sleep(300)' AND wait_event = 'PgSleep'"
    const held = site.sql('SELECT FROM public.mcp_server_sessions FOR UPDATE; SELECT pg_sleep(300)')
    held.catch(() => {})
    while ((await site.sql(`SELECT ${holders}`)).length === 0) await new Promise(resolve => setTimeout(resolve, 50))
    try {
      refusedWith(await refresh(tokens), 503, 'temporarily_unavailable')
    } finally {
      await site.sql(`SELECT pg_cancel_backend(pid) ${holders}`)
    }
    await assert.rejects(held, { code: '57014' })
    assert.equal((await refresh(tokens)).status, 200)
  })

  test('away, it never looks like a bad credential, and everything recovers', async () => {
    const { tokens } = await open()
    await whoami(site, tokens.access_token)
    await site.control('database', 'kill')
    const away = await refresh(tokens)
    refusedWith(away, 503, 'temporarily_unavailable')
    assert.ok(Number(away.headers['retry-after']) > 0)
    assert.equal((await postForm(site.url('/api/oauth/revoke'), { client_id: client.client_id, token: tokens.refresh_token })).status, 503)
    assert.equal((await send(site.url('/.well-known/oauth-authorization-server'))).status, 200)
    assert.equal((await whoami(site, tokens.access_token)).email, site.email)
    assert.equal((await send(site.mcp, { headers: { Authorization: 'Bearer x' } })).status, 401)
    await site.control('database', 'start')
    let again
    for (let i = 0; i < 50; i++) {
      again = await refresh(tokens)
      if (again.status === 200) break
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    assert.equal(again.status, 200)
  })
})
