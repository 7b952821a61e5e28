// SPDX-License-Identifier: MIT
// A person's connected applications: seeing, disconnecting, signing out.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { authorizationRequest, Browser, connect, newVerifier, redemption, refreshing, register, rpc, token, until, whoami } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { addUser as addPerson, csrfOf, openPage } from '../lib/people.mjs'
import { startSite } from '../lib/site.mjs'

const page = '/api/oauth/apps'
let site
before(async () => {
  site = await startSite({
    conf: [
      'LOGIN_LIMIT_ACCOUNT=1000', 'LOGIN_LIMIT_REMOTE=1000',
      'SCOPES_SUPPORTED=openid email profile files:read', 'SCOPE_DESCRIPTION=files:read look into your <files>',
      'MCP_RESOURCE_NAME=/mcp The demo server'
    ].join('\n')
  })
})
after(() => site?.stop())

// Sign in on the way to the page, which is then there.
async function open (browser = new Browser(site), ...credentials) {
  return { browser, text: await openPage(browser, page, ...credentials) }
}

async function act (browser, fields, headers) {
  const csrf = csrfOf((await browser.get(page)).text)
  return browser.post(page, { csrf, ...fields }, headers)
}
const disconnect = (browser, client) => act(browser, { action: 'disconnect', client_id: client.client_id })
const refresh = ({ client, tokens }) => token(site, refreshing(client, tokens))

async function alive (connection) {
  const answer = await refresh(connection)
  assert.equal(answer.status, 200, answer.text)
  connection.tokens = answer.json
  await whoami(site, answer.json.access_token)
}

async function dead (connection) {
  const answer = await refresh(connection)
  assert.equal(answer.status, 400, answer.text)
  assert.equal(answer.json.error, 'invalid_grant')
  const { access_token: accessToken } = connection.tokens
  await until(async () => (await rpc(site.mcp, accessToken, 'tools/list')).status === 401, 5)
}

const addUser = email => addPerson(site, email)

