// SPDX-License-Identifier: MIT
// mcp-remote: a program that knows only stdio talks through it to the guarded
// server, today and tomorrow. long/mcp_remote.test.mjs has its other ways.
import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { decodeJwt } from 'jose'
import { allow, openBrowser } from '../lib/chromium.mjs'
import { startDesktop } from '../lib/desktop.mjs'
import { rpc, until } from '../lib/flow.mjs'
import { startRemote, whoami } from '../lib/mcp_remote.mjs'
import { startSite } from '../lib/site.mjs'

let site, chromium
before(async () => {
  site = await startSite()
  chromium = await openBrowser()
})
after(async () => {
  await chromium?.close()
  await site?.stop()
})

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
    const client = await startRemote(desktop, site.mcp)
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

    const later = await startRemote(desktop, site.mcp)
    assert.equal((await whoami(later)).client, said.client)
    assert.equal(desktop.opened.length, 1)
    await later.close()
  } finally {
    await desktop.stop()
  }
})
