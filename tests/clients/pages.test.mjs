// SPDX-License-Identifier: MIT
// Every page in Chromium: axe finds nothing, the narrowest phone shows all,
// the keyboard is enough, nothing needs a script.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { openBrowser, signIn } from '../lib/chromium.mjs'
import { addressOf, everyPage, signInByName } from '../lib/every_page.mjs'
import { register } from '../lib/flow.mjs'
import { startSite } from '../lib/site.mjs'

const PAGE_MAX_BYTES = 20000

let site, chromium, axe
before(async () => {
  site = await startSite({ plain: true, conf: 'LOGIN_LIMIT_ACCOUNT=1000\nLOGIN_LIMIT_REMOTE=10000\nLOGIN_LIMIT_BROWSER=1000\nBRAND_NAME=Example\nBRAND_COLOR=#0a6b5a\nBRAND_SUPPORT=https://example.com/help' })
  chromium = await openBrowser()
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
})
after(async () => {
  await chromium?.close()
  await site?.stop()
})

// A browser of its own; what the policy blocks, and scripts, are counted.
async function browserWith (options = {}) {
  const context = await chromium.newContext({ viewport: { width: 320, height: 640 }, ...options })
  const page = await context.newPage()
  const complaints = []
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(String(error)))
  return { context, page, complaints, close: () => context.close() }
}

// axe runs in a world of its own, which the page's policy does not rule.
async function violations (page) {
  const session = await page.context().newCDPSession(page)
  try {
    const { frameTree } = await session.send('Page.getFrameTree')
    const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' })
    const run = async expression => {
      const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true })
      assert.equal(exceptionDetails, undefined, JSON.stringify(exceptionDetails))
      return result.value
    }
    await run(axe + '\n;0')
    return await run('axe.run({ resultTypes: ["violations"] }).then(r => r.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html + " " + n.failureSummary).join("; ")}`))')
  } finally {
    await session.detach()
  }
}

// Chromium tells of each status from 400 on, and that it came to autofocus after
// we had typed, on a busy machine. Whose link it is the page that recovers does
// not say, so that it can have no field for the name.
const expected = (name, complaint) =>
  /^Autofocus processing was blocked because a document already has a focused element/.test(complaint) ||
  /^Failed to load resource: the server responded with a status of 40[0-9]/.test(complaint) ||
  (name === 'recover' && /Password forms should have .* username fields/.test(complaint))

const narrow = page => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)

