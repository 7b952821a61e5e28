// SPDX-License-Identifier: MIT
// The guard as a plain CGI program, in front of MCP servers that are CGI
// programs of the same account, on a shared host with the shipped .htaccess.
// This is about Apache itself.
import assert from 'node:assert/strict'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { connect, rpc, until, whoami } from '../lib/flow.mjs'
import { postForm, send } from '../lib/http.mjs'
import { sharedHost } from '../lib/shared_host.mjs'
import { changeSettings, startSite } from '../lib/site.mjs'

const htaccess = new URL('../../apache-conf/shared-host.htaccess', import.meta.url)
const resources = 'MCP_RESOURCES=/mcp /env /php /gone'
let site, host, session

// What a shell or PHP program does with a request: it tells all it was given.
const programs = {
  'env.cgi': '#!/bin/sh\nprintf "Status: 200\\r\\nContent-Type: text/plain\\r\\n\\r\\n"\npwd\nenv\nprintf "BODY="\ncat\n',
  'php.cgi': '#!/usr/bin/php-cgi\n<?php header("Content-Type: application/json");\n' +
    'echo json_encode(["server" => $_SERVER, "body" => file_get_contents("php://input")]);\n'
}

before(async () => {
  site = await startSite({
    plain: true,
    conf: resources,
    guardConf: `${resources}\nGUARD_OFFLINE=deny`
  })
  const { STATE, GUARD_CONFIG } = site.values
  host = await sharedHost(site)
  const home = join(host.dir, 'servers')
  mkdirSync(home)
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(home, name), text)
    chmodSync(join(home, name), 0o755)
  }
  cpSync(join(STATE, 'usr/libexec/mcp-oauth/demo/whoami'), join(home, 'whoami'))
  cpSync(join(STATE, 'usr/libexec/mcp-oauth/guard'), join(host.dir, 'cgi-bin/mcp-oauth-guard'), { recursive: true })
  await changeSettings(GUARD_CONFIG, [`MCP_RESOURCE_PROGRAM=/mcp ${home}/whoami`])
  writeFileSync(GUARD_CONFIG, readFileSync(GUARD_CONFIG, 'utf8') +
    `MCP_RESOURCE_PROGRAM=/env ${home}/env.cgi\nMCP_RESOURCE_PROGRAM=/php ${home}/php.cgi\nMCP_RESOURCE_PROGRAM=/gone ${home}/gone\n`)
  writeFileSync(join(host.dir, 'public_html/.htaccess'), readFileSync(htaccess, 'utf8')
    .replace(/^#SetEnv MCP_OAUTH_CONFIG .*$/m, `SetEnv MCP_OAUTH_CONFIG ${site.values.MCP_OAUTH_CONFIG}`)
    .replace(/^#SetEnv MCP_OAUTH_GUARD_CONFIG .*$/m, `SetEnv MCP_OAUTH_GUARD_CONFIG ${GUARD_CONFIG}`)
    .replace(/^#(RewriteRule) \^mcp(.*)$/m, '$1 ^(?:mcp|env|php|gone)$2'))
  await host.start()
  session = await connect(site)
})
after(async () => {
  host?.stop()
  await site?.stop()
})

const at = path => ({ mcp: host.url(path) })
const bearer = tokens => ({ Authorization: `Bearer ${tokens.access_token}` })
const variables = text => Object.fromEntries(text.split('\n').filter(l => /^\w+=/.test(l)).map(l => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)]))

async function tokensFor (path) {
  return (await connect(site, { client: session.client, params: { resource: site.url(path) } })).tokens
}

test('without a token it is challenged, exactly', async () => {
  const answer = await rpc(host.url('/mcp'), undefined, 'ping', {})
  assert.equal(answer.status, 401)
  assert.equal(answer.rawHeaders.filter(h => /^www-authenticate$/i.test(h)).length, 1)
  assert.ok(answer.headers['www-authenticate'].includes(`resource_metadata="${site.url('/.well-known/oauth-protected-resource/mcp')}"`))
  assert.match(answer.headers['content-type'], /json/)
  assert.ok(answer.json.error_description)
  assert.match((await rpc(host.url('/mcp'), 'garbage', 'ping', {})).headers['www-authenticate'], /error="invalid_token"/)
})

test('a refusal arrives whole, however long the body that nobody reads', async () => {
  const answer = await send(host.url('/mcp'), { method: 'POST', body: 'x'.repeat(3 << 20), headers: { 'Content-Type': 'application/json' } })
  assert.equal(answer.status, 401)
  assert.ok(answer.json.error_description)
})

test('a page may ask before it calls', async () => {
  const answer = await send(host.url('/mcp'), { method: 'OPTIONS', headers: { Origin: site.base, 'Access-Control-Request-Method': 'POST' } })
  assert.equal(answer.status, 204)
  assert.equal(answer.headers['access-control-allow-origin'], '*')
})

test('with a token the MCP server answers, and knows who asks', async () => {
  const told = await whoami(at('/mcp'), session.tokens.access_token)
  assert.equal(told.user, (await whoami(site, session.tokens.access_token).catch(() => told)).user)
  assert.equal(told.email, site.email)
  assert.equal((await rpc(host.url('/mcp/'), session.tokens.access_token, 'ping', {})).status, 200)
})

