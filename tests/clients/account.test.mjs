// SPDX-License-Identifier: MIT
// A person looks after their account in Chromium: an authenticator app, a lost
// one, another password, a recovery link.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fillIn, openBrowser } from '../lib/chromium.mjs'
import { totp } from '../lib/people.mjs'
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

const sizes = [{ width: 320, height: 640 }, { width: 1280, height: 800 }]

async function newPage (viewport = sizes[0], colorScheme = 'light') {
  const context = await chromium.newContext({ viewport, colorScheme })
  return { page: await context.newPage(), close: () => context.close() }
}

const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor()

// Every page fits the narrowest phone, and every field that is shown has a label.
async function fits (page) {
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), page.url())
  assert.ok(await page.evaluate(() => [...document.querySelectorAll('input')].every(i => !i.checkVisibility() || i.labels.length > 0)), page.url())
}

// As a phone would see the QR code: black modules on white with a quiet zone.
async function qrIsDrawn (page) {
  const image = page.getByRole('img', { name: 'QR code for your authenticator app' })
  const { width, height } = await image.boundingBox()
  assert.ok(width >= 200 && Math.abs(width - height) < 1)
  assert.deepEqual(await image.evaluate(svg => [...svg.querySelectorAll('path')].map(p => getComputedStyle(p).fill)), ['rgb(255, 255, 255)', 'rgb(0, 0, 0)'])
}

test('an authenticator app is set up, asked for, lost, and turned off', async () => {
  const phone = await newPage(sizes[0], 'dark')
  const desk = await newPage(sizes[1])
  try {
    const { page } = phone
    await page.goto(site.url('/api/oauth/apps'))
    await fillIn(page, site)
    await page.getByRole('link', { name: /Second factor/ }).click()
    await heading(page, 'Second factor')
    await fits(page)
    await page.getByLabel('Current password').fill(site.password)
    await page.getByRole('button', { name: 'Set up' }).click()
    await heading(page, 'Set up your authenticator app')
    await fits(page)
    await qrIsDrawn(page)
    const secret = await page.locator('.secret').textContent()
    await page.getByLabel('Code that the app shows').fill('000000')
    await page.getByRole('button', { name: 'Confirm' }).click()
    assert.match(await page.getByRole('alert').textContent(), /wrong/)
    await page.getByLabel('Code that the app shows').fill(totp(secret))
    await page.getByRole('button', { name: 'Confirm' }).click()
    await heading(page, 'Your recovery codes')
    await fits(page)
    const codes = await page.locator('.secret li').allTextContents()
    assert.equal(codes.length, 10)
    await page.getByRole('link', { name: 'Connected applications' }).click()
    await heading(page, 'Connected applications')

    const other = desk.page
    await other.goto(site.url('/api/oauth/apps'))
    await fillIn(other, site)
    await heading(other, 'One more step')
    await fits(other)
    await other.waitForFunction(() => document.activeElement.id === 'code')
    await other.getByLabel('Code from your authenticator app').fill(totp(secret, 1))
    await other.getByRole('button', { name: 'Continue', exact: true }).click()
    await heading(other, 'Connected applications')

    await page.getByRole('button', { name: 'Sign out here' }).click()
    await page.goto(site.url('/api/oauth/second_factor'))
    await fillIn(page, site)
    await heading(page, 'One more step')
    await page.getByText('Use a recovery code').click()
    await fits(page)
    await page.getByLabel('Recovery code').fill(codes[0])
    await page.getByRole('button', { name: 'Continue with this code' }).click()
    await heading(page, 'Second factor')
    await page.getByText('9 recovery codes left').waitFor()
    await fits(page)
    await page.getByLabel('Code from the app, or a recovery code').fill(codes[1])
    await page.getByRole('button', { name: 'Turn off' }).click()
    await page.getByRole('button', { name: 'Set up' }).waitFor()
  } finally {
    await phone.close()
    await desk.close()
  }
})

test('the password is changed, and another one chosen by a link', async () => {
  const { page, close } = await newPage()
  try {
    await page.goto(site.url('/api/oauth/password'))
    await fillIn(page, site)
    await heading(page, 'Change your password')
    await fits(page)
    const choose = async (password, button) => {
      await page.getByLabel('New password', { exact: true }).fill(password)
      await page.getByLabel('New password, once more').fill(password)
      await page.getByRole('button', { name: button }).click()
    }
    await page.getByLabel('Current password').fill('not this one')
    await choose('another password', 'Change password')
    assert.match(await page.getByRole('alert').textContent(), /current password is wrong/)
    await page.getByLabel('Current password').fill(site.password)
    await choose('another password', 'Change password')
    await heading(page, 'Your password is changed')

    const { stdout } = await site.command('user', 'recover', site.email, '--database', site.values.DATABASE_URL)
    await page.goto(stdout.trim())
    await heading(page, 'Choose a new password')
    await fits(page)
    await choose(site.password, 'Set password')
    await heading(page, 'Your password is set')
    await page.getByRole('link', { name: 'Sign in' }).click()
    await fillIn(page, site)
    await heading(page, 'Connected applications')
    await page.goto(stdout.trim())
    await heading(page, 'This link is of no use')
  } finally {
    await close()
  }
})
