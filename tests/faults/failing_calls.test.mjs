// SPDX-License-Identifier: MIT
// Each allocation, each write and each call of libpq that a request makes fails
// once, one after the other, in the programs as they are installed. The answer
// is then the right one, or a fault reported as a fault, or the program ended
// before it said anything; never a success that is none, never a wrong
// credential, never a secret in the log.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { runCgi } from '../lib/cgi.mjs'
import { authorizationRequest, Browser, connect, newVerifier, redemption, refreshing, register, token, whoami } from '../lib/flow.mjs'
import { addClient, startSite } from '../lib/site.mjs'

const run = promisify(execFile)
const form = { CONTENT_TYPE: 'application/x-www-form-urlencoded' }
let site, dir, library, secrets, metadata, jwks
before(async () => {
  dir = await mkdtemp('/var/tmp/mcp-oauth-fail-')
  await chmod(dir, 0o777)
  // Behind the guard as plain CGI: says for whom it was run.
  await writeFile(join(dir, 'server.cgi'), '#!/bin/sh\nprintf "Status: 200\\r\\nSubject: %s\\r\\n\\r\\n" "$HTTP_X_MCP_SUBJECT"\n', { mode: 0o755 })
  site = await startSite({ conf: 'JWT_ALG=RS256', guardConf: `MCP_RESOURCE_PROGRAM=/mcp ${join(dir, 'server.cgi')}` })
  library = join(dir, 'fail.so')
  const { stdout } = await run('pkg-config', ['--cflags', 'libpq'])
  await run('gcc', ['-shared', '-fPIC', '-O1', ...stdout.trim().split(' '), '-o', library, new URL('../lib/fail.c', import.meta.url).pathname])
  secrets = [...(await readFile(site.values.MCP_OAUTH_CONFIG, 'utf8')).matchAll(/^(?:JWT_SECRET|DATABASE_URL)=(.+)$/gm)].map(m => m[1])
  metadata = JSON.parse((await runCgi(site, 'server_metadata', { path: '/.well-known/oauth-authorization-server' })).text)
  jwks = JSON.parse((await runCgi(site, 'jwks', { path: '/.well-known/jwks.json' })).text)
})
after(async () => {
  await site?.stop()
  if (dir) await rm(dir, { recursive: true })
})

// Ask once, with call number at of this kind failing; {status, text, count ...}.
async function ask (kind, at, { program, secret = [], ...request }) {
  const file = join(dir, `count.${randomBytes(6).toString('hex')}`)
  const answer = await runCgi(site, program, {
    ...request,
    under: ['env', `LD_PRELOAD=${library}`, `FAIL_KIND=${kind}`, `FAIL_AT=${at}`, `FAIL_COUNT=${file}`]
  })
  const where = `${program}, ${kind} ${at}: ${answer.status} ${answer.text} ${answer.errors}`
  for (const word of [...secrets, ...secret]) assert.ok(!answer.errors.includes(word), where)
  const count = Number(await readFile(file, 'utf8').catch(() => ''))
  await rm(file, { force: true })
  return { ...answer, count, where }
}

// What became of a failed call: 'served', 'refused' or 'ended'.
function outcome (answer, good) {
  if (Number.isNaN(answer.status)) {
    // On purpose, or in json-c, which looks at NULL where memory is short. Nothing
    // was said of a success.
    assert.match(answer.errors, /out of memory|Aborted|Segmentation fault/, answer.where)
    assert.equal(answer.text, '', answer.where)
    return 'ended'
  }
  if (answer.status >= 500) {
    if (/json/.test(answer.headers['content-type'] ?? '')) assert.equal(JSON.parse(answer.text).error, 'temporarily_unavailable', answer.where)
    if (answer.status === 503) assert.ok(answer.headers['retry-after'], answer.where)
    return 'refused'
  }
  good(answer)
  return 'served'
}

/**
 * Try each call of the kind. make() resolves to {request, good, afterwards}: what to
 * ask, what a good answer is, and what must hold then whatever the outcome was,
 * which a client may reach by asking again.
 */
async function attack (kind, make, atOnce = 3) {
  const first = await make()
  const whole = await ask(kind, 0, first.request)
  assert.equal(outcome(whole, first.good), 'served', whole.where)
  assert.ok(whole.count > 0, whole.where)
  await first.afterwards?.('served', whole)
  const counts = { served: 0, refused: 0, ended: 0 }
  // Of what is very many, some hundred, spread over the whole.
  const step = kind === 'crypto' ? Math.max(1, Math.floor(whole.count / 100)) : 1
  let next = 1
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (next <= whole.count) {
      const at = next
      next += step
      const { request, good, afterwards } = await make()
      const answer = await ask(kind, at, request)
      const what = outcome(answer, good)
      await afterwards?.(what, answer)
      counts[what]++
    }
  }))
  return counts
}