describe('every page', () => {
  for (const [name, options] of Object.entries({
    'in the light, on the narrowest phone': { colorScheme: 'light' },
    'in the dark, on the narrowest phone': { colorScheme: 'dark' },
    'on a desk, in German': { viewport: { width: 1280, height: 900 }, locale: 'de-CH' },
    'from right to left, in the dark': { locale: 'ar-EG', colorScheme: 'dark' },
    'in forced colours, without motion': { forcedColors: 'active', reducedMotion: 'reduce' }
  })) {
    test(name, async () => {
      const { page, complaints, close } = await browserWith(options)
      const seen = []
      try {
        await everyPage(site, page, async name => {
          seen.push(name)
          assert.deepEqual(await violations(page), [], name)
          assert.ok(await narrow(page), `${name} is cut off`)
          const html = await page.content()
          assert.ok(Buffer.byteLength(html) < PAGE_MAX_BYTES, `${name} is large`)
          assert.doesNotMatch(html, /<script|javascript:|<link| style="/, name)
          assert.deepEqual(complaints.splice(0).filter(text => !expected(name, text)), [], name)
        })
        assert.equal(seen.length, 23)
      } finally {
        await close()
        await site.sql('DELETE FROM oauth.second_factor') // of whoever stopped halfway
      }
    })
  }

  test('is whole where scripts are switched off', async () => {
    const { page, close } = await browserWith({ javaScriptEnabled: false })
    try {
      await page.goto(addressOf(site, await register(site)))
      await signIn(page, site)
      await page.getByRole('button', { name: 'Authorize' }).waitFor()
      await page.getByRole('button', { name: 'Cancel' }).waitFor()
    } finally {
      await close()
    }
  })
})

describe('languages', () => {
  const expectations = {
    'de-AT': ['de', 'ltr', 'Anmelden'],
    'fr-CA': ['fr', 'ltr', 'Se connecter'],
    'es-MX': ['es', 'ltr', 'Iniciar sesión'],
    'pt-BR': ['pt', 'ltr', 'Entrar'],
    'ja-JP': ['ja', 'ltr', 'サインイン'],
    'zh-CN': ['zh', 'ltr', '登录'],
    'ar-EG': ['ar', 'rtl', 'تسجيل الدخول'],
    'nl-NL': ['en', 'ltr', 'Sign in']
  }
  for (const [locale, [lang, dir, title]] of Object.entries(expectations)) {
    test(`a browser in ${locale} reads ${lang}`, async () => {
      const { page, close } = await browserWith({ locale })
      try {
        await page.goto(site.url('/api/oauth/apps'))
        assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]), [lang, dir])
        await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
        await page.getByRole('button', { name: title, exact: true }).waitFor()
      } finally {
        await close()
      }
    })
  }

  test('ui_locales goes before the browser, on every page of the request', async () => {
    const { page, close } = await browserWith({ locale: 'fr-FR' })
    const lang = () => page.evaluate(() => document.documentElement.lang)
    try {
      await page.goto(addressOf(site, await register(site), { ui_locales: 'tlh de-CH en' }))
      assert.equal(await lang(), 'de')
      await signInByName(page, site)
      await page.getByRole('button', { name: 'Zulassen' }).waitFor()
      assert.equal(await lang(), 'de')
    } finally {
      await close()
    }
  })

  test('the name of a client cannot turn a page around', async () => {
    const { page, close } = await browserWith({ locale: 'ar' })
    try {
      await page.goto(addressOf(site, await register(site, { client_name: '(Editor) 3.1!' })))
      await signInByName(page, site)
      const title = await page.getByRole('heading', { level: 1 }).textContent()
      assert.ok(title.includes('\u2068(Editor) 3.1!\u2069'), title)
    } finally {
      await close()
    }
  })
})

describe('the keyboard', () => {
  test('is enough, in the order that is seen', async () => {
    const { page, close } = await browserWith()
    const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim())
    try {
      await page.goto(addressOf(site, await register(site)))
      assert.equal(await focused(), 'email')
      await page.keyboard.type(site.email)
      await page.keyboard.press('Tab')
      assert.equal(await focused(), 'password')
      await page.keyboard.type(site.password)
      await page.keyboard.press('Tab')
      assert.equal(await focused(), 'Sign in')
      await Promise.all([page.waitForURL('**/api/oauth/consent*'), page.keyboard.press('Enter')])
      const order = []
      for (let i = 0; i < 5; i++) {
        await page.keyboard.press('Tab')
        order.push(await focused())
        assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none')
      }
      assert.deepEqual(order, ['Not you? Sign in as someone else', 'Authorize', 'Cancel', 'Connected applications', 'Help'])
    } finally {
      await close()
    }
  })
})

// Somewhere that codes go to.
async function receiver () {
  const server = createServer((rq, rs) => { rs.writeHead(200, { 'Content-Type': 'text/plain' }); rs.end('received') })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return { uri: `http://127.0.0.1:${server.address().port}/cb`, close: () => server.close() }
}

