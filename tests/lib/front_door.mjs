// SPDX-License-Identifier: MIT
// front_door.mjs - what every web server in front must do, with the files that
// we ship for it: the whole way in, and the guard before MCP servers of each kind.
import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { sdk1, sdk2, startApplication } from './application.mjs'
import { startEcho, variablesOf, writeEchoProgram } from './echo_server.mjs'
import { Browser, connect, register, rpc, token as tokenRequest, until, whoami } from './flow.mjs'
import { postJson, send } from './http.mjs'
import { addClient, freePort, startSite } from './site.mjs'

const bearer = token => ({ Authorization: `Bearer ${token}` })
const scopes = 'openid email profile tools:write'

// Our headers, and spellings of them that a backend may take for ours.
const identity = ['X-Forwarded-User', 'X-Forwarded-Email', 'X-MCP-Subject', 'X-MCP-Client', 'X-MCP-Scope', 'X-MCP-Resource', 'X-MCP-Guard', 'X-Request-Id']
const spellings = name => [name.replaceAll('-', '_'), name.replace('-', '_'), name.replaceAll('-', '.'), name.toLowerCase().replaceAll('-', '__')]

// Bytes as they are; the whole of what comes back until the server closes.
function raw (port, text) {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(port, '127.0.0.1', () => socket.write(text))
    let all = ''
    socket.on('data', data => { all += data })
    socket.on('end', () => resolve(all))
    socket.on('error', reject)
  })
}

// A POST whose length is not told beforehand.
function sendChunked (url, parts, headers) {
  return new Promise((resolve, reject) => {
    const rq = request(url, { method: 'POST', headers, agent: false }, async response => {
      let text = ''
      for await (const part of response) text += part
      resolve({ status: response.statusCode, text, json: JSON.parse(text) })
    })
    rq.on('error', reject)
    for (const part of parts) rq.write(part)
    rq.end()
  })
}

// An open event stream: next() is the next event.
async function openStream (url, headers) {
  const response = await new Promise((resolve, reject) => {
    request(url, { headers: { Accept: 'text/event-stream', ...headers }, agent: false }, resolve).on('error', reject).end()
  })
  assert.equal(response.statusCode, 200)
  assert.match(response.headers['content-type'], /^text\/event-stream/)
  const events = response.setEncoding('utf8')[Symbol.asyncIterator]()
  return {
    next: async () => (await events.next()).value.trim(),
    close: () => response.destroy()
  }
}

/**
 * The suite. front: of site.sh. servers: kinds of backends besides an HTTP
 * server that it can serve, of whoami (FastCGI) and cgi. losesAtReload: a
 * request may be answered by the web server's own 5xx then, or not at all.
 */