const sha256 = text => createHash('sha256').update(text).digest()
const post = (program, path, fields, more = {}) => ({ program, method: 'POST', path, body: new URLSearchParams(fields).toString(), headers: form, ...more })
const tokenRequest = (fields, secret) => post('token', '/api/oauth/token', fields, { secret })

function goodTokens (answer) {
  assert.equal(answer.status, 200, answer.where)
  const tokens = JSON.parse(answer.text)
  assert.deepEqual(Object.keys(tokens).sort(), ['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type'], answer.where)
  assert.equal(tokens.access_token.split('.').length, 3, answer.where)
  assert.match(tokens.refresh_token, /^[\w-]{64}$/, answer.where)
  return tokens
}

// Another code like one that a person allowed: {code, verifier, client}.
async function codes () {
  const client = await register(site)
  const verifier = newVerifier()
  const browser = new Browser(site)
  const code = await browser.code(authorizationRequest(client, verifier))
  return async () => {
    const copy = randomBytes(32).toString('base64url')
    await site.sql(`INSERT INTO oauth.authorization_code (code_digest, client_id, user_id, redirect_uri, scope, resource, code_challenge, auth_at, expires_at)
      SELECT $1, client_id, user_id, redirect_uri, scope, resource, code_challenge, auth_at, now() + interval '1 hour'
        FROM oauth.authorization_code WHERE code_digest = $2`, [sha256(copy), sha256(code)])
    return { client, code: copy, verifier }
  }
}

