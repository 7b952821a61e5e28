// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { authorizationRequest, Browser, callback, connect, newVerifier, register } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { front, startSite } from '../lib/site.mjs'
import { stillServing } from '../lib/still_serving.mjs'

let site, client
const verifier = newVerifier()
before(async () => {
  site = await startSite({ plain: true })
  client = await register(site, { redirect_uris: [callback, 'https://app.example/cb?keep=1'] })
})
after(() => site?.stop())
stillServing(() => site)

const ask = query => send(site.url('/api/oauth/authorize?' + new URLSearchParams(query)))
const good = more => authorizationRequest(client, verifier, more)
const without = (object, ...names) => Object.fromEntries(Object.entries(object).filter(([k]) => !names.includes(k)))

async function refusedPage (query) {
  const answer = await ask(query)
  assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}`)
  assert.equal(answer.headers.location, undefined)
  assert.match(answer.headers['content-type'], /^text\/html/)
}

async function redirected (query, error) {
  const answer = await ask(query)
  assert.equal(answer.status, 303, answer.text)
  assert.match(answer.headers['cache-control'], /no-store/)
  assert.equal(answer.headers['referrer-policy'], 'no-referrer')
  const to = new URL(answer.headers.location)
  assert.equal(to.searchParams.get('error'), error, to.href)
  assert.deepEqual(to.searchParams.getAll('iss'), [site.base])
  assert.equal(to.searchParams.get('code'), null)
  return to.searchParams
}

async function accepted (query) {
  const answer = await ask(query)
  assert.equal(answer.status, 303, answer.text)
  assert.match(answer.headers.location, /\/api\/oauth\/login\?/)
}

test('an unknown or doubled client, or another address than the registered one, is told on a page', async () => {
  await refusedPage(good({ client_id: 'nobody' }))
  await refusedPage(without(good(), 'client_id'))
  await refusedPage(without(good(), 'redirect_uri'))
  await refusedPage([...Object.entries(good()), ['client_id', client.client_id]])
  await refusedPage([...Object.entries(good()), ['redirect_uri', callback]])
  for (const uri of [callback + '/', callback.toUpperCase(), callback + '?a=1', callback + '#f', 'https://127.0.0.1:7777/callback',
    'http://127.0.0.1:7777/..;/callback', 'http://127.0.0.1:7777/%63allback', 'http://u@127.0.0.1:7777/callback',
    'http://localhost:7777/callback', 'http://[::1]:7777/callback', 'https://app.example/cb', 'https://app.example:444/cb?keep=1',
    'https://evil.example/cb?keep=1']) {
    await refusedPage(good({ redirect_uri: uri }))
  }
})

test('a disabled client is told on a page', async () => {
  const other = await register(site)
  await site.sql('UPDATE oauth.client SET disabled_at = now() WHERE client_id = $1', [other.client_id])
  await refusedPage({ ...good(), client_id: other.client_id })
})

test('another port of a registered loopback address is fine', async () => {
  await accepted(good({ redirect_uri: 'http://127.0.0.1:5050/callback' }))
  const registered = ['http://localhost/callback', 'http://[::1]:1/x', 'http://127.0.0.1:33418', 'http://127.0.0.1:1/a?b=c']
  const { client_id } = await register(site, { redirect_uris: registered })
  const at = redirect_uri => good({ client_id, redirect_uri })
  for (const uri of ['http://localhost:49152/callback', 'http://localhost/callback', 'http://[::1]:49152/x', 'http://127.0.0.1:49152/', 'http://127.0.0.1:49152',
    'http://127.0.0.1/', 'http://127.0.0.1:2/a?b=c']) await accepted(at(uri))
  for (const uri of ['http://localhost:49152/callback/', 'http://localhost:49152/', 'http://127.0.0.1:49152/callback', 'http://[::1]/', 'http://127.0.0.1:2/a',
    'http://127.0.0.1:2/a?b=d', 'https://localhost:49152/callback', 'http://localhost.evil.example:1/callback', 'http://localhost:/callback',
    'http://127.0.0.2:1/', 'http://u@localhost:1/callback', 'http://localhost:49152/callback#f']) await refusedPage(at(uri))
})

test('response types, PKCE and doubled parameters', async () => {
  await redirected(without(good(), 'response_type'), 'invalid_request')
  await redirected(good({ response_type: 'token' }), 'unsupported_response_type')
  await redirected(good({ response_type: 'code id_token' }), 'unsupported_response_type')
  await redirected(without(good(), 'code_challenge'), 'invalid_request')
  await redirected(without(good(), 'code_challenge_method'), 'invalid_request')
  await redirected(good({ code_challenge_method: 'plain' }), 'invalid_request')
  await redirected(good({ code_challenge: 'short' }), 'invalid_request')
  await redirected(good({ code_challenge: '!'.repeat(43) }), 'invalid_request')
  await redirected([...Object.entries(good()), ['scope', 'a'], ['scope', 'b']], 'invalid_request')
  const doubled = await redirected([...Object.entries(good()), ['state', 'another']], 'invalid_request')
  assert.equal(doubled.get('state'), null)
})

test('resources: absent, spelled otherwise, doubled, foreign', async () => {
  const mcp = site.base + '/mcp'
  await accepted(good())
  for (const resource of [mcp, mcp + '/', site.base, site.base + '/', mcp.replace('http', 'HTTP')]) await accepted(good({ resource }))
  await accepted([...Object.entries(good()), ['resource', mcp], ['resource', mcp + '/']])
  for (const resource of ['https://other.example/mcp', '/mcp', mcp + '#f', site.base + '/other', 'nonsense']) {
    await redirected(good({ resource }), 'invalid_target')
  }
  await redirected([...Object.entries(good()), ['resource', mcp], ['resource', 'https://other.example/']], 'invalid_target')
})

test('scopes: unknown ones are dropped, none left is an error', async () => {
  await accepted(good({ scope: 'email nonsense openid' }))
  await redirected(good({ scope: 'nonsense' }), 'invalid_scope')
  const { tokens } = await connect(site, { params: { scope: 'email offline_access', prompt: 'consent' } })
  assert.equal(tokens.scope, 'email', 'clients add offline_access by habit')
  assert.ok(tokens.refresh_token)
  assert.equal((await connect(site, { params: { scope: 'offline_access' } })).tokens.scope, 'email profile')
})

test('state comes back once and unharmed', async () => {
  for (const state of ['a+b==', 'a b/c', '<script>"\'&', ...(front.controls ? ['x\r\nSet-Cookie: a=b'] : []), 'é☃', 'y'.repeat(4096)]) {
    const answer = await ask(good({ state, response_type: 'token' }))
    assert.equal(answer.status, 303)
    assert.deepEqual(new URL(answer.headers.location).searchParams.getAll('state'), [state])
    assert.equal(answer.headers['set-cookie']?.some(c => c.startsWith('a=b')) ?? false, false)
  }
})

test('an address with a query keeps it', async () => {
  const answer = await ask(good({ redirect_uri: 'https://app.example/cb?keep=1', response_type: 'token' }))
  assert.match(answer.headers.location, /^https:\/\/app\.example\/cb\?keep=1&error=/)
})

test('parameters that are not ours are passed over; prompt=none cannot ask', async () => {
  await accepted(good({ nonce: 'n', audience: 'x', access_type: 'offline', display: 'page' }))
  await redirected(good({ prompt: 'none' }), 'login_required')
})

test('pages keep out of frames, caches and scripts', async () => {
  const browser = new Browser(site)
  const at = await browser.follow(await browser.authorize(good()))
  const { headers } = at.page
  assert.match(headers['content-security-policy'], /frame-ancestors 'none'/)
  assert.match(headers['content-security-policy'], /default-src 'none'/)
  assert.doesNotMatch(headers['content-security-policy'], /script-src (?!'none')|form-action/)
  assert.equal(headers['x-frame-options'], 'DENY')
  assert.equal(headers['referrer-policy'], 'no-referrer')
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.match(headers['cache-control'], /no-store/)
  assert.doesNotMatch(at.page.text, /<script/i)
  assert.match(at.page.text, /viewport/)
})

test('a POST of the same parameters is as good as a GET, and a long request passes', async () => {
  const browser = new Browser(site)
  const answer = await browser.post('/api/oauth/authorize', good())
  assert.equal(answer.status, 303)
  await accepted(good({ state: 'z'.repeat(9000) }))
})
