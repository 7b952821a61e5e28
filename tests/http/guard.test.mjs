// SPDX-License-Identifier: MIT
// The guard in front of the demo's MCP server.
import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connect, rpc, whoami } from '../lib/flow.mjs'
import { postJson, send } from '../lib/http.mjs'
import { front, startSite } from '../lib/site.mjs'
import { stillServing } from '../lib/still_serving.mjs'

let site, session, good
before(async () => {
  site = await startSite({ guardConf: 'MCP_ALLOWED_ORIGINS=https://app.example' })
  session = await connect(site)
  good = session.tokens.access_token
})
after(() => site?.stop())
stillServing(() => site)

const bearer = text => ({ Authorization: `Bearer ${text}` })
const b64 = value => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const parts = () => good.split('.').slice(0, 2).map(p => JSON.parse(Buffer.from(p, 'base64url')))
const metadataUrl = () => site.url('/.well-known/oauth-protected-resource/mcp')

async function invalid (authorization) {
  const answer = await send(site.mcp, { headers: { Authorization: authorization } })
  assert.equal(answer.status, 401, authorization.slice(0, 80))
  assert.match(answer.headers['www-authenticate'], /^Bearer error="invalid_token"/)
  assert.ok(answer.headers['www-authenticate'].includes(`resource_metadata="${metadataUrl()}"`))
  assert.equal(answer.json.error, 'invalid_token')
}

// Bytes as they are, because a client library would tidy them up.
function raw (text) {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(site.port, '127.0.0.1', () => socket.end(text))
    let all = ''
    socket.on('data', data => { all += data })
    socket.on('end', () => resolve(all))
    socket.on('error', reject)
  })
}

describe('without a token', () => {
  test('every method is challenged, without an error', async () => {
    for (const method of ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'PROPFIND']) {
      const answer = await send(site.mcp, { method, headers: { 'Mcp-Session-Id': 'a session that somebody began' } })
      assert.equal(answer.status, 401, method)
      const challenge = answer.headers['www-authenticate']
      assert.equal(answer.rawHeaders.filter(h => /^www-authenticate$/i.test(h)).length, 1, method)
      assert.match(challenge, /^Bearer /)
      assert.ok(challenge.includes('scope="email profile"'), challenge)
      assert.ok(challenge.includes(`resource_metadata="${metadataUrl()}"`))
      assert.doesNotMatch(challenge, /error=/)
    }
    assert.equal((await send(site.mcp, { headers: { Authorization: 'Basic eDp5' } })).status, 401)
  })

  test('there is no way around by the spelling of the path or the method', async () => {
    for (const path of ['//mcp', '/mcp/', '/mcp//', '/mcp/x', '/./mcp', '/x/../mcp', '/mcp/..;/mcp', '/mcp;x', '/mcp%2f', '/%6dcp',
      '/mcp?x=/.well-known/', '/mcp/..%2fmcp', '/MCP', '/mcp%00', '/mcp/.well-known/../', '/api/oauth/refusal', '/mcp%20', '/mcp.']) {
      for (const method of ['GET', 'POST', 'HEAD']) {
        const answer = await send(site.base, { path, method, headers: { 'X-Original-URL': '/mcp', 'X-HTTP-Method-Override': 'POST' } })
        assert.ok([400, 401, 403, 404, 405].includes(answer.status), `${method} ${path}: ${answer.status}`)
        assert.doesNotMatch(answer.text, /jsonrpc/)
      }
    }
    assert.equal((await send(site.mcp, { method: 'TRACE' })).status, 405)
  })

  test('a preflight and a refusal can be read by any site', async () => {
    const preflight = await send(site.mcp, {
      method: 'OPTIONS',
      headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' }
    })
    assert.equal(preflight.status, 204)
    assert.match(preflight.headers['access-control-allow-headers'], /authorization/i)
    assert.equal(preflight.headers['access-control-allow-credentials'], undefined)
    const refused = await send(site.mcp, { headers: { Origin: 'https://other.example' } })
    assert.equal(refused.status, 401)
    assert.ok(refused.headers['access-control-allow-origin'])
    assert.match(refused.headers['access-control-expose-headers'], /WWW-Authenticate/i)
  })
})

