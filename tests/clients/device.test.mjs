// SPDX-License-Identifier: MIT
// openid-client and Chromium: pushed authorization requests (RFC 9126) and the
// device code grant (RFC 8628), from discovery to a tool's answer.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import * as oauth from 'openid-client'
import { openBrowser, signIn } from '../lib/chromium.mjs'
import { whoami } from '../lib/flow.mjs'
import { startSite } from '../lib/site.mjs'

const deviceCode = 'urn:ietf:params:oauth:grant-type:device_code'
let site, chromium
before(async () => {
  site = await startSite()
  chromium = await openBrowser()
})
after(async () => {
  await chromium?.close()
  await site?.stop()
})

// Discover the server and register a client there.
const registered = (metadata, authentication) => oauth.dynamicClientRegistration(
  new URL(site.base), metadata, authentication,
  { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] })

// A person with a browser of their own.
async function person () {
  const context = await chromium.newContext()
  const page = await context.newPage()
  return { page, close: () => context.close() }
}

describe('openid-client', () => {
  test('pushes a request, and the person decides about what was pushed', async () => {
    const redirectUri = 'http://127.0.0.1:7777/callback'
    for (const method of ['none', 'client_secret_basic']) {
      const config = await registered({
        client_name: 'Pushes',
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: method
      }, method === 'none' ? oauth.None() : undefined)
      const verifier = oauth.randomPKCECodeVerifier()
      const state = oauth.randomState()
      const url = await oauth.buildAuthorizationUrlWithPAR(config, {
        redirect_uri: redirectUri,
        scope: 'email',
        resource: site.mcp,
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256'
      })
      assert.deepEqual([...url.searchParams.keys()].sort(), ['client_id', 'request_uri'])

      const { page, close } = await person()
      await page.route(redirectUri + '*', route => route.fulfill({ body: 'You may close this window.' }))
      await page.goto(url.href)
      await signIn(page, site)
      assert.match(await page.textContent('body'), /Pushes/)
      await page.getByRole('button', { name: 'Authorize' }).click()
      await page.waitForURL('**/callback?*')
      const tokens = await oauth.authorizationCodeGrant(config, new URL(page.url()),
        { pkceCodeVerifier: verifier, expectedState: state })
      assert.equal(tokens.scope, 'email')
      assert.equal((await whoami(site, tokens.access_token)).email, site.email)

      await page.goto(url.href)
      assert.match(await page.textContent('body'), /used before/)
      await close()
    }
  })

  test('connects a device by a code that the person types, and refreshes', async () => {
    const config = await registered({
      client_name: 'A television', grant_types: [deviceCode, 'refresh_token'], token_endpoint_auth_method: 'none'
    }, oauth.None())
    const device = await oauth.initiateDeviceAuthorization(config, { scope: 'email', resource: site.mcp })
    const polled = oauth.pollDeviceAuthorizationGrant(config, device)

    const { page, close } = await person()
    await page.goto(device.verification_uri)
    assert.match(await page.textContent('body'), /device of your own/)
    await page.getByLabel('Code on your device').fill(device.user_code.replace('-', '').toLowerCase())
    await page.getByRole('button', { name: 'Continue' }).click()
    await signIn(page, site)
    const text = await page.textContent('body')
    assert.match(text, /A television/)
    assert.match(text, /started this yourself/)
    assert.ok(text.includes(device.user_code))
    await page.getByRole('button', { name: 'Authorize' }).click()
    await page.getByRole('heading', { name: 'The device is connected' }).waitFor()
    await close()

    const tokens = await polled
    const said = await whoami(site, tokens.access_token)
    assert.equal(said.email, site.email)
    assert.equal(said.client, config.clientMetadata().client_id)
    const again = await oauth.refreshTokenGrant(config, tokens.refresh_token)
    assert.equal((await whoami(site, again.access_token)).email, site.email)
    await assert.rejects(oauth.pollDeviceAuthorizationGrant(config, { ...device, interval: 1 }),
      { error: 'invalid_grant' })
  })

  test('hears that the person refused, from the complete address', async () => {
    const config = await registered({
      client_name: 'A television', grant_types: [deviceCode], token_endpoint_auth_method: 'none'
    }, oauth.None())
    const device = await oauth.initiateDeviceAuthorization(config, {})
    const refused = assert.rejects(oauth.pollDeviceAuthorizationGrant(config, device), { error: 'access_denied' })
    const { page, close } = await person()
    await page.goto(device.verification_uri_complete)
    assert.equal(await page.getByLabel('Code on your device').inputValue(), device.user_code)
    await page.getByRole('button', { name: 'Continue' }).click()
    await signIn(page, site)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('heading', { name: 'The device was refused' }).waitFor()
    await close()
    await refused
  })
})