describe('the page', () => {
  test('is behind sign-in, and sign-in leads back to it', async () => {
    const browser = new Browser(site)
    const first = await browser.get(page)
    assert.equal(first.status, 303)
    assert.equal(first.headers.location, site.url('/api/oauth/login?request=apps'))
    const login = await browser.follow(first)
    assert.equal((await browser.signIn(login, site.email, 'wrong')).status, 401)
    const answer = await browser.signIn(login)
    assert.equal(answer.status, 303)
    assert.equal(answer.headers.location, site.url(page))
    assert.equal((await browser.get(page)).status, 200)
  })

  test('the way back is one of our pages, never an address', async () => {
    const browser = new Browser(site)
    const { fields } = await browser.follow(await browser.get(page))
    for (const request of ['https://evil.example/', '//evil.example', 'apps/../../evil', 'apps?x', 'Apps', 'consent', '']) {
      const asked = await browser.get('/api/oauth/login?' + new URLSearchParams({ request }))
      assert.ok([400, 403].includes(asked.status), request)
      assert.equal(asked.headers.location, undefined)
      const answer = await browser.post('/api/oauth/login', { ...fields, request, email: site.email, password: site.password })
      assert.ok([400, 403].includes(answer.status), request)
      assert.equal(answer.headers.location, undefined)
    }
  })

  test('a cookie that is good for nobody leads to sign-in', async () => {
    for (const value of ['x', 'A'.repeat(43), '']) {
      const browser = new Browser(site)
      browser.cookies.set('__Host-mcp-oauth-login', value)
      assert.equal((await browser.get(page)).headers.location, site.url('/api/oauth/login?request=apps'))
    }
    const { browser } = await open(await addUser('disabled@example.com'))
    await site.sql("UPDATE public.users SET disabled_at = now() WHERE email = 'disabled@example.com'")
    assert.equal((await browser.get(page)).status, 303)
  })

  test('has no script, no frame, no outside resource, and stays out of caches', async () => {
    const { browser } = await open()
    const { headers, text } = await browser.get(page)
    assert.match(headers['content-security-policy'], /default-src 'none'/)
    assert.match(headers['content-security-policy'], /frame-ancestors 'none'/)
    assert.equal(headers['x-frame-options'], 'DENY')
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.doesNotMatch(text, /<script|<img|<link| src=| style=/i)
    assert.match(text, /prefers-color-scheme:dark/)
    assert.match(text, /width=device-width/)
  })

  test('shows who, where, what in words, since when and from where, escaped', async () => {
    const browser = await addUser('reader@example.com')
    const nothing = await open(browser)
    assert.match(nothing.text, /No application has access/)
    assert.doesNotMatch(nothing.text, /Disconnect all/)
    const one = await connect(site, {
      browser,
      metadata: { client_name: '<b>Ev"il</b>\u202e & Co', client_uri: 'https://says.example/about', scope: 'email files:read' },
      params: { scope: 'files:read email' }
    })
    const { text } = await browser.get(page)
    assert.match(text, /reader@example\.com/)
    assert.match(text, /&lt;b&gt;Ev&quot;il&lt;\/b&gt; *&amp; Co/)
    assert.doesNotMatch(text, /<b>Ev|\u202e/)
    assert.match(text, /says\.example/)
    assert.ok(text.includes(`The demo server (${site.mcp})`))
    assert.match(text, /look into your &lt;files&gt;/)
    assert.match(text, /know your email address/)
    assert.match(text, /First used<\/dt><dd>\d\d \w+ 20\d\d, \d\d:\d\d UTC/)
    assert.match(text, /Last used<\/dt><dd>\d\d \w+ 20\d\d, \d\d:\d\d UTC, from 127\.0\.0\.1/)
    for (const secret of Object.values(one.tokens).filter(v => String(v).length > 40)) assert.ok(!text.includes(secret))

    await site.sql(`UPDATE public.mcp_server_sessions SET created_at = '2020-02-03 04:05Z', last_used_at = '2021-06-07 08:09Z',
      rotated_from = '2001:db8::7' WHERE client_identifier = $1`, [one.client.client_id])
    const later = (await browser.get(page)).text
    assert.match(later, /03 February 2020, 04:05 UTC/)
    assert.match(later, /07 June 2021, 08:09 UTC, from 2001:db8::7/)
  })

  test('joins the sessions of a client, and puts the one used last on top', async () => {
    const browser = await addUser('several@example.com')
    const first = await register(site, { client_name: 'First client' })
    await connect(site, { client: first, browser, params: { scope: 'email' } })
    await connect(site, { browser, metadata: { client_name: 'Second client' } })
    await site.sql(`UPDATE public.mcp_server_sessions SET last_used_at = now() - interval '1 hour' WHERE client_identifier = $1`, [first.client_id])
    const order = async () => [...(await browser.get(page)).text.matchAll(/<h2>(\w+) client<\/h2>/g)].map(m => m[1])
    assert.deepEqual(await order(), ['Second', 'First'])
    await connect(site, { client: first, browser, params: { scope: 'profile' } })
    assert.deepEqual(await order(), ['First', 'Second'])
    const own = (await browser.get(page)).text.split('<section>').find(part => part.includes('First client'))
    assert.match(own, /know your email address/)
    assert.match(own, /know your name/)
    assert.equal(own.match(/MCP server</g).length, 1)
  })

  test('names a client that is known by a URL by the host of it', async () => {
    const browser = await addUser('document@example.com')
    const { client } = await connect(site, { browser })
    const id = 'https://published.example/client.json'
    await site.sql(`INSERT INTO oauth.client (client_id, client_name, token_endpoint_auth_method, redirect_uris, grant_types, registration, document_fetched_at)
      VALUES ($1, 'Published', 'none', '{}', '{authorization_code}', 'metadata', now())`, [id])
    await site.sql('UPDATE public.mcp_server_sessions SET client_identifier = $1 WHERE client_identifier = $2', [id, client.client_id])
    assert.match((await browser.get(page)).text, /published by published\.example/)
  })

  test('shows two hundred, with long names, in the longest letters', async () => {
    const browser = await addUser('many@example.com')
    await openPage(browser, page)
    await site.sql(`WITH many AS (
        INSERT INTO oauth.client (client_id, client_name, client_uri, token_endpoint_auth_method, redirect_uris, grant_types, registration)
        SELECT 'many-' || n, repeat('名', 80), 'https://' || repeat('a', 60) || '.example/', 'none', '{}', '{authorization_code}', 'dynamic' FROM generate_series(1, 250) n
        RETURNING client_id)
      INSERT INTO oauth.consent (user_id, client_id, redirect_uri, resource, scope)
      SELECT u.id, many.client_id, 'https://many.example/', $1, 'email profile' FROM many, public.users u WHERE u.email = 'many@example.com'`, [site.mcp])
    const { status, text } = await send(site.url(page), { headers: { ...browser.headers(), 'Accept-Language': 'ar' } })
    assert.equal(status, 200)
    assert.equal(text.match(/name="client_id"/g).length, 200)
    assert.match(text, /<\/html>/)
    await site.sql("DELETE FROM oauth.client WHERE client_id LIKE 'many-%'")
  })

  test('shows sessions from before adoption with what they will get', async () => {
    const browser = await addUser('legacy@example.com')
    const { client } = await connect(site, { browser })
    await site.sql(`UPDATE public.mcp_server_sessions SET scope = NULL, resource = NULL, last_used_at = NULL, rotated_from = NULL
      WHERE client_identifier = $1`, [client.client_id])
    const { text } = await browser.get(page)
    assert.ok(text.includes(site.mcp))
    assert.match(text, /know your email address/)
    assert.match(text, /Last used<\/dt><dd>[^<]*UTC<\/dd>/)
    assert.equal((await disconnect(browser, client)).status, 303)
    assert.match((await browser.get(page)).text, /No application has access/)
  })

  test('says that the database is away as 503', async () => {
    const { browser, text } = await open()
    await site.control('database', 'stop')
    try {
      for (const answer of [await browser.get(page), await browser.post(page, { csrf: csrfOf(text), action: 'disconnect-all' })]) {
        assert.equal(answer.status, 503)
        assert.ok(answer.headers['retry-after'])
        assert.match(answer.headers['content-type'], /^text\/html/)
      }
    } finally {
      await site.control('database', 'start')
    }
  })
})

