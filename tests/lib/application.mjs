// SPDX-License-Identifier: MIT
// application.mjs - a native MCP application, as the SDKs want it, and the
// person who connects it.
import { createServer } from 'node:http'

/** A loopback listener: {url, callback, close}. callback() waits for the next code. */
export async function listen () {
  const waiting = []
  const server = createServer((rq, rs) => {
    rs.end('You may close this window.')
    if (rq.url.startsWith('/callback')) waiting.shift()(new URL(rq.url, 'http://127.0.0.1').searchParams)
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}/callback`,
    callback: () => new Promise(resolve => waiting.push(resolve)),
    close: () => server.close()
  }
}

/** The SDKs' OAuthClientProvider; what it was given stands in kept. */
export function provider (redirectUrl, metadata) {
  const kept = {}
  return {
    kept,
    redirectUrl,
    clientMetadata: {
      client_name: 'SDK test',
      redirect_uris: [redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      ...metadata
    },
    clientInformation: () => kept.client,
    saveClientInformation: client => { kept.client = client },
    tokens: () => kept.tokens,
    saveTokens: tokens => { kept.tokens = tokens },
    invalidateCredentials: what => { if (what === 'tokens' || what === 'all') delete kept.tokens },
    redirectToAuthorization: url => { kept.authorizationUrl = url },
    saveCodeVerifier: verifier => { kept.verifier = verifier },
    codeVerifier: () => kept.verifier,
    saveDiscoveryState: state => { kept.discovery = state },
    discoveryState: () => kept.discovery
  }
}

/** Sign in on the page that is open. */
export async function signIn (page, site) {
  await page.getByLabel('Email').fill(site.email)
  await page.getByLabel('Password').fill(site.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Sign in where asked, read, allow; what the consent page said. */
export async function allow (context, site, url) {
  const page = await context.newPage()
  await page.goto(url.href)
  if (new URL(page.url()).pathname === '/api/oauth/login') await signIn(page, site)
  await page.waitForURL('**/api/oauth/consent*')
  const text = await page.textContent('body')
  await page.getByRole('button', { name: 'Authorize' }).click()
  await page.waitForURL('**/callback?*')
  await page.close()
  return text
}