describe('people', () => {
  test('who press twice are sent on once', async () => {
    const { uri, close: closeReceiver } = await receiver()
    const { page, close } = await browserWith()
    try {
      await page.goto(addressOf(site, await register(site, { redirect_uris: [uri] })))
      await signIn(page, site)
      await page.getByRole('button', { name: 'Authorize' }).dblclick({ noWaitAfter: true })
      await page.waitForURL(uri + '*')
      assert.match(page.url(), /[?&]code=/)
    } finally {
      await close()
      closeReceiver()
    }
  })

  test('who go back after deciding are told that all is well', async () => {
    const { uri, close: closeReceiver } = await receiver()
    const { page, close } = await browserWith()
    try {
      await page.goto(addressOf(site, await register(site, { redirect_uris: [uri] })))
      await signIn(page, site)
      await page.getByRole('button', { name: 'Cancel' }).click()
      await page.waitForURL(uri + '*')
      await page.goBack()
      await page.getByRole('heading', { name: 'This request was answered already' }).waitFor()
    } finally {
      await close()
      closeReceiver()
    }
  })

  test('who have two tabs open decide in each', async () => {
    const { uri, close: closeReceiver } = await receiver()
    const { context, page, close } = await browserWith()
    const other = await context.newPage()
    try {
      const client = await register(site, { redirect_uris: [uri] })
      await page.goto(addressOf(site, client))
      await other.goto(addressOf(site, client))
      await signIn(page, site)
      await other.reload()
      await other.waitForURL('**/api/oauth/consent*')
      for (const tab of [other, page]) {
        await tab.getByRole('button', { name: 'Authorize' }).click()
        await tab.waitForURL(uri + '*')
        assert.match(tab.url(), /[?&]code=/)
      }
    } finally {
      await close()
      closeReceiver()
    }
  })

  test('whose request expired are told whose fault that is not', async () => {
    const { page, close } = await browserWith()
    try {
      await page.goto(addressOf(site, await register(site)))
      await signIn(page, site)
      await site.sql("UPDATE oauth.authorization_request SET expires_at = now() - interval '1 second'")
      await page.getByRole('button', { name: 'Authorize' }).click()
      await page.getByRole('heading', { name: 'This request expired' }).waitFor()
      assert.match(await page.getByRole('alert').textContent(), /nobody's fault/)
    } finally {
      await close()
    }
  })

  test('who signed out in another tab find that a form is of no use any more', async () => {
    const { context, page, close } = await browserWith()
    try {
      await page.goto(site.url('/api/oauth/password'))
      await signInByName(page, site)
      await page.getByRole('heading', { name: 'Change your password' }).waitFor()
      const other = await context.newPage()
      await other.goto(site.url('/api/oauth/logout'))
      await other.getByRole('button', { name: 'Sign out' }).click()
      await other.getByRole('heading', { name: 'You are signed out' }).waitFor()
      for (const field of ['password', 'new_password', 'again']) await page.locator(`[name=${field}]`).fill('a long password')
      await page.getByRole('button', { name: 'Change password' }).click()
      await page.getByRole('heading', { name: 'This form is of no use any more' }).waitFor()
    } finally {
      await close()
    }
  })

  test('who are somebody else sign in as them, and go on', async () => {
    const { page, close } = await browserWith()
    try {
      await page.goto(addressOf(site, await register(site)))
      await signIn(page, site)
      await page.getByRole('link', { name: /Not you/ }).click()
      await signIn(page, site)
      await page.getByRole('button', { name: 'Authorize' }).waitFor()
    } finally {
      await close()
    }
  })
})

test('password managers know each field', async () => {
  const { page, close } = await browserWith()
  const autocomplete = () => page.evaluate(() => [...document.querySelectorAll('input[autocomplete]')].map(i => `${i.id || i.value} ${i.autocomplete}`))
  try {
    await page.goto(site.url('/api/oauth/password'))
    assert.deepEqual(await autocomplete(), ['email username', 'password current-password'])
    await signInByName(page, site)
    assert.deepEqual(await autocomplete(), [`${site.email} username`, 'password current-password', 'new_password new-password', 'again new-password'])
    await page.goto(site.url('/api/oauth/device'))
    assert.deepEqual(await autocomplete(), ['user_code off'])
  } finally {
    await close()
  }
})
