// SPDX-License-Identifier: MIT
// recipes.mjs - the servers and verifiers of docs/protecting-a-server.md, as they
// stand there, and what each must do.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { calculateJwkThumbprint, exportJWK, SignJWT } from 'jose'
import { addClient, freePort, startSite } from './site.mjs'
import { connect, rpc, until } from './flow.mjs'
import { postForm } from './http.mjs'
import { blocksOf } from './transcript.mjs'

const run = promisify(execFile)
const page = await readFile(new URL('../../docs/protecting-a-server.md', import.meta.url), 'utf8')

// By the name in the comment on one of the first two lines.
const files = new Map(blocksOf(page).flatMap(({ text }) => {
  const name = /^(?:<\?php\n)?(?:\/\/|#) (\w+\.\w+)\b/.exec(text)
  return name ? [[name[1], text]] : []
}))

/** A folder with these files of the page in it, and node's packages. */
async function folderWith (names, issuer) {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-oauth-recipe-'))
  for (const name of names) {
    assert.ok(files.has(name), `${name} is not in the page`)
    await writeFile(join(folder, name), files.get(name).replaceAll('https://mcp.example.com', issuer))
  }
  await symlink(new URL('../node_modules', import.meta.url).pathname, join(folder, 'node_modules'))
  return folder
}

// ---- servers behind the guard

/**
 * A test of the server in a file: command is what starts it in a folder that holds the file, with
 * PORT and GUARD_BACKEND_SECRET in its environment; prepare(folder) comes first.
 */
export function testServer (name, command, { prepare = async () => {}, path = '/mcp' } = {}) {
  test(`${name} behind the guard knows who calls`, { timeout: 300000 }, async () => {
    const port = await freePort()
    const folder = await folderWith([name], '')
    await prepare(folder)
    const site = await startSite({
      plain: true,
      conf: 'MCP_RESOURCES=/files',
      guardConf: 'MCP_RESOURCES=/files',
      serve: { '/files': `http://127.0.0.1:${port}${path}` }
    })
    const secret = /^GUARD_BACKEND_SECRET=(.*)$/m.exec(await readFile(site.values.GUARD_CONFIG, 'utf8'))[1]
    const server = start(command, folder, port, secret)
    let open
    try {
      await until(() => listens(port), 60)
      await whoCalls(site)
      await nobodyElse(`http://127.0.0.1:${port}${path}`, ['', 'x', secret + 'x'])
      server.end()
      await until(() => server.ended)
      // Who forgot the secret has no server that is open to all.
      open = start(command, folder, port, '')
      await until(async () => open.ended || await listens(port), 60)
      if (!open.ended) await nobodyElse(`http://127.0.0.1:${port}${path}`, ['', 'x'])
    } catch (error) {
      error.message += `\n${name} said:\n${server.said}${open?.said ?? ''}`
      throw error
    } finally {
      server.end()
      open?.end()
      await site.stop()
      await rm(folder, { recursive: true, force: true })
    }
  })
}

// Its process: {said, ended, end}.
function start (command, folder, port, secret) {
  const child = spawn(command[0], command.slice(1).map(word => word.replace('PORT', port)),
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PORT: String(port), GUARD_BACKEND_SECRET: secret } })
  const server = { said: '', ended: false, end: () => child.kill() }
  for (const stream of [child.stdout, child.stderr]) stream.on('data', text => { server.said += text })
  child.on('exit', () => { server.ended = true })
  return server
}

const listens = port => new Promise(resolve => {
  const socket = createConnection(port, '127.0.0.1', () => { socket.destroy(); resolve(true) })
  socket.on('error', () => resolve(false))
})

async function whoCalls (site) {
  const files = site.url('/files')
  const says = async accessToken => {
    const client = new Client({ name: 'test', version: '1.0.0' })
    await client.connect(new StreamableHTTPClientTransport(new URL(files),
      { requestInit: { headers: { Authorization: `Bearer ${accessToken}`, 'X-Forwarded-Email': 'mallory@example.com' } } }))
    assert.deepEqual((await client.listTools()).tools.map(tool => tool.name), ['whoami'])
    const { content } = await client.callTool({ name: 'whoami', arguments: {} })
    await client.close()
    return content[0].text
  }
  assert.equal((await rpc(files, null, 'tools/list')).status, 401)
  const { tokens } = await connect(site, { params: { scope: 'email profile' } })
  assert.equal(await says(tokens.access_token), `${site.email} may email profile`)

  const machine = await addClient(site, '--name', 'Report', '--client-credentials')
  const { json } = await postForm(site.url('/api/oauth/token'), { grant_type: 'client_credentials', ...machine })
  assert.match(await says(json.access_token), new RegExp(`^${machine.client_id} may nothing$`))
}

