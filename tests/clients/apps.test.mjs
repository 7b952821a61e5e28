// SPDX-License-Identifier: MIT
// A person disconnects an application in Chromium, and the MCP SDK's client
// is out.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sdk1, startApplication } from '../lib/application.mjs'
import { allow, fillIn, openBrowser } from '../lib/chromium.mjs'
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

// An application of that name, connected.
async function connected (context, name) {
  const app = await startApplication(sdk1, { metadata: { client_name: name }, forgets: true })
  await app.authorize(site.mcp, url => allow(context, site, url))
  const client = await app.connect(site.mcp)
  return { ...app, client, whoami: () => client.callTool({ name: 'whoami', arguments: {} }) }
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
    const { access_token: accessToken } = lost.kept.tokens
    await until(async () => (await rpc(site.mcp, accessToken, 'tools/list')).status === 401, 5)
    lost.kept.authorizationUrl = undefined
    await assert.rejects(lost.whoami(), sdk1.UnauthorizedError)
    assert.ok(lost.kept.authorizationUrl)
    assert.equal(lost.kept.tokens, undefined)
    assert.equal((await kept.whoami()).structuredContent.email, site.email)

    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    await page.getByRole('heading', { name: 'You are signed out everywhere' }).waitFor()
    await until(async () => (await rpc(site.mcp, kept.kept.tokens.access_token, 'tools/list')).status === 401, 5)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await fillIn(page, site)
    await page.getByText('No application has access to your account.').waitFor()
    for (const app of [lost, kept]) {
      await app.client.close()
      app.close()
    }
  } finally {
    await context.close()
  }
})
