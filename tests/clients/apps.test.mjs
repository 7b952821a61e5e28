// SPDX-License-Identifier: MIT
// A person disconnects an application in Chromium, and the MCP SDK's client
// is out.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { allow, listen, provider, signIn } from '../lib/application.mjs'
import { openBrowser } from '../lib/chromium.mjs'
import { rpc, until } from '../lib/flow.mjs'
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

// An application of that name, connected: {auth, client, statuses of its requests}.
async function connected (context, name) {
  const listener = await listen()
  const auth = provider(listener.url, { client_name: name })
  const statuses = []
  const watching = async (url, options) => {
    const answer = await fetch(url, options)
    if (String(url) === site.mcp) statuses.push(answer.status)
    return answer
  }
  const transport = () => new StreamableHTTPClientTransport(new URL(site.mcp), { authProvider: auth, fetch: watching })
  const newClient = () => new Client({ name: 'test', version: '1.0.0' })
  const first = transport()
  await assert.rejects(newClient().connect(first), UnauthorizedError)
  const back = listener.callback()
  await allow(context, site, auth.kept.authorizationUrl)
  await first.finishAuth((await back).get('code'))
  listener.close()
  const client = newClient()
  await client.connect(transport())
  return { auth, client, statuses, whoami: () => client.callTool({ name: 'whoami', arguments: {} }) }
}

test('what is disconnected gets 401 at its next call, what is not goes on', async () => {
  const context = await chromium.newContext({ viewport: { width: 320, height: 640 }, colorScheme: 'dark' })
  try {
    const lost = await connected(context, 'A lost laptop, with quite a long name as some have')
    const kept = await connected(context, 'Kept')
    await lost.whoami()

    const page = await context.newPage()
    await page.goto(site.url('/api/oauth/apps'))
    const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    assert.ok(dark.match(/\d+/g).slice(0, 3).every(n => Number(n) < 80), dark)
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth))
    await page.getByRole('button', { name: 'Disconnect A lost laptop' }).click()
    await page.getByRole('heading', { name: 'A lost laptop' }).waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: 'Kept' }).waitFor()

    // Guards hear of it within seconds; the client then calls, fails to refresh
    // and wants a person.
    const { access_token: accessToken } = lost.auth.kept.tokens
    await until(async () => (await rpc(site.mcp, accessToken, 'tools/list')).status === 401, 5)
    lost.statuses.length = 0
    lost.auth.kept.authorizationUrl = undefined
    await assert.rejects(lost.whoami(), UnauthorizedError)
    assert.equal(lost.statuses[0], 401)
    assert.ok(lost.auth.kept.authorizationUrl)
    assert.equal((await kept.whoami()).structuredContent.email, site.email)

    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    await page.getByRole('heading', { name: 'You are signed out everywhere' }).waitFor()
    await until(async () => (await rpc(site.mcp, kept.auth.kept.tokens.access_token, 'tools/list')).status === 401, 5)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, site)
    await page.getByText('No application has access to your account.').waitFor()
    await Promise.all([lost, kept].map(a => a.client.close()))
  } finally {
    await context.close()
  }
})
