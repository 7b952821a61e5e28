// SPDX-License-Identifier: MIT
// A client that is a web page of another origin: the MCP SDK and oauth4webapi
// in Chromium, whose rules for foreign origins (CORS) hold for every request.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { openBrowser, signIn } from '../lib/chromium.mjs'
import { startSite } from '../lib/site.mjs'

const folder = new URL('..', import.meta.url).pathname
let site, chromium, pages
before(async () => {
  site = await startSite()
  chromium = await openBrowser()
  pages = await servePages()
})
after(async () => {
  pages?.server.close()
  await chromium?.close()
  await site?.stop()
})

// The page, and the modules that it imports.
async function servePages () {
  const server = createServer(async (rq, rs) => {
    const { pathname } = new URL(rq.url, 'http://x')
    try {
      const module = pathname.startsWith('/node_modules/')
      const body = await readFile(module ? join(folder, pathname) : join(folder, 'clients/web_page.html'))
      rs.writeHead(200, { 'Content-Type': module ? 'text/javascript' : 'text/html' }).end(body)
    } catch {
      rs.writeHead(404).end()
    }
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return { server, origin: `http://127.0.0.1:${server.address().port}` }
}

test('it discovers, registers, signs in, calls a tool, refreshes and revokes', async () => {
  const page = await chromium.newPage()
  const asked = new Set()
  page.on('request', rq => {
    const { origin, pathname } = new URL(rq.url())
    if (origin === site.base && rq.resourceType() === 'fetch') asked.add(pathname)
  })
  try {
    await page.goto(pages.origin + '/?server=' + encodeURIComponent(site.mcp))
    await signIn(page, site)
    await page.getByRole('button', { name: 'Authorize' }).click()
    await page.waitForURL(pages.origin + '/callback?*')
    await page.waitForFunction(() => document.body.textContent.trim())
    assert.equal((await page.textContent('body')).trim(), 'Connected')
    assert.equal((await page.evaluate(() => window.whoami())).email, site.email)

    const before = await page.evaluate(() => {
      const tokens = JSON.parse(sessionStorage.getItem('tokens'))
      sessionStorage.setItem('tokens', JSON.stringify({ ...tokens, access_token: 'stale' }))
      return tokens
    })
    assert.equal((await page.evaluate(() => window.whoami())).email, site.email)
    assert.notEqual(await page.evaluate(() => JSON.parse(sessionStorage.getItem('tokens')).refresh_token), before.refresh_token)

    await page.evaluate(() => window.revoke())
    assert.deepEqual(await site.sql('SELECT FROM public.mcp_server_sessions'), [])
    const { status, challenge } = await page.evaluate(() => window.challenge())
    assert.equal(status, 401)
    assert.match(challenge, /^Bearer .*resource_metadata=/)

    // All of it was read by the page itself.
    for (const path of ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-authorization-server',
      '/api/oauth/register', '/api/oauth/token', '/api/oauth/revoke', '/mcp']) assert.ok(asked.has(path), path)
  } finally {
    await page.close()
  }
})
