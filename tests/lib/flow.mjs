// SPDX-License-Identifier: MIT
// flow.mjs - the steps of a client and of the person at its browser.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { postForm, postJson, send } from './http.mjs'

export const callback = 'http://127.0.0.1:7777/callback'
export const challengeOf = verifier => createHash('sha256').update(verifier).digest('base64url')
export const newVerifier = () => randomBytes(32).toString('base64url')

/** Register a client; returns its registration. */
export async function register (site, metadata = {}) {
  const answer = await postJson(site.url('/api/oauth/register'), {
    client_name: 'Test client',
    redirect_uris: [callback],
    token_endpoint_auth_method: 'none',
    ...metadata
  })
  assert.equal(answer.status, 201, answer.text)
  return answer.json
}

/** The parameters of a good authorization request. */
export function authorizationRequest (client, verifier, more = {}) {
  return {
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: client.redirect_uris[0],
    code_challenge: challengeOf(verifier),
    code_challenge_method: 'S256',
    state: 'a state',
    ...more
  }
}

/** A browser without a screen: it keeps cookies and knows forms. */
export class Browser {
  constructor (site) {
    this.site = site
    this.cookies = new Map()
  }

  keep (answer) {
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [pair] = line.split(';')
      const at = pair.indexOf('=')
      if (/Max-Age=0/i.test(line)) this.cookies.delete(pair.slice(0, at))
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return answer
  }

  headers () {
    return this.cookies.size
      ? { Cookie: [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ') }
      : {}
  }

  async get (path) {
    return this.keep(await send(this.site.url(path), { headers: this.headers() }))
  }

  async post (path, fields, headers = {}) {
    return this.keep(await postForm(this.site.url(path), fields,
      { ...this.headers(), Origin: this.site.base, ...headers }))
  }

  /** GET authorize; returns the answer. */
  authorize (params) {
    return this.get('/api/oauth/authorize?' + new URLSearchParams(params))
  }

  /** Follow redirects of this site until a page; {path, page, fields}. */
  async follow (answer) {
    let path = answer.headers.location
    assert.ok(path, `no page was reached: ${answer.status} ${answer.text}`)
    for (let i = 0; i < 5 && path; i++) {
      const at = new URL(path, this.site.base)
      if (at.origin !== this.site.base) return { path, left: true }
      const page = await this.get(at.pathname + at.search)
      if (!page.headers.location) return { path: at.pathname, page, fields: hidden(page.text) }
      path = page.headers.location
    }
    throw new Error(`no page was reached, but ${path}`)
  }

  /** Sign in on the page that follow() found; the answer of the form. */
  signIn (at, email = this.site.email, password = this.site.password) {
    return this.post('/api/oauth/login', { ...at.fields, email, password })
  }

  /** From the answer of authorize, signing in where asked, to the consent page. */
  async consentAfter (answer) {
    let at = await this.follow(answer)
    if (at.path === '/api/oauth/login') at = await this.follow(await this.signIn(at))
    assert.equal(at.path, '/api/oauth/consent')
    return at
  }

  /** Authorize, sign in where asked, and stop at the consent page. */
  async toConsent (params) {
    return this.consentAfter(await this.authorize(params))
  }

  /** Decide; the address of the client that the browser is sent to. */
  async answer (at, decision = 'authorize') {
    const answer = await this.post('/api/oauth/consent', { ...at.fields, decision })
    assert.equal(answer.status, 303, answer.text)
    return new URL(answer.headers.location)
  }

  /** Decide; the parameters that go back to the client. */
  async decide (at, decision) {
    return (await this.answer(at, decision)).searchParams
  }

  /**
   * What chromium.mjs calls allow: open an address, sign in where asked, allow,
   * and go back to the application. Resolves to the consent page.
   */
  async allow (url) {
    const { pathname, search } = new URL(url)
    const at = await this.consentAfter(await this.get(pathname + search))
    await send(await this.answer(at))
    return at.page.text
  }

  /** The whole way to a code. */
  async code (params) {
    return (await this.decide(await this.toConsent(params))).get('code')
  }
}

/** The hidden fields of a page's form. */
export function hidden (html) {
  return Object.fromEntries(
    [...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)]
      .map(m => [m[1], m[2]]))
}

/** POST to the token endpoint. */
export const token = (site, fields, headers) => postForm(site.url('/api/oauth/token'), fields, headers)

/** What redeems a code. */
export const redemption = (client, code, verifier) => ({
  grant_type: 'authorization_code',
  client_id: client.client_id,
  code,
  code_verifier: verifier,
  redirect_uri: client.redirect_uris[0]
})

export const refreshing = (client, tokens) => ({
  grant_type: 'refresh_token',
  client_id: client.client_id,
  refresh_token: tokens.refresh_token
})

/** A client with live tokens: {client, tokens, browser, code, verifier}. */
export async function connect (site, { metadata, params, client, browser } = {}) {
  client ??= await register(site, metadata)
  browser ??= new Browser(site)
  const verifier = newVerifier()
  const code = await browser.code(authorizationRequest(client, verifier, params))
  const answer = await token(site, redemption(client, code, verifier))
  assert.equal(answer.status, 200, answer.text)
  return { client, browser, code, verifier, tokens: answer.json }
}

// What each request of 2026-07-28 says, since it has no handshake.
const stateless = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {}
}

/** One JSON-RPC message to an MCP server. */
export function rpc (url, accessToken, method, params, headers = {}) {
  const meta = headers['MCP-Protocol-Version'] === '2026-07-28' && { _meta: stateless }
  return postJson(url, { jsonrpc: '2.0', id: 1, method, params: { ...meta, ...params } }, {
    Accept: 'application/json, text/event-stream',
    ...(accessToken ? { Authorization: `Bearer ${accessToken}` } : {}),
    ...headers
  })
}

/** What the demo's whoami tool says. */
export async function whoami (site, accessToken, headers) {
  const answer = await rpc(site.mcp, accessToken, 'tools/call', { name: 'whoami' }, headers)
  assert.equal(answer.status, 200, answer.text)
  return answer.json.result.structuredContent
}

/** Wait until check() holds: guards hear of a revocation within seconds. */
export async function until (check, seconds = 10) {
  const end = Date.now() + seconds * 1000
  while (!await check()) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${check}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