describe('disconnecting', () => {
  test('one application ends all its sessions, and no other', async () => {
    const browser = await addUser('one@example.com')
    const other = await addUser('other@example.com')
    const here = await connect(site, { browser })
    const again = await connect(site, { browser, client: here.client })
    const bystander = await connect(site, { browser })
    const elsewhere = await connect(site, { browser: other, client: here.client })
    for (const connection of [here, again, bystander, elsewhere]) await alive(connection)

    const answer = await disconnect(browser, here.client)
    assert.equal(answer.status, 303)
    assert.equal(answer.headers.location, site.url(page))
    await dead(here)
    await dead(again)
    await alive(bystander)
    await alive(elsewhere)
    assert.doesNotMatch((await browser.get(page)).text, new RegExp(`value="${here.client.client_id}"`))
    const audit = await site.sql("SELECT user_id, remote FROM oauth.audit WHERE event = 'application disconnected' AND client_id = $1", [here.client.client_id])
    assert.equal(audit.length, 1)
    assert.equal(audit[0].remote, '127.0.0.1')
    assert.match(await site.log(), /application disconnected/)
  })

  test('forgets what was remembered: the application is asked about again', async () => {
    const browser = await addUser('consent@example.com')
    const { client } = await connect(site, { browser, metadata: { redirect_uris: ['https://app.example/cb'] } })
    const asking = () => browser.authorize(authorizationRequest(client, newVerifier())).then(a => browser.follow(a))
    assert.ok((await asking()).left)
    await site.sql('DELETE FROM public.mcp_server_sessions WHERE client_identifier = $1', [client.client_id])
    assert.match((await browser.get(page)).text, /may connect again without asking/)
    await disconnect(browser, client)
    assert.equal((await asking()).path, '/api/oauth/consent')
  })

  test('a program whose session ended has to ask, and is not listed', async () => {
    const browser = await addUser('program@example.com')
    const { client } = await connect(site, { browser })
    assert.match((await browser.get(page)).text, new RegExp(`value="${client.client_id}"`))
    await site.sql('DELETE FROM public.mcp_server_sessions WHERE client_identifier = $1', [client.client_id])
    assert.match((await browser.get(page)).text, /No application has access/)
    assert.equal((await browser.authorize(authorizationRequest(client, newVerifier())).then(a => browser.follow(a))).path, '/api/oauth/consent')
  })

  test('reaches codes that are still under way', async () => {
    const browser = await addUser('code@example.com')
    const { client } = await connect(site, { browser })
    const verifier = newVerifier()
    const code = await browser.code(authorizationRequest(client, verifier))
    await disconnect(browser, client)
    const answer = await token(site, redemption(client, code, verifier))
    assert.equal(answer.status, 400)
    assert.equal(answer.json.error, 'invalid_grant')
  })

  test('an application that is not there, or somebody else\'s, changes nothing', async () => {
    const browser = await addUser('nothing@example.com')
    const other = await addUser('owner@example.com')
    const theirs = await connect(site, { browser: other })
    await open(browser)
    for (const id of [theirs.client.client_id, 'no such client', "'; DROP TABLE oauth.login; --"]) {
      assert.equal((await disconnect(browser, { client_id: id })).status, 303)
    }
    await alive(theirs)
    assert.equal((await act(browser, { action: 'disconnect' })).status, 400)
    assert.equal((await act(browser, { action: 'explode', client_id: 'x' })).status, 400)
    assert.equal((await act(browser, {})).status, 400)
  })

  test('all of them at once, and the browser stays signed in', async () => {
    const browser = await addUser('all@example.com')
    const connections = [await connect(site, { browser }), await connect(site, { browser })]
    assert.equal((await act(browser, { action: 'disconnect-all' })).status, 303)
    for (const connection of connections) await dead(connection)
    assert.match((await browser.get(page)).text, /No application has access/)
  })

  test('pressing twice, in two tabs or at once, is as good as once', async () => {
    const browser = await addUser('twice@example.com')
    const connection = await connect(site, { browser })
    const answers = await Promise.all([1, 2, 3].map(() => disconnect(browser, connection.client)))
    assert.deepEqual(answers.map(a => a.status), [303, 303, 303])
    await dead(connection)
  })

  test('while the application refreshes, nothing of it survives', async () => {
    const browser = await addUser('race@example.com')
    const connection = await connect(site, { browser })
    const racing = Promise.all(Array.from({ length: 10 }, () => refresh(connection)))
    assert.equal((await disconnect(browser, connection.client)).status, 303)
    for (const answer of await racing) {
      if (answer.status !== 200) continue
      const next = await token(site, refreshing(connection.client, answer.json))
      assert.equal(next.json.error, 'invalid_grant')
    }
    assert.deepEqual(await site.sql('SELECT id FROM public.mcp_server_sessions WHERE client_identifier = $1', [connection.client.client_id]), [])
  })
})

