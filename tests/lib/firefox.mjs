// SPDX-License-Identifier: MIT
// firefox.mjs - Debian's Firefox, without a window, spoken to by WebDriver BiDi.
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import puppeteer from 'puppeteer-core'

const places = ['/usr/bin/firefox-esr', '/usr/bin/firefox']

async function find () {
  for (const place of places) {
    if (await access(place).then(() => true, () => false)) return place
  }
  throw new Error('no Firefox found: apt install firefox-esr')
}

// An application of the desktop that a scheme belongs to: it keeps the address
// it was opened with, in one move, so that nobody reads half of it.
async function installApplication (folder, scheme) {
  const application = join(folder, 'application')
  const opened = join(folder, 'opened')
  await writeFile(application, `#!/bin/sh\nprintf '%s' "$1" >'${opened}.new' && mv '${opened}.new' '${opened}'\n`, { mode: 0o755 })
  await writeFile(join(folder, 'profile', 'handlers.json'), JSON.stringify({
    defaultHandlersVersion: {},
    mimeTypes: {},
    schemes: { [scheme]: { action: 2, ask: false, handlers: [{ name: scheme, path: application }] } }
  }))
  return opened
}

/**
 * A browser with a profile of its own: {browser, opened, close}. scheme is that of an
 * application; opened() resolves to the address that Firefox started it with. With scripts:
 * false nothing can be looked at in a page either, only typed.
 */
export async function openFirefox ({ scheme = 'cursor', scripts = true } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-oauth-firefox-'))
  await mkdir(join(folder, 'profile'))
  const opened = await installApplication(folder, scheme)
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: await find(),
    headless: true,
    userDataDir: join(folder, 'profile'),
    extraPrefsFirefox: {
      'javascript.enabled': scripts,
      'security.external_protocol_requires_permission': false,
      [`network.protocol-handler.external.${scheme}`]: true
    },
    env: { ...process.env, HOME: folder }
  })
  return {
    browser,
    async opened () {
      for (;;) {
        const text = await readFile(opened, 'utf8').catch(() => null)
        if (text !== null) return text
        await new Promise(resolve => setTimeout(resolve, 50))
      }
    },
    async close () {
      await browser.close()
      await rm(folder, { recursive: true, force: true })
    }
  }
}

/** The person fills in the sign-in page, and comes to the next one. */
export async function signIn (page, site) {
  await (await page.$('::-p-aria(Email)')).type(site.email)
  await (await page.$('::-p-aria(Password)')).type(site.password)
  await press(page, 'Sign in')
}

/** Press a button that leads to a page. */
export async function press (page, name) {
  const button = await page.$(`::-p-aria([name="${name}"][role="button"])`)
  await Promise.all([page.waitForNavigation(), button.click()])
}