export function frontDoor (front, { servers = ['whoami', 'cgi'], losesAtReload = false } = {}) {
  let site, echo, program, folder, session, token, narrow
  const http = () => site.url('/http')
  const guarded = { http: '/http', whoami: '/mcp', cgi: '/cgi' }
  const paths = ['http', ...servers].map(kind => guarded[kind])
  const tokens = {}

  before(async () => {
    echo = await startEcho(await freePort())
    program = await writeEchoProgram()
    folder = await mkdtemp('/var/tmp/mcp-oauth-rules-')
    await chmod(folder, 0o755)
    await writeFile(join(folder, 'rules'), '/strict * * tools:write\n')
    const settings = `MCP_RESOURCES=${paths.join(' ')} /strict\nSCOPES_SUPPORTED=${scopes}`
    const url = `http://127.0.0.1:${echo.port}/backend`
    site = await startSite({
      front,
      conf: settings,
      guardConf: `${settings}\nGUARD_RULES=${folder}/rules\nMCP_ALLOWED_ORIGINS=https://app.example\nGUARD_OFFLINE=deny`,
      serve: { '/http': url, '/strict': url, ...(servers.includes('cgi') && { '/cgi': `cgi:${program.file}` }) },
      extra: servers.includes('whoami') ? {} : { SITE_PLAIN: '1' }
    })
    const client = await register(site)
    const tokenFor = async (path, more) =>
      (session = await connect(site, { client, browser: session?.browser, params: { resource: site.url(path), ...more } })).tokens.access_token
    for (const path of paths) tokens[path] = await tokenFor(path)
    narrow = await tokenFor('/strict', { scope: 'email' })
    token = tokens['/http']
  })
  after(async () => {
    echo?.close()
    await program?.remove()
    await rm(folder, { recursive: true })
    await site?.stop()
  })

  describe('the whole way', () => {
    for (const [name, sdk] of [['the MCP SDK 1', sdk1], ['the MCP SDK 2', sdk2]]) {
      test(`from the bare URL to a tool's answer and a refresh, by ${name}`, { skip: !servers.includes('whoami') }, async () => {
        const app = await startApplication(sdk)
        try {
          await app.authorize(site.mcp, url => new Browser(site).allow(url))
          let client = await app.connect(site.mcp)
          const said = await client.callTool({ name: 'whoami', arguments: {} })
          assert.equal(said.structuredContent.email, site.email)
          assert.equal(said.structuredContent.resource, site.mcp)
          await client.close()
          const { tokens } = app.kept
          app.kept.tokens = { ...tokens, access_token: 'stale' }
          client = await app.connect(site.mcp)
          assert.notEqual(app.kept.tokens.refresh_token, tokens.refresh_token)
          await client.close()
        } finally {
          app.close()
        }
      })
    }

    test('every endpoint is there, and JSON 404 where none is', async () => {
      const pages = ['login', 'second_step', 'second_factor', 'logout', 'consent', 'apps', 'password', 'recover', 'device', 'authorize']
      for (const name of pages) {
        const answer = await send(site.url(`/api/oauth/${name}`))
        assert.match(answer.headers['content-type'] ?? 'text/html', /^text\/html/, name)
        assert.notEqual(answer.status, 404, name)
        assert.equal(answer.headers['x-content-type-options'], 'nosniff', name)
      }
      for (const name of ['token', 'revoke', 'introspect', 'par', 'device_authorization', 'register']) {
        const answer = await send(site.url(`/api/oauth/${name}`))
        assert.deepEqual([answer.status, answer.headers.allow], [405, 'POST, OPTIONS'], name)
        assert.equal(answer.json.error, 'invalid_request')
      }
      for (const path of ['/api/oauth/health', '/api/oauth/health/live', '/api/oauth/health/ready', '/api/oauth/metrics', '/.well-known/jwks.json',
        '/.well-known/oauth-authorization-server', '/.well-known/openid-configuration', '/.well-known/oauth-protected-resource/http']) {
        assert.equal((await send(site.url(path))).status, 200, path)
      }
      assert.equal((await send(site.url('/api/oauth/userinfo'))).status, 401)
      assert.equal((await send(site.url('/.well-known/oauth-dynamic-client-registration'))).status, 405)
      for (const path of ['/.well-known/zonk', '/.well-known/', '/.well-known/oauth-protected-resource/none', '/.well-known/oauth-authorization-serverX',
        '/api/oauth/', '/api/oauth/zonk', '/api/oauth/tokenizer', '/api/oauth/token/x', '/api/oauth/refusal', '/api/oauth/not-found', '/http/.well-known/openid-configuration']) {
        for (const headers of [{}, bearer(token)]) {
          const answer = await send(site.url(path), { headers })
          assert.equal(answer.status, 404, path)
          assert.match(answer.headers['content-type'], /^application\/json/, path)
          assert.equal(answer.json.error, 'not_found', path)
        }
      }
    })
  })

  describe('the guard', () => {
    function refused (answer, status, error) {
      assert.equal(answer.status, status, answer.text)
      assert.equal(answer.headers['content-type'], 'application/json')
      assert.equal(answer.headers['cache-control'], 'no-store')
      assert.ok(answer.headers['access-control-allow-origin'])
      assert.equal(answer.json.error, error)
      const challenges = answer.rawHeaders.filter(h => /^www-authenticate$/i.test(h)).length
      assert.equal(challenges, answer.headers['www-authenticate'] ? 1 : 0)
      assert.ok(answer.rawHeaders.every(h => !/^(variable-|x-mcp-|x-forwarded-)/i.test(h)), answer.rawHeaders.join())
    }

    test('401 is exact, whatever the method and whatever serves the path', async () => {
      for (const path of [...paths, '/http/below', '/http/']) {
        const resource = path.startsWith('/http') ? '/http' : path
        for (const method of ['GET', 'POST', 'DELETE', 'PUT']) {
          const answer = await send(site.url(path), { method, body: method === 'POST' ? '{}' : undefined })
          refused(answer, 401, undefined)
          assert.match(answer.headers['www-authenticate'], /^Bearer scope="[^"]+", resource_metadata="/)
          assert.ok(answer.headers['www-authenticate'].includes(`resource_metadata="${site.url('/.well-known/oauth-protected-resource' + resource)}"`))
          const garbage = await send(site.url(path), { method, headers: bearer('x.y.z') })
          refused(garbage, 401, 'invalid_token')
          assert.match(garbage.headers['www-authenticate'], /^Bearer error="invalid_token"/)
        }
      }
      assert.equal(echo.seen, 0)
    })

    test('403 for a scope that lacks names it, and for a foreign page', async () => {
      const answer = await postJson(site.url('/strict'), {}, bearer(narrow))
      refused(answer, 403, 'insufficient_scope')
      assert.match(answer.headers['www-authenticate'], /error="insufficient_scope".*scope="[^"]*tools:write/)
      refused(await postJson(http(), {}, { ...bearer(token), Origin: 'https://evil.example' }), 403, 'access_denied')
      assert.equal(echo.seen, 0)
    })

    test('400 for a token in the query, and for one at another resource 401', async () => {
      refused(await send(`${http()}?access_token=${token}`), 400, 'invalid_request')
      refused(await send(http(), { headers: bearer(narrow) }), 401, 'invalid_token')
      assert.equal(echo.seen, 0)
    })

    test('503 while revocations cannot be read, and the same token is good after it', async () => {
      await site.control('database', 'stop')
      let answer
      await until(async () => (answer = await send(http(), { headers: bearer(token) })).status !== 200, 60)
      refused(answer, 503, 'temporarily_unavailable')
      assert.ok(Number(answer.headers['retry-after']) > 0)
      await site.control('database', 'start')
      await until(async () => (await send(http(), { headers: bearer(token) })).status === 200, 60)
    })

    test('a preflight is answered, and pages may read what the server says', async () => {
      const asked = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' }
      for (const path of paths) {
        const answer = await send(site.url(path), { method: 'OPTIONS', headers: asked })
        assert.equal(answer.status, 204, path)
        assert.match(answer.headers['access-control-allow-headers'], /authorization/i)
        assert.match(answer.headers['access-control-allow-methods'], /DELETE/)
        assert.equal(answer.text, '')
      }
      const read = await send(http(), { headers: { ...bearer(token), Origin: 'https://app.example' } })
      assert.equal(read.status, 200)
      assert.equal(read.headers['access-control-allow-origin'], '*')
      assert.match(read.headers['access-control-expose-headers'], /Mcp-Session-Id/)
      assert.equal(read.headers['mcp-session-id'], 'theirs')
    })

    test('HEAD has no body, refused or let through', async () => {
      const raw = await send(http(), { method: 'HEAD' })
      assert.deepEqual([raw.status, raw.text], [401, ''])
      assert.match(raw.headers['www-authenticate'], /^Bearer /)
      const good = await send(http(), { method: 'HEAD', headers: bearer(token) })
      assert.deepEqual([good.status, good.text], [200, ''])
    })

    test('there is no way around it by the spelling of the path', async () => {
      const before = echo.seen
      for (const path of ['//http', '/./http', '/x/../http', '/%68ttp', '/http/../http', '/http/..;/http', '/http;x', '/http%2f', '/HTTP', '/http%00',
        '/http/.well-known/../', '/http/%2e%2e/http', '/http?x=/.well-known/', '/.well-known/../http', '/api/oauth/../../http', '/backend', '/guard', '/mcp-oauth-guard']) {
        for (const method of ['GET', 'POST']) {
          const answer = await send(site.base, { path, method, headers: { 'X-Original-URL': '/api/oauth/health', 'X-HTTP-Method-Override': 'OPTIONS' } })
          assert.ok([400, 401, 403, 404, 405].includes(answer.status), `${method} ${path}: ${answer.status}`)
        }
      }
      // A request line of its own form.
      for (const target of [`${site.base}/http`, 'http://other.example/http']) {
        assert.match(await raw(site.port, `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`), /^HTTP\/1\.[01] 4\d\d\b/)
      }
      // What tells a web server's parts of a refusal is none of the client's.
      for (const name of ['MCP-Subject', 'FCGI-Role', 'REDIRECT-STATUS', 'MCP-Guard-Phase', 'X-MCP-Subject', 'MCP-Guard', 'Content-Length']) {
        const answer = await send(http(), { headers: { [name]: name === 'Content-Length' ? '0' : 'AUTHORIZER' } })
        assert.equal(answer.status, 401, name)
      }
      assert.equal(echo.seen, before)
      assert.ok([401, 405, 501].includes((await send(http(), { method: 'TRACE' })).status))
      assert.ok([405, 501].includes((await send(http(), { method: 'TRACE', headers: bearer(token) })).status))
    })
  })

  describe('an MCP server', () => {
    test('learns who it is; neither the token nor what else is ours arrives', async () => {
      const mine = { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/call', 'Mcp-Name': 'x', 'Mcp-Session-Id': 's', 'Last-Event-ID': '7' }
      const sent = { ...bearer(token), ...mine, DPoP: 'a proof', Cookie: '__Host-mcp-oauth-login=abc; theme=dark; __Host-mcp-oauth-browser=def' }
      for (const method of ['GET', 'POST', 'DELETE']) {
        const answer = await send(http(), { method, headers: sent })
        assert.equal(answer.status, 200, answer.text)
        const { headers } = answer.json
        assert.equal(answer.json.method, method)
        for (const [name, value] of Object.entries(mine)) assert.equal(headers[name.toLowerCase()], value, name)
        assert.match(headers['x-mcp-subject'], /^[0-9a-f-]{36}$/)
        assert.equal(headers['x-forwarded-user'], headers['x-mcp-subject'])
        assert.equal(headers['x-forwarded-email'], site.email)
        assert.equal(headers['x-mcp-client'], session.client.client_id)
        assert.equal(headers['x-mcp-resource'], http())
        assert.match(headers['x-mcp-scope'], /email/)
        assert.match(headers['x-request-id'], /^[\w@.-]{16,64}$/)
        assert.match(headers['x-mcp-guard'], /^[0-9a-f]{64}$/)
        for (const name of ['authorization', 'dpop']) assert.ok(!headers[name], name)
        assert.ok(!answer.text.includes(token))
        assert.equal((headers.cookie ?? '').replace(/[; ]+$/, ''), 'theme=dark')
      }
    })

    test('and so do a CGI program and a FastCGI program', async t => {
      if (servers.includes('cgi')) {
        const answer = await send(site.url('/cgi'), { method: 'POST', body: 'four', headers: { ...bearer(tokens['/cgi']), Cookie: '__Host-mcp-oauth-login=abc', DPoP: 'x' } })
        assert.equal(answer.status, 200)
        const env = variablesOf(answer.text)
        assert.equal(env.HTTP_X_FORWARDED_EMAIL, site.email)
        assert.equal(env.HTTP_X_MCP_RESOURCE, site.url('/cgi'))
        assert.equal(env.BYTES, '4')
        assert.ok(!answer.text.includes(tokens['/cgi']))
        for (const name of ['HTTP_AUTHORIZATION', 'HTTP_DPOP', 'HTTP_COOKIE']) assert.ok(!env[name], name)
      } else t.diagnostic('this server runs no CGI programs')
      if (servers.includes('whoami')) {
        const said = await whoami(site, tokens['/mcp'])
        assert.equal(said.email, site.email)
        assert.equal(said.resource, site.mcp)
        assert.equal(said.client, session.client.client_id)
      } else t.diagnostic('this server was given no FastCGI program')
    })

    test('is told of no user when a client acts for itself', async () => {
      const machine = await addClient(site, '--name', 'Machine', '--client-credentials')
      const answer = await tokenRequest(site, { grant_type: 'client_credentials', ...machine, resource: http() })
      assert.equal(answer.status, 200, answer.text)
      const { headers } = (await send(http(), { headers: { ...bearer(answer.json.access_token), 'X-Forwarded-User': 'forged' } })).json
      assert.equal(headers['x-mcp-subject'], machine.client_id)
      for (const name of ['x-forwarded-user', 'x-forwarded-email']) assert.ok(!(name in headers), name)
    })

    test('hears nothing that a client says under our names, in any spelling', async () => {
      for (const path of paths) {
        for (const name of identity) {
          const answer = await rpc(site.url(path), tokens[path], 'tools/call', { name: 'whoami' }, { [name]: 'forged' })
          assert.equal(answer.status, 200, name)
          assert.ok(!answer.text.includes('forged'), `${path} ${name} ${answer.text}`)
          for (const other of spellings(name)) {
            const answer = await rpc(site.url(path), tokens[path], 'tools/call', { name: 'whoami' }, { [other]: 'forged' })
            assert.ok([200, 400].includes(answer.status), other)
            assert.ok(!answer.text.includes('forged'), `${path} ${other} ${answer.text}`)
          }
        }
      }
    })

    test('hears of one caller at a time on a connection that is kept', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const sockets = new Set()
      const ask = headers => new Promise((resolve, reject) => {
        const rq = request(http(), { headers, agent }, async response => {
          sockets.add(response.socket.localPort)
          let text = ''
          for await (const part of response) text += part
          resolve({ status: response.statusCode, text })
        })
        rq.on('error', reject)
        rq.end()
      })
      assert.equal((await ask(bearer(token))).status, 200)
      for (let i = 0; i < 5; i++) {
        assert.equal((await ask({})).status, 401)
        assert.equal((await ask({ 'X-MCP-Subject': 'forged' })).status, 401)
        assert.equal((await ask(bearer(narrow))).status, 401)
        assert.ok((await ask(bearer(token))).text.includes(site.email))
      }
      assert.equal(sockets.size, 1)
      agent.destroy()
    })

    test('gets long bodies, with their length told and without', async () => {
      const message = 'x'.repeat(3 << 20)
      const told = await postJson(http(), { message }, bearer(token))
      assert.equal(told.status, 200)
      assert.equal(told.json.bytes, message.length + '{"message":""}'.length)
      const parts = Array(48).fill('y'.repeat(64 << 10))
      const chunked = await sendChunked(http(), parts, bearer(token))
      assert.deepEqual([chunked.status, chunked.json.bytes], [200, 3 << 20])
      const refused = await postJson(http(), { message })
      assert.equal(refused.status, 401)
    })

    test('streams events as they come', async () => {
      const stream = await openStream(site.url('/http/stream'), bearer(token))
      try {
        assert.equal(await stream.next(), 'data: begun')
        for (const text of ['one', 'two', 'three']) {
          echo.say(text)
          assert.equal(await stream.next(), `data: ${text}`)
        }
      } finally {
        stream.close()
      }
    })

    test('is reached with and without a slash at the end, and below its path', async () => {
      for (const [path, arrives] of [['/http', '/backend'], ['/http/', '/backend'], ['/http?y=1', '/backend?y=1'], ['/http/x?y=1', '/backend/x?y=1'], ['/http/?y=/', '/backend?y=/']]) {
        const answer = await send(site.url(path), { method: 'POST', headers: bearer(token) })
        assert.equal(answer.status, 200, path)
        assert.equal(answer.json.url, arrives)
      }
    })
  })

  test('reloaded under load, no request is lost', async t => {
    let running = true
    const answers = []
    const wrong = []
    let lost = 0
    const ask = async (url, status, headers = {}) => {
      try {
        const answer = await send(url, { headers })
        answers.push(answer)
        if (losesAtReload && answer.status >= 500) lost++
        else if (answer.status !== status) wrong.push(`${url}: ${answer.status} ${answer.text.slice(0, 200)}`)
      } catch (error) {
        if (!losesAtReload) throw error
        lost++
      }
    }
    const work = async headers => {
      while (running) {
        await ask(http(), headers.Authorization ? 200 : 401, headers)
        await ask(site.url('/.well-known/jwks.json'), 200)
        await ask(site.url('/api/oauth/health'), 200)
      }
    }
    const all = Promise.all([work(bearer(token)), work(bearer(token)), work({}), work(bearer(token))])
    for (let i = 0; i < 3; i++) {
      const before = answers.length
      await site.control('web', 'reload')
      await until(() => answers.length > before + 150, 60)
    }
    running = false
    await all
    assert.deepEqual(wrong, [])
    t.diagnostic(`${answers.length} answers, ${lost} requests lost`)
    assert.ok(lost <= 12, 'no more than one of each worker a reload')
  })

  test('a token that was revoked is refused', async t => {
    const other = await connect(site, { params: { resource: http() } })
    const ask = () => send(http(), { headers: bearer(other.tokens.access_token) })
    assert.equal((await ask()).status, 200)
    const answer = await send(site.url('/api/oauth/revoke'), {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token: other.tokens.refresh_token, client_id: other.client.client_id }).toString()
    })
    assert.equal(answer.status, 200)
    const since = Date.now()
    await until(async () => (await ask()).status === 401)
    t.diagnostic(`felt after ${Date.now() - since} ms`)
  })
}