test('the program gets body, place and identity, and neither token nor forgery', async () => {
  const tokens = await tokensFor('/env')
  const answer = await send(host.url('/env/below/it?q=1'), {
    method: 'POST',
    body: 'a=b',
    headers: {
      ...bearer(tokens),
      'Content-Type': 'application/x-www-form-urlencoded',
      Cookie: '__Host-mcp-oauth-login=secret; theirs=1;__Host-mcp-oauth-other=secret;  more=2',
      DPoP: 'a.b.c',
      Proxy: 'http://evil.example',
      'X-Forwarded-User': 'forged',
      'X-MCP-Subject': 'forged',
      'X-MCP-Guard': 'forged',
      'X-Request-Id': 'forged'
    }
  })
  assert.equal(answer.status, 200, answer.text)
  assert.ok(answer.text.startsWith(join(host.dir, 'servers') + '\n'))
  assert.ok(answer.text.endsWith('BODY=a=b'))
  assert.doesNotMatch(answer.text, /forged|secret;|__Host-|evil\.example|REDIRECT_(?!STATUS)/)
  assert.ok(!answer.text.includes(tokens.access_token))
  const env = variables(answer.text)
  for (const name of ['HTTP_AUTHORIZATION', 'HTTP_DPOP', 'HTTP_PROXY', 'MCP_OAUTH_CONFIG', 'MCP_OAUTH_GUARD_CONFIG']) assert.equal(env[name], undefined, name)
  assert.equal(env.HTTP_COOKIE, 'theirs=1; more=2')
  assert.equal(env.SCRIPT_NAME, '/env')
  assert.equal(env.PATH_INFO, '/below/it')
  assert.equal(env.QUERY_STRING, 'q=1')
  assert.equal(env.CONTENT_LENGTH, '3')
  assert.equal(env.HTTP_X_FORWARDED_EMAIL, site.email)
  assert.equal(env.HTTP_X_FORWARDED_USER, env.HTTP_X_MCP_SUBJECT)
  assert.equal(env.HTTP_X_MCP_CLIENT, session.client.client_id)
  assert.equal(env.HTTP_X_MCP_RESOURCE, site.url('/env'))
  assert.ok(env.HTTP_X_MCP_GUARD.length >= 43)
  assert.ok(env.HTTP_X_REQUEST_ID)
})

test('for a client that acts for itself there is no user, whoever it says it is', async () => {
  const { stdout } = await site.command('client', 'add', '--name', 'Machine', '--client-credentials', '--database', site.values.DATABASE_URL)
  const [, id, secret] = /client_id=(\S+)[^]*client_secret=(\S+)/.exec(stdout)
  const tokens = await postForm(site.url('/api/oauth/token'), { grant_type: 'client_credentials', client_id: id, client_secret: secret, resource: site.url('/env') })
  assert.equal(tokens.status, 200, tokens.text)
  const answer = await send(host.url('/env'), { headers: { ...bearer(tokens.json), 'X-Forwarded-User': 'forged', 'X-Forwarded-Email': 'forged' } })
  const env = variables(answer.text)
  assert.equal(env.HTTP_X_MCP_SUBJECT, id)
  assert.equal(env.HTTP_X_FORWARDED_USER, undefined)
  assert.equal(env.HTTP_X_FORWARDED_EMAIL, undefined)
})

test('a PHP program is served alike', { skip: !existsSync('/usr/bin/php-cgi') && 'php-cgi is not installed' }, async () => {
  const tokens = await tokensFor('/php')
  const answer = await send(host.url('/php/x'), { method: 'POST', body: '{"a":1}', headers: { ...bearer(tokens), 'Content-Type': 'application/json' } })
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.json.body, '{"a":1}')
  assert.equal(answer.json.server.HTTP_X_FORWARDED_EMAIL, site.email)
  assert.equal(answer.json.server.PATH_INFO, '/x')
  assert.equal(answer.json.server.HTTP_AUTHORIZATION, undefined)
  assert.ok(!answer.text.includes(tokens.access_token))
})

test('a token for one is none for another', async () => {
  assert.equal((await send(host.url('/env'), { headers: bearer(session.tokens) })).status, 401)
})

test('many at once are all served', async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, () => rpc(host.url('/mcp'), session.tokens.access_token, 'ping', {})))
  assert.deepEqual([...new Set(answers.map(a => a.status))], [200])
})

test('a program that cannot be run is 503, and the log says which', async () => {
  const answer = await send(host.url('/gone'), { headers: bearer(await tokensFor('/gone')) })
  assert.equal(answer.status, 503)
  assert.equal(answer.json.error, 'temporarily_unavailable')
  assert.match(readFileSync(join(site.values.STATE, 'log/shared.log'), 'utf8'), /the program of MCP_RESOURCE_PROGRAM cannot be run/)
})

test('at an address of its own the guard serves nothing', async () => {
  const answer = await send(host.url('/cgi-bin/mcp-oauth-guard/guard'), { headers: bearer(session.tokens) })
  assert.ok([404, 503].includes(answer.status), `${answer.status}`)
  assert.match(answer.headers['content-type'], /json/)
})

test('a revoked session is refused', async () => {
  const other = await connect(site)
  assert.equal((await rpc(host.url('/mcp'), other.tokens.access_token, 'ping', {})).status, 200)
  await site.sql('DELETE FROM public.mcp_server_sessions WHERE client_identifier = $1', [other.client.client_id])
  await until(async () => (await rpc(host.url('/mcp'), other.tokens.access_token, 'ping', {})).status === 401)
})

test('without the database it is unavailable, and serves again when that is back', async () => {
  await site.control('database', 'stop')
  await until(async () => (await rpc(host.url('/mcp'), session.tokens.access_token, 'ping', {})).status === 503)
  await site.control('database', 'start')
  await until(async () => (await rpc(host.url('/mcp'), session.tokens.access_token, 'ping', {})).status === 200)
})
