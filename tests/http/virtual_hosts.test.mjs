// SPDX-License-Identifier: MIT
// This is about Apache itself: two authorization servers as virtual hosts of
// one Apache, over TLS and HTTP/2, that share nothing.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:http2'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { as } from '../lib/fastcgi.mjs'
import { send } from '../lib/http.mjs'
import { freePort, startSite } from '../lib/site.mjs'

const run = promisify(execFile)
let site, folder, port, owner
const hosts = {}

// Run the operator's command for a virtual host, as the account of the site.
async function command (name, ...args) {
  const all = [site.values.MCP_OAUTH, '--config', `${folder}/${name}/mcp-oauth.conf`, ...args]
  return run(all[0], all.slice(1), { ...owner, cwd: '/' })
}

// Settings, database and client of a virtual host that Apache knows already.
async function setUp (name) {
  const dir = join(folder, name)
  const base = `https://${name}.test:${port}`
  const database = role => `postgresql://${role}@/${name}?host=${site.values.PG_SOCKET}`
  await mkdir(join(dir, 'run'), { recursive: true, mode: 0o700 })
  const common = `OAUTH_BASE_URL=${base}\nMCP_RESOURCES=/mcp\nSTATE_DIRECTORY=${dir}/run\n`
  await writeFile(join(dir, 'mcp-oauth.conf'), `${common}JWT_SECRET=${randomBytes(32).toString('hex')}\nDATABASE_URL=${database('mcp_web')}\n`)
  await writeFile(join(dir, 'guard.conf'), `${common}JWKS_FILE=${dir}/jwks.json\nDATABASE_URL=${database('mcp_guard')}\n`)
  for (const file of ['.', 'run', 'mcp-oauth.conf', 'guard.conf']) {
    await chmod(join(dir, file), file.endsWith('conf') ? 0o600 : 0o700)
    if (owner.uid) await chown(join(dir, file), owner.uid, owner.gid)
  }
  await site.sql(`CREATE DATABASE ${name} OWNER mcp_owner`)
  await command(name, 'migrate', '--database', database('mcp_owner'))
  await command(name, 'render', '--jwks', `${dir}/jwks.json`)
  const { stdout } = await command(name, 'client', 'add', '--name', 'Machine', '--client-credentials', '--database', database('mcp_owner'))
  return { name, base, client: Object.fromEntries(stdout.trim().split('\n').map(line => line.split('='))) }
}

const virtualHost = name => `
<VirtualHost *:${port}>
  ServerName ${name}.test
  Protocols h2 http/1.1
  SSLEngine on
  SSLCertificateFile ${folder}/cert.pem
  SSLCertificateKeyFile ${folder}/key.pem
  Define MCP_OAUTH_CONFIG ${folder}/${name}/mcp-oauth.conf
  Define MCP_OAUTH_GUARD_CONFIG ${folder}/${name}/guard.conf
  Include \${SHARE}/mcp-oauth.conf
  Use GuardMCP /mcp
</VirtualHost>`

before(async () => {
  folder = await mkdtemp('/var/tmp/mcp-oauth-hosts-')
  await chmod(folder, 0o755)
  await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', '/CN=a test', '-addext', 'subjectAltName=DNS:one.test,DNS:two.test', '-keyout', `${folder}/key.pem`, '-out', `${folder}/cert.pem`])
  await chmod(`${folder}/key.pem`, 0o644)
  port = await freePort()
  site = await startSite({
    modules: 'ssl http2',
    apache: `Listen 127.0.0.1:${port}${virtualHost('one')}${virtualHost('two')}`
  })
  owner = await as(site.values.RUN_AS)
  for (const name of ['one', 'two']) hosts[name] = await setUp(name)
})
after(async () => {
  await site?.stop()
  await rm(folder, { recursive: true })
})

// A request over HTTP/2 and TLS, whose certificate is looked at.
async function ask ({ name, base }, path, { headers = {}, body } = {}) {
  const session = connect(`https://127.0.0.1:${port}`, { servername: `${name}.test`, ca: await readFile(`${folder}/cert.pem`) })
  try {
    const stream = session.request({ ':path': path, ':method': body ? 'POST' : 'GET', ':authority': new URL(base).host, ...headers })
    stream.end(body)
    const answer = await new Promise((resolve, reject) => {
      stream.on('response', resolve)
      stream.on('error', reject)
      session.on('error', reject)
    })
    let text = ''
    for await (const part of stream) text += part
    assert.equal(session.alpnProtocol, 'h2')
    return { status: answer[':status'], headers: answer, json: JSON.parse(text) }
  } finally {
    session.close()
  }
}

const tokenFor = host => ask(host, '/api/oauth/token', {
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({ grant_type: 'client_credentials', resource: `${host.base}/mcp`, ...host.client }).toString()
})

const call = (host, token) => ask(host, '/mcp', {
  headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'whoami' } })
})

test('each is an issuer of its own, and so is the plain one beside them', async () => {
  const kids = []
  for (const host of Object.values(hosts)) {
    const { json, headers } = await ask(host, '/.well-known/oauth-authorization-server')
    assert.equal(json.issuer, host.base)
    assert.match(headers['strict-transport-security'], /max-age/)
    kids.push(...(await ask(host, '/.well-known/jwks.json')).json.keys.map(key => key.kid))
  }
  kids.push(...(await send(site.url('/.well-known/jwks.json'))).json.keys.map(key => key.kid))
  assert.equal(new Set(kids).size, kids.length)
  assert.equal((await send(site.url('/.well-known/oauth-authorization-server'))).json.issuer, site.base)
})

test('a token is good at its own host, and the refusal elsewhere is exact over HTTP/2 too', async () => {
  for (const [mine, other] of [['one', 'two'], ['two', 'one']]) {
    const answer = await tokenFor(hosts[mine])
    assert.equal(answer.status, 200, JSON.stringify(answer.json))
    const token = answer.json.access_token
    const said = await call(hosts[mine], token)
    assert.equal(said.status, 200)
    assert.equal(said.json.result.structuredContent.resource, `${hosts[mine].base}/mcp`)
    const refused = await call(hosts[other], token)
    assert.equal(refused.status, 401)
    assert.equal(refused.json.error, 'invalid_token')
    assert.match(refused.headers['www-authenticate'], new RegExp(`resource_metadata="${hosts[other].base}/`))
  }
})

test('a client of one is unknown to the other', async () => {
  const answer = await tokenFor({ ...hosts.two, client: hosts.one.client })
  assert.deepEqual([answer.status, answer.json.error], [401, 'invalid_client'])
})

test('no process serves two of them', async () => {
  const served = {}
  for (const pid of (await readdir('/proc')).filter(entry => /^\d+$/.test(entry))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    const [, name] = environment.match(new RegExp(`^(?:.*\0)?MCP_OAUTH_CONFIG=${folder}/(\\w+)/`, 's')) ?? []
    if (name) served[name] = (served[name] ?? 0) + 1
  }
  assert.ok(served.one >= 3 && served.two >= 3, JSON.stringify(served))
})
