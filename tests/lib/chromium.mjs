// SPDX-License-Identifier: MIT
// chromium.mjs - Debian's Chromium, without a window, and the person at it.
import { access } from 'node:fs/promises'
import { chromium } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

async function find () {
  for (const place of places) {
    if (await access(place).then(() => true, () => false)) return place
  }
  throw new Error('no Chromium found: apt install chromium')
}

export async function openBrowser () {
  return chromium.launch({
    executablePath: await find(),
    args: ['--no-sandbox', '--disable-dev-shm-usage']
  })
}

/** The person fills in the sign-in page. */
export async function fillIn (page, site) {
  await page.waitForURL('**/api/oauth/login*')
  await page.getByLabel('Email').fill(site.email)
  await page.getByLabel('Password').fill(site.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** The person signs in, and comes to the consent page. */
export async function signIn (page, site) {
  await fillIn(page, site)
  await page.waitForURL('**/api/oauth/consent*')
}

/**
 * The person opens an address, signs in where asked, reads, allows, and is
 * sent back to the application. Resolves to what the consent page said.
 */
export async function allow (context, site, url) {
  const page = await context.newPage()
  await page.goto(String(url))
  if (new URL(page.url()).pathname === '/api/oauth/login') await signIn(page, site)
  await page.waitForURL('**/api/oauth/consent*')
  const text = await page.textContent('body')
  await page.getByRole('button', { name: 'Authorize' }).click()
  await page.waitForURL(address => address.origin !== site.base)
  await page.close()
  return text
}
