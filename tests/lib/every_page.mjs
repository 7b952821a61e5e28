// SPDX-License-Identifier: MIT
// every_page.mjs - a walk through all pages, by the names of fields and not by
// labels, so that it goes in any language.
import { postForm } from './http.mjs'
import { authorizationRequest, newVerifier, register } from './flow.mjs'
import { totp } from './people.mjs'

/** Where a request of this client begins, with these parameters beside the usual. */
export const addressOf = (site, client, more = {}) => site.url('/api/oauth/authorize?' +
  new URLSearchParams(authorizationRequest(client, newVerifier(), more)))

const press = async (page, value) => {
  await Promise.all([page.waitForNavigation(), page.locator(`button[value="${value}"]`).first().click()])
}

const send = async (page, selector = 'main form button') => {
  await Promise.all([page.waitForNavigation(), page.locator(selector).first().click()])
}

/** Fill in sign-in, whatever the labels say. */
export async function signInByName (page, site, { email = site.email, password = site.password } = {}) {
  await page.locator('[name=email]').fill(email)
  await page.locator('[name=password]').fill(password)
  await send(page)
}

// A device that waits for somebody to type its code.
async function device (site) {
  const client = await register(site, {
    client_name: 'A television',
    redirect_uris: [],
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
    response_types: []
  })
  return (await postForm(site.url('/api/oauth/device_authorization'), { client_id: client.client_id })).json
}

async function consentPages (site, page, show) {
  const loopback = await register(site, { client_name: 'Test client' })
  await page.goto(addressOf(site, loopback))
  await show('login')
  await page.locator('[name=email]').fill(site.email)
  await page.locator('[name=password]').fill('not the one')
  await send(page)
  await show('login_wrong')
  await signInByName(page, site)
  await show('consent_loopback')

  const hosted = await register(site, { client_name: 'Assistant', client_uri: 'https://assistant.example', redirect_uris: ['https://assistant.example/callback'] })
  await page.goto(addressOf(site, hosted))
  await show('consent_https')
  await page.goto(addressOf(site, await register(site, { client_name: 'Editor', redirect_uris: ['cursor://anysphere.cursor/callback'] })))
  await show('consent_scheme')
  await page.goto(addressOf(site, { client_id: 'pruned', redirect_uris: ['http://127.0.0.1:33418/'] }))
  await show('error_unknown_client')
  await page.goto(addressOf(site, { ...hosted, redirect_uris: ['https://elsewhere.example/'] }))
  await show('error_redirect_uri')
  await page.goto(site.url('/api/oauth/consent?request=nonesuch'))
  await show('error_unknown_request')
}

async function devicePages (site, page, show) {
  await page.goto(site.url('/api/oauth/device'))
  await show('device')
  await page.locator('[name=user_code]').fill('BCDFGHJK')
  await send(page)
  await show('device_wrong')
  await page.goto((await device(site)).verification_uri_complete)
  await send(page)
  await show('consent_device')
  await press(page, 'authorize')
  await show('device_connected')
}

async function accountPages (site, page, show) {
  await page.goto(site.url('/api/oauth/apps'))
  await show('apps')
  await page.goto(site.url('/api/oauth/password'))
  await show('password')
  await page.goto(site.url('/api/oauth/second_factor'))
  await show('factor_begin')
  await page.locator('[name=password]').fill(site.password)
  await press(page, 'begin')
  await show('factor_secret')
  const secret = await page.locator('.secret').textContent()
  await page.locator('[name=code]').fill(totp(secret))
  await press(page, 'confirm')
  await show('factor_codes')
  const [code, other] = await page.locator('.secret li').allTextContents()
  await page.goto(site.url('/api/oauth/second_factor'))
  await show('factor_change')
  return { code, other }
}

async function wayOut (site, page, show, { code, other }) {
  await page.goto(site.url('/api/oauth/logout'))
  await show('logout')
  await send(page)
  await show('signed_out')
  await page.goto(site.url('/api/oauth/second_factor'))
  await signInByName(page, site)
  await show('second_step')
  await page.locator('summary').click()
  await page.locator('#recovery_code').fill(code)
  await send(page, 'details button')
  await page.locator('[name=code]').fill(other)
  await press(page, 'remove')
}

async function recoverPages (site, page, show) {
  const { stdout } = await site.command('user', 'recover', site.email, '--database', site.values.DATABASE_URL)
  await page.goto(stdout.trim())
  await show('recover')
  await page.goto(site.url('/api/oauth/recover?token=nonesuch'))
  await show('error_link')
}

/** Every page in turn: visit(name, page) for each. The person has no second factor before and after. */
export async function everyPage (site, page, visit) {
  const show = name => visit(name, page)

  await consentPages(site, page, show)
  await devicePages(site, page, show)
  const codes = await accountPages(site, page, show)
  await wayOut(site, page, show, codes)
  await recoverPages(site, page, show)
}
