// SPDX-License-Identifier: MIT
// The pages in Chromium: where the code goes, phones, the dark.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { openBrowser, signIn } from '../lib/chromium.mjs'
import { authorizationRequest, newVerifier, register } from '../lib/flow.mjs'
import { startSite } from '../lib/site.mjs'

let site, chromium
before(async () => {
  site = await startSite({ plain: true })
  chromium = await openBrowser()
})
after(async () => {
  await chromium?.close()
  await site?.stop()
})

const address = client => site.url('/api/oauth/authorize?' + new URLSearchParams(authorizationRequest(client, newVerifier())))

async function toConsent (page, client) {
  await page.goto(address(client))
  await signIn(page, site)
}

test('a code reaches a page that sends the browser on to an application', async () => {
  const hop = createServer((rq, rs) => {
    rs.writeHead(302, { Location: 'cursor://anysphere.cursor/callback' + new URL(rq.url, 'http://x').search })
    rs.end()
  })
  await new Promise(resolve => hop.listen(0, '127.0.0.1', resolve))
  const context = await chromium.newContext()
  const page = await context.newPage()
  try {
    const client = await register(site, { redirect_uris: [`http://127.0.0.1:${hop.address().port}/cb`] })
    const blocked = []
    page.on('console', message => { if (/Content Security Policy/.test(message.text())) blocked.push(message.text()) })
    await toConsent(page, client)
    const arrived = new Promise(resolve => hop.once('request', rq => resolve(rq.url)))
    await page.getByRole('button', { name: 'Authorize' }).click()
    assert.match(await arrived, /\/cb\?.*code=/)
    await page.waitForTimeout(300)
    assert.deepEqual(blocked, [])
  } finally {
    await context.close()
    hop.close()
  }
})

test('an application\'s own scheme is reached', async () => {
  const context = await chromium.newContext()
  const page = await context.newPage()
  const client = await register(site, { redirect_uris: ['cursor://anysphere.cursor/callback'] })
  await toConsent(page, client)
  const answered = page.waitForResponse(r => r.request().method() === 'POST' && r.url().includes('/consent'))
  await page.getByRole('button', { name: 'Authorize' }).click()
  assert.match((await answered).headers().location, /^cursor:\/\/anysphere\.cursor\/callback\?.*code=/)
  await context.close()
})

test('on a phone nothing is cut off, in the dark it is dark, and Enter signs in', async () => {
  const context = await chromium.newContext({ viewport: { width: 320, height: 640 }, colorScheme: 'dark' })
  const page = await context.newPage()
  const client = await register(site, { client_name: 'A client with quite a long name, as some have' })
  await page.goto(address(client))
  const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  assert.ok(dark.match(/\d+/g).slice(0, 3).every(n => Number(n) < 80), dark)
  await page.getByLabel('Email').fill(site.email)
  await page.getByLabel('Password').fill(site.password)
  await page.getByLabel('Password').press('Enter')
  await page.getByRole('button', { name: 'Authorize' }).waitFor()
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth))
  await page.getByRole('button', { name: 'Cancel' }).waitFor()
  await context.close()
})
