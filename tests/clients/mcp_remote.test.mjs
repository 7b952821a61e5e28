// SPDX-License-Identifier: MIT
// mcp-remote: a program that knows only stdio talks through it to the guarded
// server, and it signs in there in each of its ways.
import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { decodeJwt } from 'jose'
import { allow, openBrowser, signIn } from '../lib/chromium.mjs'
import { program, startDesktop } from '../lib/desktop.mjs'
import { rpc, until } from '../lib/flow.mjs'
import { fetching, startHttpsHost } from '../lib/https_host.mjs'
import { addClient, startSite } from '../lib/site.mjs'

let host, site, chromium
before(async () => {
  host = await startHttpsHost()
  site = await startSite({ conf: fetching(host) })
  chromium = await openBrowser()
})
after(async () => {
  await chromium?.close()
  await site?.stop()
  await host?.stop()
})

/** Start it and shake hands; says is called with all that it has told so far. */
async function connect (desktop, args = [], says = () => {}) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program('mcp-remote/dist/proxy.js'), site.mcp, ...args],
    env: desktop.env,
    stderr: 'pipe'
  })
  let told = ''
  transport.stderr.on('data', data => says(told += data))
  const client = new Client({ name: 'test', version: '1.0.0' })
  await client.connect(transport).catch(error => { throw new Error(`${error.message}: ${told}`) })
  return client
}

const whoami = async client => (await client.callTool({ name: 'whoami', arguments: {} })).structuredContent

/** On a computer of its own: what whoami says, and which addresses it opened. */
async function signedIn (args, says) {
  const desktop = await startDesktop(url => allow(chromium, site, url))
  try {
    const client = await connect(desktop, args, says)
    const said = await whoami(client)
    await client.close()
    return { said, opened: desktop.opened.map(url => new URL(url).searchParams) }
  } finally {
    await desktop.stop()
  }
}

// The access token that it keeps in the home folder.
async function keptToken (desktop) {
  const folder = join(desktop.home, '.mcp-auth')
  const name = (await readdir(folder, { recursive: true })).find(file => file.endsWith('_tokens.json'))
  return JSON.parse(await readFile(join(folder, name), 'utf8')).access_token
}

// The guard accepts this access token no longer, while its session lives on.
async function end (accessToken) {
  await site.sql("INSERT INTO oauth.revocation (jti, expires_at) VALUES ($1, now() + interval '1 hour')", [decodeJwt(accessToken).jti])
  await until(async () => (await rpc(site.mcp, accessToken, 'ping', {})).status === 401)
}

test('registers, opens a browser once, calls, refreshes, and is still signed in when started again', async () => {
  const desktop = await startDesktop(url => allow(chromium, site, url))
  try {
    const client = await connect(desktop)
    assert.deepEqual((await client.listTools()).tools.map(t => t.name), ['whoami', 'echo'])
    const said = await whoami(client)
    assert.equal(said.email, site.email)
    const [asked] = desktop.opened.map(url => new URL(url).searchParams)
    assert.match(asked.get('redirect_uri'), /^http:\/\/localhost:\d+\/oauth\/callback$/)
    assert.equal(asked.get('client_id'), said.client)

    const first = await keptToken(desktop)
    await end(first)
    assert.equal((await whoami(client)).client, said.client)
    assert.notEqual(await keptToken(desktop), first)
    const sessions = await site.sql('SELECT rotated_at FROM public.mcp_server_sessions')
    assert.equal(sessions.length, 1)
    assert.ok(sessions[0].rotated_at, 'it refreshed')
    await client.close()

    const later = await connect(desktop)
    assert.equal((await whoami(later)).client, said.client)
    assert.equal(desktop.opened.length, 1)
    await later.close()
  } finally {
    await desktop.stop()
  }
})

for (const [name, args] of [
  ['no resource', ['--disable-resource-parameter']],
  ['the origin as resource', ['--resource', 'http://127.0.0.1:@PORT@/']],
  ['a slash after the resource', ['--resource', 'http://127.0.0.1:@PORT@/mcp/']]
]) {
  test(`sends ${name}, and its token is good all the same`, async () => {
    const spelled = args.map(arg => arg.replace('@PORT@', site.port))
    const { said, opened: [asked] } = await signedIn(spelled)
    assert.equal(asked.get('resource'), spelled[1] ?? null)
    assert.equal(said.resource, site.mcp)
  })
}

test('falls back to the scopes of OpenID Connect', async () => {
  const scope = 'openid email profile'
  const { said, opened: [asked] } = await signedIn(['--static-oauth-client-metadata', JSON.stringify({ scope })])
  assert.equal(asked.get('scope'), scope)
  assert.equal(said.scope, scope)
})

test('speaks 2026-07-28 to the server', async () => {
  let told
  const { said } = await signedIn(['--protocol', 'auto'], text => { told = text })
  assert.equal(said.email, site.email)
  assert.match(told, /server speaks MCP 2026-07-28/)
})

test('is a client whose metadata is published', async () => {
  const client_id = host.url('/mcp-remote.json')
  host.answers.set('/mcp-remote.json', {
    client_id,
    client_name: 'mcp-remote',
    redirect_uris: ['http://localhost/oauth/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none'
  })
  const { said } = await signedIn(['--client-metadata-url', client_id])
  assert.equal(said.client, client_id)
})

test('connects as a device, without a browser of its own', async () => {
  const page = await chromium.newPage()
  const approve = async url => {
    await page.goto(url)
    await page.getByRole('button', { name: 'Continue' }).click()
    await signIn(page, site)
    await page.getByRole('button', { name: 'Authorize' }).click()
    await page.getByRole('heading', { name: 'The device is connected' }).waitFor()
    await page.close()
  }
  let approved
  const { said, opened } = await signedIn(['--device-code'], told => {
    const [url] = /http:\S+user_code=\S+(?=\n)/.exec(told) ?? []
    if (url) approved ??= approve(url)
  })
  await approved
  assert.equal(said.email, site.email)
  assert.equal(said.resource, site.mcp)
  assert.deepEqual(opened, [])
})

test('acts for itself with credentials that the operator made', async () => {
  const client = await addClient(site, '--name', 'Nightly', '--client-credentials')
  const { said, opened } = await signedIn(['--client-credentials', '--static-oauth-client-info', JSON.stringify(client)])
  assert.equal(said.client, client.client_id)
  assert.equal(said.user, undefined)
  assert.deepEqual(opened, [])
})
