// SPDX-License-Identifier: MIT
// The pages in Firefox: signing in, allowing, and where the code goes, with the
// content security policy in force.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { addressOf } from '../../lib/every_page.mjs'
import { openFirefox, press, signIn } from '../../lib/firefox.mjs'
import { register } from '../../lib/flow.mjs'
import { startSite } from '../../lib/site.mjs'

let site, firefox
before(async () => {
  site = await startSite({ plain: true })
  firefox = await openFirefox()
})
after(async () => {
  await firefox?.close()
  await site?.stop()
})

// Who waits at a loopback address: the address of each request that came.
async function receiver (answer = { status: 200 }) {
  const arrived = []
  const server = createServer((rq, rs) => {
    if (rq.url.startsWith('/cb')) arrived.push(rq.url)
    rs.writeHead(answer.status, answer.headers && answer.headers(rq))
    rs.end('back at the application')
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return { arrived, uri: `http://127.0.0.1:${server.address().port}/cb`, close: () => { server.closeAllConnections(); server.close() } }
}

// In a window that shares no cookie with another.
async function inWindow (work) {
  const context = await firefox.browser.createBrowserContext()
  const page = await context.newPage()
  try {
    await work(page)
  } finally {
    await context.close()
  }
}

const text = page => page.evaluate(() => document.body.textContent)

test('signing in, reading, Authorize: the code reaches a loopback address', async () => {
  const { arrived, uri, close } = await receiver()
  try {
    await inWindow(async page => {
      await page.goto(addressOf(site, await register(site, { client_name: 'A client', redirect_uris: [uri] })))
      assert.equal(await page.evaluate(() => document.activeElement.name), 'email')
      await signIn(page, site)
      const said = await text(page)
      for (const words of ['A client', site.mcp, site.email]) assert.ok(said.includes(words), words)
      // Its own style, and nothing that the policy would have to stop.
      assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector('main')).borderRadius), '0px')
      assert.equal(await page.evaluate(() => document.scripts.length), 0)
      await press(page, 'Authorize')
      assert.match(page.url(), /^http:\/\/127\.0\.0\.1:\d+\/cb\?.*code=/)
      assert.equal(arrived.length, 1)
    })
  } finally {
    close()
  }
})

test('Cancel says so to the client', async () => {
  const { arrived, uri, close } = await receiver()
  try {
    await inWindow(async page => {
      await page.goto(addressOf(site, await register(site, { redirect_uris: [uri] })))
      await signIn(page, site)
      await press(page, 'Cancel')
      assert.match(arrived[0], /[?&]error=access_denied/)
    })
  } finally {
    close()
  }
})

test('the policy lets no script run, and no form go elsewhere but along our redirects', async () => {
  await inWindow(async page => {
    const answer = await page.goto(addressOf(site, await register(site)))
    const policy = answer.headers()['content-security-policy']
    assert.match(policy, /default-src 'none'/)
    assert.doesNotMatch(policy, /form-action/)
    const ran = await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'document.title = "it ran"'
      document.head.append(script)
      return document.title
    })
    assert.notEqual(ran, 'it ran')
  })
})

// With a form-action the policy would hold along the redirects.
for (const [name, redirects] of [['an application\'s own scheme is opened', false], ['so it is by a page that sends the browser on', true]]) {
  test(name, async () => {
    const to = rq => ({ Location: 'cursor://anysphere.cursor/callback' + new URL(rq.url, 'http://x').search })
    const hop = await receiver({ status: 302, headers: to })
    const own = await openFirefox({ scheme: 'cursor' })
    try {
      const page = await own.browser.newPage()
      await page.goto(addressOf(site, await register(site, { redirect_uris: [redirects ? hop.uri : 'cursor://anysphere.cursor/callback'] })))
      await signIn(page, site)
      await (await page.$('::-p-aria([name="Authorize"][role="button"])')).click()
      assert.match(await own.opened(), /^cursor:\/\/anysphere\.cursor\/callback\?.*code=/)
      assert.equal(hop.arrived.length, redirects ? 1 : 0)
    } finally {
      await own.close()
      hop.close()
    }
  })
}

test('where scripts are switched off the keyboard is enough', async () => {
  const { arrived, uri, close } = await receiver()
  const own = await openFirefox({ scripts: false })
  try {
    const page = await own.browser.newPage()
    await page.goto(addressOf(site, await register(site, { redirect_uris: [uri] })))
    await page.keyboard.type(site.email)
    await page.keyboard.press('Tab')
    await page.keyboard.type(site.password)
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
    assert.match(page.url(), /\/api\/oauth\/consent\?/)
    await page.keyboard.press('Tab') // sign in as somebody else
    await page.keyboard.press('Tab') // Authorize
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
    assert.match(arrived[0], /[?&]code=/)
  } finally {
    await own.close()
    close()
  }
})