// Who does not come through the guard hears nothing of a tool.
async function nobodyElse (url, words) {
  for (const guard of [{}, ...words.map(word => ({ 'X-MCP-Guard': word }))]) {
    const answer = await rpc(url, null, 'tools/call', { name: 'whoami', arguments: {} },
      { 'X-Forwarded-Email': 'mallory@example.com', 'X-MCP-Scope': 'all', ...guard })
    assert.doesNotMatch(answer.text, /mallory/)
  }
}

// ---- verifiers without the guard

// An issuer that signs whatever is wanted.
async function startIssuer () {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const jwk = await exportJWK(publicKey)
  jwk.kid = await calculateJwkThumbprint(jwk)
  const server = createServer((rq, rs) => {
    rs.setHeader('Content-Type', 'application/json')
    rs.end(JSON.stringify({ keys: [{ ...jwk, alg: 'EdDSA', use: 'sig' }] }))
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${server.address().port}`
  const claims = { iss: issuer, aud: issuer + '/files', sub: 'ann', client_id: 'c', scope: 'files:read' }
  const sign = (payload = {}, header = {}, key = privateKey) => new SignJWT({ ...claims, exp: Math.floor(Date.now() / 1000) + 60, ...payload })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: jwk.kid, ...header }).sign(key)
  return { issuer, jwk, sign, close: () => { server.closeAllConnections(); server.close() } }
}

const encode = value => Buffer.from(JSON.stringify(value)).toString('base64url')

// [what it is, token]
async function badTokens ({ issuer, jwk, sign }) {
  const good = await sign()
  const [header, payload, signature] = good.split('.')
  const foreign = generateKeyPairSync('ed25519').privateKey
  const shared = Buffer.from(jwk.x, 'base64url')
  return [
    ['of another server', await sign({ aud: issuer + '/mcp' })],
    ['of a server whose address begins so', await sign({ aud: issuer + '/files2' })],
    ['of others', await sign({ aud: [issuer, issuer + '/api/oauth/userinfo'] })],
    ['of another issuer', await sign({ iss: issuer + '/' })],
    ['expired', await sign({ exp: Math.floor(Date.now() / 1000) - 120 })],
    ['that never expires', await sign({ exp: undefined })],
    ['of nobody', await sign({ sub: undefined })],
    ['an ID token', await sign({}, { typ: 'JWT' })],
    ['without a type', await sign({}, { typ: undefined })],
    ['bound to a key', await sign({ cnf: { jkt: 'x' } })],
    ['by a foreign key', await sign({}, {}, foreign)],
    ['by a foreign key of its own', await sign({}, { kid: 'x' }, foreign)],
    ['unsigned', `${encode({ alg: 'none', typ: 'at+jwt', kid: jwk.kid })}.${payload}.`],
    ['signed with the public key', await sign({}, { alg: 'HS256' }, shared)],
    ['changed', `${header}.${encode({ ...JSON.parse(Buffer.from(payload, 'base64url')), sub: 'mallory' })}.${signature}`],
    ['cut', `${header}.${payload}`],
    ['no token', 'x'],
    ['nothing', '']
  ]
}

/**
 * A test of the verifier in a file. harness is a program beside it that takes tokens as arguments
 * and prints a line for each: its claims as JSON, or "refused"; command starts it.
 */
export function testVerifier (name, harness, command, { prepare = async () => {} } = {}) {
  test(`${name} knows good tokens from bad ones`, { timeout: 300000 }, async () => {
    const verdicts = async (issuer, tokens) => {
      const folder = await folderWith([name], issuer)
      try {
        await writeFile(join(folder, harness.name), harness.text)
        await prepare(folder)
        const { stdout } = await run(command[0], [...command.slice(1), ...tokens], { cwd: folder })
        const lines = stdout.trim().split('\n')
        assert.equal(lines.length, tokens.length, stdout)
        return lines
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    }
    const issuer = await startIssuer()
    try {
      const bad = await badTokens(issuer)
      const [good, listed, ...rest] = await verdicts(issuer.issuer,
        [await issuer.sign(), await issuer.sign({ aud: ['x', issuer.issuer + '/files'] }), ...bad.map(([, token]) => token)])
      assert.equal(JSON.parse(good).sub, 'ann')
      assert.equal(JSON.parse(listed).sub, 'ann')
      rest.forEach((said, i) => assert.equal(said, 'refused', bad[i][0]))
    } finally {
      issuer.close()
    }
    await realToken(verdicts)
  })
}

// What our own server issues.
async function realToken (verdicts) {
  const settings = 'MCP_RESOURCES=/files /mcp'
  const site = await startSite({ plain: true, conf: settings, guardConf: settings })
  try {
    const files = await connect(site, { params: { scope: 'openid email' } })
    const other = await connect(site, { params: { resource: site.mcp } })
    const [said, refused] = await verdicts(site.base, [files.tokens.access_token, other.tokens.access_token])
    assert.equal(JSON.parse(said).email, site.email)
    assert.equal(refused, 'refused')
  } finally {
    await site.stop()
  }
}