const scenarios = {
  // The same token again always has the same successor.
  async refresh () {
    const { client, tokens } = await connect(site)
    const successor = (await token(site, refreshing(client, tokens))).json.refresh_token
    return async () => ({
      request: tokenRequest(refreshing(client, tokens), [tokens.refresh_token, successor]),
      good: answer => assert.equal(goodTokens(answer).refresh_token, successor, answer.where)
    })
  },

  // Rotated or not: whoever asks again gets the one successor.
  async rotation () {
    const { client, tokens } = await connect(site)
    let live = tokens
    return async () => {
      const presented = live
      return {
        request: tokenRequest(refreshing(client, presented), [presented.refresh_token]),
        good: goodTokens,
        async afterwards (what, answer) {
          const again = await token(site, refreshing(client, presented))
          assert.equal(again.status, 200, `${answer.where}\n${again.text}`)
          if (what === 'served') assert.equal(again.json.refresh_token, JSON.parse(answer.text).refresh_token, answer.where)
          live = again.json
        }
      }
    }
  },

  // One answer at most, and one session at most.
  async code () {
    const next = await codes()
    return async () => {
      const { client, code, verifier } = await next()
      return {
        request: tokenRequest(redemption(client, code, verifier), [code, verifier]),
        good: goodTokens,
        async afterwards (what, answer) {
          const [row] = await site.sql(`SELECT a.spent_at IS NOT NULL AS spent, s.id IS NOT NULL AS lives
            FROM oauth.authorization_code a LEFT JOIN public.mcp_server_sessions s ON s.id = a.session_id WHERE a.code_digest = $1`, [sha256(code)])
          if (what === 'served') assert.deepEqual(row, { spent: true, lives: true }, answer.where)
          assert.equal(row.lives, row.spent, answer.where)
        }
      }
    }
  },

  async revoke () {
    const next = await codes()
    return async () => {
      const { client, code, verifier } = await next()
      const tokens = (await token(site, redemption(client, code, verifier))).json
      return {
        request: post('revoke', '/api/oauth/revoke', { client_id: client.client_id, token: tokens.refresh_token }, { secret: [tokens.refresh_token] }),
        good: answer => assert.deepEqual([answer.status, answer.text], [200, ''], answer.where),
        async afterwards (what, answer) {
          if (what === 'served') assert.equal((await token(site, refreshing(client, tokens))).status, 400, answer.where)
        }
      }
    }
  },

  async register () {
    await site.sql('DELETE FROM oauth.client')
    return async () => ({
      request: {
        program: 'register',
        method: 'POST',
        path: '/api/oauth/register',
        headers: { CONTENT_TYPE: 'application/json', REMOTE_ADDR: `10.${randomBytes(3).join('.')}` },
        body: JSON.stringify({ client_name: 'App', redirect_uris: [`https://${randomBytes(6).toString('hex')}.example/cb`], jwks_uri: 'https://app.example/jwks' })
      },
      async good (answer) {
        assert.equal(answer.status, 201, answer.where)
        const client = JSON.parse(answer.text)
        for (const member of ['client_id', 'client_secret', 'jwks_uri', 'client_id_issued_at', 'registration_access_token', 'registration_client_uri', 'redirect_uris', 'grant_types']) {
          assert.ok(member in client, `${member}: ${answer.where}`)
        }
      },
      async afterwards (what, answer) {
        if (what !== 'served') return
        const { client_id: id } = JSON.parse(answer.text)
        assert.equal((await site.sql('SELECT FROM oauth.client WHERE client_id = $1', [id])).length, 1, answer.where)
      }
    })
  },

  // The form sent again has the same code.
  async consent () {
    const client = await register(site)
    const browser = new Browser(site)
    const at = await browser.toConsent(authorizationRequest(client, newVerifier()))
    const code = await browser.decide(at)
    return async () => ({
      request: {
        ...post('consent', '/api/oauth/consent', { ...at.fields, decision: 'authorize' }, { secret: [...browser.cookies.values(), code.get('code')] }),
        headers: { ...form, HTTP_ORIGIN: site.base, HTTP_COOKIE: browser.headers().Cookie }
      },
      good (answer) {
        assert.equal(answer.status, 303, answer.where)
        assert.deepEqual([...new URL(answer.headers.location).searchParams], [...code], answer.where)
      }
    })
  },

  async introspect () {
    const server = await addClient(site, '--name', 'Server', '--introspect', '/mcp')
    const { tokens } = await connect(site)
    const basic = 'Basic ' + Buffer.from(`${server.client_id}:${server.client_secret}`).toString('base64')
    return async () => ({
      request: {
        ...post('introspect', '/api/oauth/introspect', { token: tokens.access_token }, { secret: [tokens.access_token, server.client_secret] }),
        headers: { ...form, HTTP_AUTHORIZATION: basic }
      },
      good (answer) {
        assert.equal(answer.status, 200, answer.where)
        const { active, sub, client_id: id, exp } = JSON.parse(answer.text)
        assert.ok(active === true && sub && id && exp, answer.where)
      }
    })
  },

  async guard () {
    const { tokens } = await connect(site)
    await whoami(site, tokens.access_token) // a guard that keeps the snapshot
    const subject = JSON.parse(Buffer.from(tokens.access_token.split('.')[1], 'base64url')).sub
    return async () => ({
      request: {
        program: '../guard/guard',
        method: 'POST',
        path: '/mcp',
        secret: [tokens.access_token],
        headers: { MCP_OAUTH_CONFIG: site.values.GUARD_CONFIG, HTTP_AUTHORIZATION: `Bearer ${tokens.access_token}` }
      },
      good (answer) {
        assert.equal(answer.status, 200, answer.where)
        assert.equal(answer.headers.subject, subject, answer.where)
      }
    })
  },

  async metadata () {
    return async () => ({
      request: { program: 'server_metadata', path: '/.well-known/oauth-authorization-server' },
      good (answer) {
        assert.equal(answer.status, 200, answer.where)
        assert.deepEqual(JSON.parse(answer.text), metadata, answer.where)
      }
    })
  },

  async jwks () {
    return async () => ({
      request: { program: 'jwks', path: '/.well-known/jwks.json' },
      good (answer) {
        assert.equal(answer.status, 200, answer.where)
        assert.deepEqual(JSON.parse(answer.text), jwks, answer.where)
      }
    })
  }
}

const without = {
  libpq: ['metadata', 'jwks', 'guard'],
  crypto: ['metadata', 'revoke', 'register', 'consent']
}
for (const kind of ['libpq', 'write', 'memory', 'crypto']) {
  describe(`each call fails once: ${kind}`, () => {
    for (const [name, prepare] of Object.entries(scenarios)) {
      if (without[kind]?.includes(name)) continue
      test(name, async t => {
        const counts = await attack(kind, await prepare(), name === 'rotation' ? 1 : 3)
        t.diagnostic(`${counts.served} served, ${counts.refused} refused, ${counts.ended} ended`)
        // A line that could not be written hinders no answer.
        if (kind === 'write') assert.equal(counts.refused + counts.ended, 0)
        if (kind === 'libpq') assert.ok(counts.refused > 0)
      })
    }
  })
}