describe('with a good token', () => {
  test('the server learns who it is, and the token stays outside', async () => {
    const said = await whoami(site, good)
    const [, claims] = parts()
    assert.equal(said.email, site.email)
    assert.equal(said.user, claims.sub)
    assert.equal(said.subject, claims.sub)
    assert.equal(said.client, session.client.client_id)
    assert.equal(said.scope, claims.scope)
    assert.equal(said.resource, site.mcp)
  })

  test('the scheme is of any case', async () => {
    for (const scheme of ['bearer', 'BEARER', 'BeArEr']) {
      const answer = await rpc(site.mcp, null, 'ping', {}, { Authorization: `${scheme} ${good}` })
      assert.equal(answer.status, 200, scheme)
    }
  })

  test('nothing of the verdict leaks to the client', async () => {
    const answer = await rpc(site.mcp, good, 'ping', {})
    assert.ok(answer.rawHeaders.every(h => !/^variable-/i.test(h)))
  })

  test('identity headers of the client never arrive', async () => {
    for (const name of ['X-Forwarded-User', 'x-forwarded-user', 'X-Forwarded-Email', 'X-MCP-Subject', 'X-MCP-Client', 'X-MCP-Scope', 'X-MCP-Resource']) {
      const said = await whoami(site, good, { [name]: 'forged' })
      assert.ok(!JSON.stringify(said).includes('forged'), name)
    }
    for (const name of ['X_Forwarded_User', 'X-Forwarded_User', 'X.Forwarded.User', 'X_MCP_Subject', 'X-MCP.Scope', 'X__MCP__Subject', 'X.-MCP-Subject']) {
      const answer = await rpc(site.mcp, good, 'tools/call', { name: 'whoami' }, { [name]: 'forged' })
      assert.ok(!answer.text.includes('forged'), name + answer.text)
    }
  })

  test('a page of another site is 403, our own page and a program are let in', async () => {
    assert.equal((await rpc(site.mcp, good, 'ping', {}, { Origin: 'https://evil.example' })).status, 403)
    assert.equal((await rpc(site.mcp, good, 'ping', {}, { Origin: 'https://app.example' })).status, 200)
    assert.equal((await rpc(site.mcp, good, 'ping', {})).status, 200)
  })

  test('messages of today and of 2026-07-28', async () => {
    const now = '2026-07-28'
    const headers = { 'MCP-Protocol-Version': now, 'Mcp-Method': 'tools/call', 'Mcp-Name': 'whoami' }
    assert.equal((await whoami(site, good, headers)).email, site.email)
    const mismatch = await rpc(site.mcp, good, 'tools/call', { name: 'whoami' }, { ...headers, 'Mcp-Name': 'echo' })
    assert.equal(mismatch.status, 400)
    assert.equal(mismatch.json.error.code, -32020)
    assert.ok((await rpc(site.mcp, good, 'server/discover', {}, { ...headers, 'Mcp-Method': 'server/discover' })).json.result.supportedVersions.includes(now))
    const listed = await rpc(site.mcp, good, 'tools/list', {}, { 'MCP-Protocol-Version': now, 'Mcp-Method': 'tools/list' })
    assert.equal(listed.json.result.resultType, 'complete')
    const mute = await rpc(site.mcp, good, 'tools/list', { _meta: {} }, { 'MCP-Protocol-Version': now, 'Mcp-Method': 'tools/list' })
    assert.deepEqual([mute.status, mute.json.error.code], [400, -32602])
    for (const method of ['prompts/list', 'ping']) {
      const unknown = await rpc(site.mcp, good, method, {}, { 'MCP-Protocol-Version': now, 'Mcp-Method': method })
      assert.deepEqual([unknown.status, unknown.json.error.code], [404, -32601])
    }
    const unknown = await rpc(site.mcp, good, 'prompts/list', {})
    assert.deepEqual([unknown.status, unknown.json.error.code], [200, -32601])
    const old = await rpc(site.mcp, good, 'ping', {}, { 'MCP-Protocol-Version': '1999-01-01' })
    assert.equal(old.status, 400)
    assert.equal(old.json.error.code, -32022)
    assert.ok(old.json.error.data.supported.includes(now))
    const batch = await postJson(site.mcp, '[]', bearer(good))
    assert.equal(batch.status, 400)
    const note = await postJson(site.mcp, { jsonrpc: '2.0', method: 'notifications/initialized' }, bearer(good))
    assert.equal(note.status, 202)
    assert.equal((await send(site.mcp, { headers: bearer(good) })).status, 405)
  })
})