describe('signing out', () => {
  test('here ends this sign-in alone', async () => {
    const browser = await addUser('here@example.com')
    const connection = await connect(site, { browser })
    const second = new Browser(site)
    await open(second, 'here@example.com')
    const answer = await act(browser, { action: 'sign-out' })
    assert.equal(answer.status, 200)
    assert.match(answer.text, /You are signed out/)
    assert.ok(!browser.cookies.has('__Host-mcp-oauth-login'))
    assert.equal((await browser.get(page)).status, 303)
    assert.equal((await second.get(page)).status, 200)
    await alive(connection)
  })

  test('everywhere ends every sign-in and every session', async () => {
    const browser = await addUser('everywhere@example.com')
    const second = new Browser(site)
    await open(second, 'everywhere@example.com')
    const bystander = await connect(site, { browser: await addUser('bystander@example.com') })
    const connection = await connect(site, { browser })
    const kept = new Map(browser.cookies)
    const answer = await act(browser, { action: 'sign-out-everywhere' })
    assert.equal(answer.status, 200)
    assert.match(answer.text, /signed out everywhere/)
    await dead(connection)
    browser.cookies = kept
    for (const one of [browser, second]) assert.equal((await one.get(page)).status, 303)
    await alive(bystander)
    assert.equal((await bystander.browser.get(page)).status, 200)
  })
})

describe('forms from elsewhere', () => {
  let browser, connection, text
  before(async () => {
    browser = await addUser('target@example.com')
    connection = await connect(site, { browser })
    text = (await browser.get(page)).text
  })
  const everything = { action: 'sign-out-everywhere' }
  const harmless = async (answer, status = 403) => {
    assert.equal(answer.status, status, answer.text)
    assert.equal((await browser.get(page)).status, 200)
    await alive(connection)
  }

  test('without a token, with a wrong one, or that of another page', async () => {
    const logout = csrfOf((await browser.get('/api/oauth/logout')).text)
    const login = csrfOf((await browser.get('/api/oauth/login?request=apps')).text)
    for (const csrf of [undefined, 'x', 'A'.repeat(43), logout, login]) {
      await harmless(await browser.post(page, csrf ? { csrf, ...everything } : everything))
    }
  })

  test('from another site, even with the token', async () => {
    const csrf = csrfOf(text)
    await harmless(await browser.post(page, { csrf, ...everything }, { Origin: 'https://evil.example' }))
    await harmless(await browser.post(page, { csrf, ...everything }, { 'Sec-Fetch-Site': 'cross-site' }))
    await harmless(await browser.post(page, { csrf, ...everything }, { 'Sec-Fetch-Site': 'same-site' }))
  })

  test('of another browser, or of this one when somebody else was signed in', async () => {
    const other = await open(new Browser(site))
    await harmless(await browser.post(page, { csrf: csrfOf(other.text), ...everything }))
    const shared = new Browser(site)
    const before = await open(shared)
    const at = await shared.follow(await shared.get('/api/oauth/login?request=apps').then(() => ({ headers: { location: '/api/oauth/login?request=apps' } })))
    await shared.signIn(at, 'target@example.com')
    await harmless(await shared.post(page, { csrf: csrfOf(before.text), ...everything }))
  })

  test('without cookies, by GET, by other methods, twice the same field', async () => {
    await harmless(await new Browser(site).post(page, { csrf: csrfOf(text), ...everything }))
    await harmless(await browser.get(page + '?' + new URLSearchParams({ csrf: csrfOf(text), ...everything })), 200)
    for (const method of ['PUT', 'DELETE']) {
      await harmless(await send(site.url(page), { method, headers: browser.headers() }), 405)
    }
    await harmless(await browser.post(page, [['csrf', csrfOf(text)], ['action', 'sign-out'], ['action', 'sign-out-everywhere']]), 400)
    assert.equal((await send(site.url(page), { headers: { Origin: 'https://evil.example' } })).headers['access-control-allow-origin'], undefined)
  })
})
