// SPDX-License-Identifier: MIT
// Clients that are not as exact as the standards: resources left out or spelled
// otherwise, no scope or other scopes, the paths of 2025-03-26.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import { Browser, authorizationRequest, connect, newVerifier, redemption, refreshing, register, rpc, token } from '../lib/flow.mjs'
import { postForm, postJson, send } from '../lib/http.mjs'
import { startSite } from '../lib/site.mjs'
import { stillServing } from '../lib/still_serving.mjs'

describe('resources', () => {
  // The site as the world sees it: HTTPS at a name, on the default port.
  const base = 'https://mcp.example.com'
  const conf = 'OAUTH_BASE_URL=' + base
  let local, site
  before(async () => {
    local = await startSite({ conf, guardConf: conf })
    site = { base, url: path => local.url(path), log: () => local.log(), email: local.email, password: local.password }
  })
  after(() => local?.stop())
  stillServing(() => site)

  const call = async accessToken => (await rpc(local.mcp, accessToken, 'ping', {})).status

  for (const [name, resource] of Object.entries({
    'left out': undefined,
    exact: base + '/mcp',
    'with a slash': base + '/mcp/',
    'the origin': base,
    'the origin with a slash': base + '/',
    'another case': 'HTTPS://MCP.Example.COM/mcp',
    'the default port': base + ':443/mcp',
    'all of it': 'Https://mcp.EXAMPLE.com:443/mcp/'
  })) {
    test(`${name}: everywhere, and one way at one endpoint and another at the next`, async () => {
      for (const [first, then] of [[resource, resource], [resource, base + '/mcp'], [base + '/mcp', resource]]) {
        const client = await register(site)
        const browser = new Browser(site)
        const verifier = newVerifier()
        const named = value => value === undefined ? {} : { resource: value }
        const code = await browser.code(authorizationRequest(client, verifier, named(first)))
        const answer = await token(site, { ...redemption(client, code, verifier), ...named(then) })
        assert.equal(answer.status, 200, answer.text)
        assert.equal(decodeJwt(answer.json.access_token).aud, base + '/mcp')
        assert.equal(await call(answer.json.access_token), 200)
        const again = await token(site, { ...refreshing(client, answer.json), ...named(first) })
        assert.equal(again.status, 200, again.text)
        assert.equal(decodeJwt(again.json.access_token).aud, base + '/mcp')
        assert.equal(await call(again.json.access_token), 200)
      }
    })
  }

  test('another one is invalid_target at the token endpoint, and spends nothing', async () => {
    const client = await register(site)
    const verifier = newVerifier()
    const code = await new Browser(site).code(authorizationRequest(client, verifier))
    for (const resource of [base + '/other', 'https://mcp.example.com:8443/mcp', 'http://mcp.example.com/mcp', base + '/MCP']) {
      const answer = await token(site, { ...redemption(client, code, verifier), resource })
      assert.equal(answer.status, 400, resource)
      assert.equal(answer.json.error, 'invalid_target', resource)
    }
    assert.equal((await token(site, redemption(client, code, verifier))).status, 200)
  })
})

describe('at the demo', () => {
  let site
  before(async () => { site = await startSite() })
  after(() => site?.stop())

  test('no scope gives the base scopes, and those that do not exist are left out', async () => {
    for (const [scope, granted] of [[undefined, 'email profile'], ['', 'email profile'], ['openid email profile', 'openid email profile'],
      ['email offline_access mcp:tools', 'email'], ['profile  email', 'email profile']]) {
      const { tokens } = await connect(site, { params: scope === undefined ? {} : { scope } })
      assert.deepEqual(tokens.scope.split(' ').sort(), granted.split(' ').sort(), `${scope}`)
      assert.equal((await rpc(site.mcp, tokens.access_token, 'ping', {})).status, 200)
    }
  })

  test('the root paths are the endpoints, with the same answers', async () => {
    const callback = 'http://127.0.0.1:7777/callback'
    const registered = await postJson(site.url('/register'), { redirect_uris: [callback], token_endpoint_auth_method: 'none' })
    assert.equal(registered.status, 201, registered.text)
    const client = registered.json
    assert.ok(client.registration_client_uri.startsWith(site.url('/api/oauth/register/')))
    const browser = new Browser(site)
    const verifier = newVerifier()
    const at = await browser.consentAfter(await browser.get('/authorize?' + new URLSearchParams(authorizationRequest(client, verifier))))
    const back = await browser.decide(at)
    assert.equal(back.get('iss'), site.base)
    const answer = await postForm(site.url('/token'), redemption(client, back.get('code'), verifier))
    assert.equal(answer.status, 200, answer.text)
    assert.equal((await postForm(site.url('/token'), refreshing(client, answer.json))).status, 200)
    const preflight = await send(site.url('/token'), { method: 'OPTIONS', headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' } })
    assert.equal(preflight.headers['access-control-allow-origin'], '*')
    for (const path of ['/authorize/x', '/token/x', '/registers', '/register/x']) {
      assert.equal((await send(site.url(path))).status, 404, path)
    }
  })
})

test('a site that does not include them has no root paths', async () => {
  const site = await startSite({ plain: true })
  try {
    for (const path of ['/authorize', '/token', '/register']) assert.equal((await send(site.url(path))).status, 404)
  } finally {
    await site.stop()
  }
})