describe('with a bad token', () => {
  test('garbage, cut and changed tokens', async () => {
    const [header, payload, signature] = good.split('.')
    for (const text of ['x', 'a.b.c', `${header}.${payload}`, `${header}.${payload}.`, `${header}.${payload}.${signature}.${signature}`,
      `${header}.${payload}.${'A'.repeat(86)}`, `${header}.${b64({ ...parts()[1], sub: 'root' })}.${signature}`, session.tokens.refresh_token,
      good.slice(0, -1), `${good}=`]) await invalid(`Bearer ${text}`)
    for (const authorization of ['Bearer', 'Bearer ', 'Bearer ,', `Bearer x ${good}`, `Bearer ${good} x`, `Bearer ${good}, Bearer ${good}`, `Bearer=${good}`,
      `Bearer token="${good}"`, good, `Basic ${good}`, `MAC ${good}`]) {
      const answer = await send(site.mcp, { headers: { Authorization: authorization } })
      assert.ok([400, 401].includes(answer.status), authorization)
      assert.match(answer.headers['www-authenticate'], /^Bearer .*resource_metadata="/)
    }
  })

  test('other algorithms, foreign keys and tempting header members', async () => {
    const [header, claims] = parts()
    const { keys } = (await send(site.url('/.well-known/jwks.json'))).json
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const jwk = publicKey.export({ format: 'jwk' })
    const signed = h => {
      const text = `${b64(h)}.${b64(claims)}`
      return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`
    }
    await invalid(`Bearer ${b64({ ...header, alg: 'none' })}.${b64(claims)}.`)
    for (const key of keys) {
      const text = `${b64({ ...header, alg: 'HS256' })}.${b64(claims)}`
      for (const secret of [key.x ?? key.n, Buffer.from(key.x ?? key.n, 'base64url'), JSON.stringify(key)]) {
        await invalid(`Bearer ${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`)
      }
    }
    for (const more of [{}, { jwk }, { jku: 'http://127.0.0.1:1/' }, { x5u: 'http://127.0.0.1:1/' }, { x5c: ['AAAA'] },
      { kid: '../../../../dev/null' }, { kid: 'http://127.0.0.1:1/' }, { kid: 'k'.repeat(3000) }, { crit: ['exp'] }, { typ: 'JWT' },
      { b64: false }, { zip: 'DEF' }, { kid: undefined }]) await invalid(`Bearer ${signed({ ...header, ...more })}`)
  })

  test('a revoked one', async () => {
    const other = await connect(site)
    assert.equal((await rpc(site.mcp, other.tokens.access_token, 'ping', {})).status, 200)
    await site.sql('DELETE FROM public.mcp_server_sessions WHERE client_identifier = $1', [other.client.client_id])
    for (let i = 0; i < 50; i++) {
      if ((await rpc(site.mcp, other.tokens.access_token, 'ping', {})).status === 401) break
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    await invalid(`Bearer ${other.tokens.access_token}`)
  })

  test('tokens in other places, and two at once', async () => {
    for (const answer of [
      await send(`${site.mcp}?access_token=${good}`),
      await send(site.mcp, { headers: { Cookie: `access_token=${good}` } }),
      await send(site.mcp, { method: 'POST', body: `access_token=${good}`, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })
    ]) assert.ok([400, 401].includes(answer.status), `${answer.status}`)
    const twice = await raw(`POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${good}\r\nAuthorization: Bearer ${good}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
    assert.match(twice, /^HTTP\/1\.1 40[01] /)
  })

  test('giant ones', async () => {
    for (const size of [8200, 22000, 200000]) {
      const answer = await raw(`GET /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${'a'.repeat(size)}\r\nConnection: close\r\n\r\n`)
      assert.match(answer, /^HTTP\/1\.[01] 4(00|01|31) /)
    }
  })
})

describe('what an MCP server gets', { skip: !front.programs && 'as CGI the guard stands before programs alone' }, () => {
  let behind, backend, token
  before(async () => {
    backend = createServer(async (rq, rs) => {
      let bytes = 0
      for await (const chunk of rq) bytes += chunk.length
      rs.setHeader('Mcp-Session-Id', 'theirs')
      rs.end(JSON.stringify({ method: rq.method, url: rq.url, headers: rq.headers, bytes }))
    })
    await new Promise(resolve => backend.listen(0, '127.0.0.1', resolve))
    behind = await startSite({
      plain: true, conf: 'MCP_RESOURCES=/notes', guardConf: 'MCP_RESOURCES=/notes',
      serve: { '/notes': `http://127.0.0.1:${backend.address().port}/mcp` }
    })
    token = (await connect(behind)).tokens.access_token
  })
  after(async () => {
    await behind?.stop()
    backend?.close()
  })

  test('the headers of MCP and who it is, neither the token nor the cookies of signing in', async () => {
    const mine = { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/call', 'Mcp-Name': 'x', 'Mcp-Session-Id': 's', 'Mcp-Param-Region': 'eu', 'Last-Event-ID': '7' }
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await send(behind.url('/notes'), {
        method,
        headers: { ...bearer(token), ...mine, Cookie: '__Host-mcp-oauth-login=abc; theme=dark; __Host-mcp-oauth-browser=def' }
      })
      assert.equal(answer.status, 200)
      const { json } = answer
      assert.equal(json.method, method)
      for (const [name, value] of Object.entries(mine)) assert.equal(json.headers[name.toLowerCase()], value, name)
      assert.match(json.headers['x-mcp-subject'], /^[0-9a-f-]{36}$/)
      assert.ok(!('authorization' in json.headers))
      assert.ok(!answer.text.includes(token))
      assert.equal(json.headers.cookie.replace(/[; ]+$/, ''), 'theme=dark')
      assert.equal(answer.headers['mcp-session-id'], 'theirs')
    }
  })

  test('long messages', async () => {
    const message = 'x'.repeat(500000)
    const proxied = await postJson(behind.url('/notes'), { message }, bearer(token))
    assert.equal(proxied.json.bytes, message.length + '{"message":""}'.length)
  })

  test('nothing that is meant for us, and its answers can be read by pages', async () => {
    for (const path of ['/notes/.well-known/openid-configuration', '/notes/.well-known/oauth-protected-resource', '/notes/.well-known/']) {
      for (const headers of [{}, bearer(token)]) {
        const answer = await send(behind.url(path), { headers })
        assert.equal(answer.status, 404, path)
        assert.match(answer.headers['content-type'], /^application\/json/)
        assert.doesNotMatch(answer.text, /well-known/)
      }
    }
    const read = await send(behind.url('/notes'), { method: 'POST', headers: { ...bearer(token), Origin: 'http://localhost:6274' } })
    assert.equal(read.status, 200)
    assert.equal(read.headers['access-control-allow-origin'], '*')
    assert.match(read.headers['access-control-expose-headers'], /Mcp-Session-Id/)
  })

  test('its address with and without a slash at the end, and what lies below', async () => {
    for (const [path, arrives] of [['/notes', '/mcp'], ['/notes/', '/mcp'], ['/notes/x?y=1', '/mcp/x?y=1']]) {
      const answer = await send(behind.url(path), { method: 'POST', headers: bearer(token) })
      assert.equal(answer.status, 200, path)
      assert.equal(answer.json.url, arrives)
    }
  })
})

test('a token without the scopes that a rule asks for is 403, and told which', async () => {
  const folder = await mkdtemp('/var/tmp/mcp-oauth-rules-')
  const file = join(folder, 'rules')
  await chmod(folder, 0o755)
  await writeFile(file, '/mcp * * email profile\n')
  const strict = await startSite({ guardConf: `GUARD_RULES=${file}` })
  try {
    const narrow = await connect(strict, { params: { scope: 'email' } })
    const answer = await rpc(strict.mcp, narrow.tokens.access_token, 'ping', {})
    assert.equal(answer.status, 403)
    const challenge = answer.headers['www-authenticate']
    assert.match(challenge, /error="insufficient_scope"/)
    assert.match(challenge, /scope="email profile"/)
    assert.match(challenge, /resource_metadata="/)
    const wide = await connect(strict, { client: narrow.client })
    assert.equal((await rpc(strict.mcp, wide.tokens.access_token, 'ping', {})).status, 200)
  } finally {
    await strict.stop()
    await rm(folder, { recursive: true })
  }
})
