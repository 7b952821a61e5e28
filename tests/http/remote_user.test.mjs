// SPDX-License-Identifier: MIT
// Sign-in by the web server (OAUTH_LOGIN=remote_user), with a password file.
// This is about Apache itself.
import assert from 'node:assert/strict'
import { mkdtemp, chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import { startFastcgi } from '../lib/fastcgi.mjs'
import { authorizationRequest, connect, newVerifier, redemption, refreshing, register, token, until, whoami } from '../lib/flow.mjs'
import { postForm, send } from '../lib/http.mjs'
import { makeHtpasswd, Person, startHtpasswdSite } from '../lib/remote_login.mjs'
import { freePort, startSite } from '../lib/site.mjs'

const verifier = newVerifier()
const https = { redirect_uris: ['https://app.example/cb'] }
const loginCookie = '__Host-mcp-oauth-login'

let htpasswd
before(async () => { htpasswd = await makeHtpasswd(['alice', 'bob', 'carol', 'former', 'demo@example.com', 'new@example.com', 'not an address', 'Second@Example.com', 'mar\u212a@example.com']) })
after(() => htpasswd?.remove())

describe('accounts are linked by the operator', () => {
  let site, client, web
  const good = (more, who = client) => authorizationRequest(who, verifier, more)
  const admin = (...args) => site.command('identity', ...args, '--database', site.values.DATABASE_URL)
  before(async () => {
    site = await startHtpasswdSite(htpasswd)
    client = await register(site, { client_name: 'Test client' })
    web = await register(site, https)
    await admin('add', 'alice', 'alice@example.com')
  })
  after(() => site?.stop())

  test('the whole way: sign-in by the web server, consent, token, guarded call, refresh', async () => {
    const alice = new Person(site, 'alice')
    const stranger = new Person(site)
    const at = await stranger.arrive(good())
    assert.equal(at.path, '/api/oauth/login')
    assert.equal(at.page.status, 401)
    assert.match(at.page.headers['www-authenticate'], /^Basic realm="Example"/)
    const wrong = await new Person(site, 'alice', 'wrong').arrive(good())
    assert.equal(wrong.page.status, 401)

    const { tokens } = await connect(site, { browser: alice, client })
    const told = await whoami(site, tokens.access_token)
    assert.equal(told.email, 'alice@example.com', JSON.stringify(told))
    const refreshed = await token(site, refreshing(client, tokens))
    assert.equal(refreshed.status, 200, refreshed.text)
  })

  test('there is no password form, and nothing takes one', async () => {
    const alice = new Person(site, 'alice')
    const at = await alice.arrive(good())
    assert.equal(at.path, '/api/oauth/consent', 'no page of ours comes before consent')
    const answer = await alice.post('/api/oauth/login', { ...at.fields, email: site.email, password: site.password })
    assert.equal(answer.status, 405)
    assert.equal(answer.headers.allow, 'GET, HEAD, OPTIONS')
  })

  test('the page of connected applications is behind the same sign-in; there are none about passwords', async () => {
    const alice = new Person(site, 'alice')
    const connection = await connect(site, { browser: alice, client })
    const other = new Person(site, 'alice')
    const first = await other.get('/api/oauth/apps')
    assert.equal(first.headers.location, site.url('/api/oauth/login?request=apps'))
    const at = await other.follow(first)
    assert.equal(at.path, '/api/oauth/apps')
    assert.match(at.page.text, /alice@example\.com/)
    assert.doesNotMatch(at.page.text, /oauth\/(password|second_factor)/)
    const out = await other.post('/api/oauth/apps', { ...at.fields, action: 'sign-out-everywhere' })
    assert.match(out.text, /The web server may still know you/)
    assert.equal((await token(site, refreshing(client, connection.tokens))).json.error, 'invalid_grant')
    for (const page of ['password', 'second_factor', 'second_step?request=apps', 'recover?token=x']) {
      assert.equal((await alice.get('/api/oauth/' + page)).status, 404, page)
      assert.equal((await alice.post('/api/oauth/' + page.replace(/\?.*/, ''), { ...at.fields, request: 'apps', token: 'x' })).status, 404, page)
    }
    assert.equal((await new Person(site).follow(await new Person(site).get('/api/oauth/apps'))).page.status, 401)
    assert.equal((await new Person(site, 'bob').follow(first)).page.status, 403, 'who has no account gets nowhere')
  })

  test('consent comes before anything is granted, and names the account', async () => {
    const at = await new Person(site, 'alice').arrive(good())
    assert.match(at.page.text, /You are signed in as<\/dt><dd>alice@example\.com/)
    assert.match(at.page.text, /Sign out here and where you signed in for this site/)
  })

  test('somebody without an account is told what to ask for, and gets in once that is done', async () => {
    const bob = new Person(site, 'bob')
    const at = await bob.arrive(good())
    assert.equal(at.path, '/api/oauth/login')
    assert.equal(at.page.status, 403)
    assert.match(at.page.text, /<dt>Your name there<\/dt><dd>bob<\/dd>/)
    assert.match(at.page.text, /mcp-oauth identity add NAME EMAIL/)
    assert.ok(!bob.cookies.has(loginCookie))
    assert.equal((await site.sql('SELECT count(*)::int AS n FROM public.users WHERE email LIKE $1', ['bob%']))[0].n, 0)

    await admin('add', 'bob', 'bob@example.com')
    assert.equal((await bob.arrive(good())).path, '/api/oauth/consent')
    await assert.rejects(admin('add', 'bob', 'alice@example.com'), /bob of remote_user signs in as bob@example\.com already/)
    assert.match((await admin('list')).stdout, /^remote_user\tbob\tbob@example\.com\tno\t\d{4}-\S+Z$/m)

    await admin('remove', 'bob')
    await assert.rejects(admin('remove', 'bob'), /there is no bob/)
    assert.equal((await bob.arrive(good())).page.status, 403, 'signed out, and in no more')
  })

  test('headers that a client sends name nobody', async () => {
    for (const name of ['Remote-User', 'REMOTE_USER', 'Remote_User', 'X-Remote-User', 'X-Forwarded-User', 'Redirect-Remote-User']) {
      const carol = new Person(site, 'carol')
      carol.more = { [name]: 'alice' }
      const at = await carol.arrive(good())
      assert.equal(at.page.status, 403, name)
      assert.match(at.page.text, /<dd>carol<\/dd>/, name)
      const stranger = new Person(site)
      stranger.more = { [name]: 'alice' }
      assert.equal((await stranger.arrive(good())).page.status, 401, name)
    }
  })

  test('a request of one browser signs no other in', async () => {
    const alice = new Person(site, 'alice')
    const { location } = (await alice.authorize(good())).headers
    const elsewhere = new Person(site, 'alice')
    const refused = async () => {
      const before = elsewhere.cookies.get(loginCookie)
      const at = await elsewhere.follow({ headers: { location } })
      assert.equal(at.page.status, 403)
      assert.equal(elsewhere.cookies.get(loginCookie), before)
    }
    await refused() // without any cookie
    await elsewhere.arrive(good())
    await refused() // with cookies of its own
  })

  test('each sign-in has a login cookie of its own, and ends the one before', async () => {
    const alice = new Person(site, 'alice')
    await alice.arrive(good())
    const first = alice.cookies.get(loginCookie)
    const next = await alice.arrive(good({ prompt: 'select_account' }))
    assert.equal(next.path, '/api/oauth/consent')
    assert.notEqual(alice.cookies.get(loginCookie), first)
    alice.cookies.set(loginCookie, first)
    const stale = await alice.get(`/api/oauth/consent?request=${next.fields.request}`)
    assert.match(stale.headers.location, /\/api\/oauth\/login\?/)
  })

  test('what was allowed before is asked once more after a sign-in, as another site might have caused it', async () => {
    const alice = new Person(site, 'alice')
    await connect(site, { browser: alice, client: web })
    const silent = await alice.arrive(good({}, web))
    assert.ok(silent.left, 'the login that allowed it is not asked again')

    const elsewhere = new Person(site, 'alice')
    await elsewhere.arrive(good()) // somebody's link: signed in, nothing allowed
    const at = await elsewhere.arrive(good({}, web))
    assert.equal(at.path, '/api/oauth/consent')
    const none = await elsewhere.arrive(good({ prompt: 'none' }, web))
    assert.equal(new URL(none.path).searchParams.get('error'), 'consent_required')
    assert.ok((await elsewhere.decide(at)).get('code'))
    assert.ok((await elsewhere.arrive(good({}, web))).left)

    const first = elsewhere.cookies.get(loginCookie)
    await site.sql("UPDATE oauth.login SET auth_at = auth_at - interval '1 hour'")
    assert.ok((await elsewhere.arrive(good({ max_age: '600' }, web))).left, 'but not after a new sign-in of the same account')
    assert.notEqual(elsewhere.cookies.get(loginCookie), first)
  })

  test('signing in as somebody else in a browser asks again for what they allowed before', async () => {
    await admin('add', 'carol', 'carol@example.com')
    const carol = new Person(site, 'carol')
    await connect(site, { browser: carol, client: web })
    const alice = new Person(site, 'alice')
    await connect(site, { browser: alice, client: web })
    alice.name = 'carol' // the browser has other credentials now
    alice.password = 'password of carol'
    const at = await alice.arrive(good({ prompt: 'select_account' }, web))
    assert.match(at.page.text, /<dd>carol@example\.com/)
    const asked = await alice.arrive(good({}, web))
    assert.equal(asked.path, '/api/oauth/consent')
    assert.match(asked.page.text, /<dd>carol@example\.com/)
  })

  test('prompt=login and max_age=0 cannot be had: login_required (OIDC Core 3.1.2.1)', async () => {
    for (const more of [{ prompt: 'login' }, { prompt: 'login consent' }, { max_age: '0' }, { max_age: '00' }]) {
      for (const browser of [new Person(site, 'alice'), new Person(site)]) {
        const answer = await browser.authorize(good(more))
        const back = new URL(answer.headers.location)
        assert.equal(back.searchParams.get('error'), 'login_required', JSON.stringify(more))
        assert.equal(back.searchParams.get('state'), 'a state')
      }
      const pushed = await postForm(site.url('/api/oauth/par'), good(more))
      assert.equal(pushed.status, 201, 'a push never hears of sign-ins (RFC 9126 2.3)')
      const answer = await new Person(site, 'alice').authorize({ client_id: client.client_id, request_uri: pushed.json.request_uri })
      assert.equal(new URL(answer.headers.location).searchParams.get('error'), 'login_required')
    }
    const metadata = (await send(site.url('/.well-known/openid-configuration'))).json
    assert.deepEqual(metadata.prompt_values_supported, ['none', 'consent', 'select_account'])
  })

  test('max_age: the web server vouches anew, and auth_time says when it did', async () => {
    const alice = new Person(site, 'alice')
    await connect(site, { browser: alice, client })
    await site.sql("UPDATE oauth.login SET auth_at = auth_at - interval '1 hour'")
    const before = alice.cookies.get(loginCookie)
    const old = await connect(site, { browser: alice, client, params: { scope: 'openid email' } })
    const hourAgo = Date.now() / 1000 - 3600
    assert.ok(Math.abs(decodeJwt(old.tokens.id_token).auth_time - hourAgo) < 60)
    assert.equal(alice.cookies.get(loginCookie), before)
    const { tokens } = await connect(site, { browser: alice, client, params: { scope: 'openid email', max_age: '600' } })
    assert.notEqual(alice.cookies.get(loginCookie), before)
    assert.ok(Math.abs(decodeJwt(tokens.id_token).auth_time - Date.now() / 1000) < 60)
  })

  test('prompt=none asks nobody, the web server neither', async () => {
    const answer = await new Person(site, 'alice').authorize(good({ prompt: 'none' }, web))
    assert.equal(new URL(answer.headers.location).searchParams.get('error'), 'login_required')
    // The login went between authorize and consent.
    const alice = new Person(site, 'alice')
    await connect(site, { browser: alice, client: web })
    const path = (await alice.authorize(good({ prompt: 'none' }, web))).headers.location
    alice.cookies.delete(loginCookie)
    const at = await alice.follow({ headers: { location: path } })
    assert.equal(new URL(at.path).searchParams.get('error'), 'login_required')
  })

  test('prompt=select_account asks, though it was allowed before', async () => {
    const alice = new Person(site, 'alice')
    await connect(site, { browser: alice, client: web })
    assert.equal((await alice.arrive(good({ prompt: 'select_account' }, web))).path, '/api/oauth/consent')
  })

  test('a disabled user does not get in', async () => {
    await admin('add', 'former', 'former@example.com')
    const former = new Person(site, 'former')
    assert.equal((await former.arrive(good())).path, '/api/oauth/consent')
    await site.sql("UPDATE public.users SET disabled_at = now() WHERE email = 'former@example.com'")
    const at = await former.arrive(good())
    assert.equal(at.page.status, 403)
    assert.match(at.page.text, /Your account is disabled/)
    assert.ok(!former.cookies.has(loginCookie))
  })

  test('signing out says that the web server may sign in again', async () => {
    const alice = new Person(site, 'alice')
    await connect(site, { browser: alice, client })
    const page = await alice.get('/api/oauth/logout')
    const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)[1]
    const out = await alice.post('/api/oauth/logout', { csrf })
    assert.match(out.text, /The web server may still know you/)
    assert.ok(!alice.cookies.has(loginCookie))
  })

  test('a device is connected the same way', async () => {
    const device = await register(site, { grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'], redirect_uris: [] })
    const asked = await postForm(site.url('/api/oauth/device_authorization'), { client_id: device.client_id })
    assert.equal(asked.status, 200, asked.text)
    const alice = new Person(site, 'alice')
    const form = await alice.get('/api/oauth/device')
    const csrf = /name="csrf" value="([^"]*)"/.exec(form.text)[1]
    const at = await alice.follow(await alice.post('/api/oauth/device', { csrf, user_code: asked.json.user_code }))
    assert.equal(at.path, '/api/oauth/consent')
    assert.equal((await alice.post('/api/oauth/consent', { ...at.fields, decision: 'authorize' })).status, 200)
    const tokens = await token(site, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id: device.client_id, device_code: asked.json.device_code
    })
    assert.equal(tokens.status, 200, tokens.text)
    assert.equal((await whoami(site, tokens.json.access_token)).email, 'alice@example.com')
    const [row] = await site.sql("SELECT session_expires_at <= auth_at + interval '7 days' AS bounded FROM public.mcp_server_sessions WHERE client_identifier = $1", [device.client_id])
    assert.equal(row.bounded, true)
  })

  test('sessions end seven days after the sign-in, wherever within them they began', async () => {
    const alice = new Person(site, 'alice')
    const mine = await register(site)
    await alice.arrive(good({}, mine))
    await site.sql("UPDATE oauth.login SET auth_at = auth_at - interval '5 hours', session_until = session_until - interval '5 hours'")
    const { tokens } = await connect(site, { browser: alice, client: mine })
    assert.equal((await token(site, refreshing(mine, tokens))).status, 200)
    const [row] = await site.sql("SELECT extract(epoch FROM session_expires_at - now())::int AS left_s, session_expires_at >= expires_at AS idle_within FROM public.mcp_server_sessions WHERE client_identifier = $1", [mine.client_id])
    assert.ok(Math.abs(row.left_s - (7 * 24 - 5) * 3600) < 60, String(row.left_s))
    assert.equal(row.idle_within, true)
  })

  test('doctor is content', async () => {
    const { stdout } = await site.command('doctor')
    assert.match(stdout, /ok: \/api\/oauth\/login asks who it is \(status 401\)/)
    assert.match(stdout, /all is well\n$/)
  })

  test('our log says who signed in and who did not, and no password', async () => {
    const log = await site.log()
    assert.ok(!log.includes('password of'))
    assert.ok(!log.includes(Buffer.from('alice:password of alice').toString('base64')))
    assert.match(log, /login: info: signed in .*remote_user="alice" user_id="?[0-9a-f]{8}-/)
    assert.match(log, /login: notice: sign-in refused .*remote_user="bob" reason="no account of this name"/)
  })
})

describe('the name is an e-mail address, and accounts are made', () => {
  let site, client
  const good = more => authorizationRequest(client, verifier, more)
  before(async () => {
    site = await startHtpasswdSite(htpasswd, {
      extra: { SITE_LOCALE: 'C.UTF-8' },
      conf: 'REMOTE_USER_IS_EMAIL=on\nREMOTE_PROVISION=on\nREMOTE_SOURCE=company\nREMOTE_SESSION_EXPIRES=3\nACCESS_TOKEN_EXPIRES=3\nREFRESH_REUSE_GRACE=0'
    })
    client = await register(site)
  })
  after(() => site?.stop())

  test('an account of that address is joined', async () => {
    const [{ id }] = await site.sql('SELECT id FROM public.users WHERE email = $1', ['demo@example.com'])
    const { tokens } = await connect(site, { browser: new Person(site, 'demo@example.com'), client })
    assert.equal(decodeJwt(tokens.access_token).sub, id)
    assert.deepEqual(await site.sql('SELECT source, name FROM oauth.identity WHERE user_id = $1', [id]),
      [{ source: 'company', name: 'demo@example.com' }])
  })

  test('whatever the case of A to Z, but a letter that only looks alike is another', async () => {
    await site.sql("INSERT INTO public.users (email) VALUES ('second@example.com'), ('mark@example.com')")
    const at = await new Person(site, 'Second@Example.com').arrive(good())
    assert.match(at.page.text, /You are signed in as<\/dt><dd>second@example\.com/)

    // KELVIN SIGN, whose lower case is the k of everybody.
    assert.deepEqual(await site.sql("SELECT lower('mar\u212a') = 'mark' AS alike"), [{ alike: true }])
    const impostor = await new Person(site, 'mar\u212a@example.com').arrive(good())
    assert.equal(impostor.page.status, 403)
    assert.match(impostor.page.text, /An account with your email address exists/)
    const add = (...args) => site.command('identity', 'add', ...args, '--database', site.values.DATABASE_URL)
    await assert.rejects(add('mark', 'mar\u212a@example.com'), /is written otherwise/)
    assert.deepEqual(await site.sql("SELECT name FROM oauth.identity WHERE name LIKE 'mar%'"), [])
  })

  test('an unknown person gets an account, once', async () => {
    const people = [1, 2, 3].map(() => new Person(site, 'new@example.com'))
    const arrived = await Promise.all(people.map(person => person.arrive(good())))
    for (const at of arrived) assert.equal(at.path, '/api/oauth/consent')
    const rows = await site.sql('SELECT id FROM public.users WHERE email = $1', ['new@example.com'])
    assert.equal(rows.length, 1)
    const events = await site.sql('SELECT event FROM oauth.audit WHERE user_id = $1 ORDER BY event', [rows[0].id])
    assert.deepEqual(events.map(e => e.event), ['identity linked', 'sign-in', 'sign-in', 'sign-in', 'user added'])
  })

  test('a name that is no address gets none', async () => {
    const at = await new Person(site, 'not an address').arrive(good())
    assert.equal(at.page.status, 403)
    assert.match(at.page.text, /needs an email address/)
  })

  test('a session ends after REMOTE_SESSION_EXPIRES, though it is in use', async () => {
    const person = new Person(site, 'new@example.com')
    let { tokens } = await connect(site, { browser: person, client })
    let refused
    await until(async () => {
      const answer = await token(site, refreshing(client, tokens))
      if (answer.status === 200) tokens = answer.json
      else refused = answer
      return refused
    })
    assert.equal(refused.status, 400)
    assert.equal(refused.json.error, 'invalid_grant')
    const at = await person.arrive(good())
    assert.equal(at.path, '/api/oauth/consent', 'the browser was vouched for anew')
    assert.ok((await person.decide(at)).get('code'))
  })
})

describe('a site that is set up wrongly', () => {
  let site
  before(async () => { site = await startSite({ plain: true, conf: 'OAUTH_LOGIN=remote_user' }) })
  after(() => site?.stop())

  test('nobody gets in where the web server asks nobody, whatever headers say', async () => {
    const client = await register(site)
    for (const more of [{}, { 'Remote-User': 'alice' }, { REMOTE_USER: 'alice' }, { Authorization: 'Basic YWxpY2U6eA==' }]) {
      const person = new Person(site)
      person.more = more
      const at = await person.arrive(authorizationRequest(client, verifier))
      assert.equal(at.page.status, 503)
      assert.match(at.page.text, /Sign-in is not set up on this server/)
      assert.ok(!person.cookies.has(loginCookie))
    }
    assert.match(await site.log(), /REMOTE_USER is empty: with OAUTH_LOGIN=remote_user the web server must ask for a sign-in/)
  })

  test('doctor names it and the line to write', async () => {
    await assert.rejects(site.command('doctor'), error => {
      assert.match(error.stdout, /problem: \/api\/oauth\/login answers status 400 to whoever did not sign in/)
      assert.match(error.stdout, /Use RemoteLoginHtpasswd/)
      return true
    })
  })

  test('over TCP anybody could say REMOTE_USER: refused; a unix socket has an owner', async () => {
    const dir = await mkdtemp('/var/tmp/mcp-oauth-fcgi-')
    await chmod(dir, 0o777)
    const program = join(process.env.BUILD, 'cgi-bin/login')
    const options = { user: site.values.RUN_AS, env: { MCP_OAUTH_CONFIG: site.values.MCP_OAUTH_CONFIG } }
    const variables = { REQUEST_URI: '/api/oauth/login?request=x', QUERY_STRING: 'request=x', REMOTE_USER: 'alice' }
    const started = []
    try {
      const tcp = await startFastcgi(program, `127.0.0.1:${await freePort()}`, options)
      started.push(tcp)
      const refused = await tcp.ask(variables)
      assert.match(refused, /^Status: 503/)
      assert.match(refused, /Sign-in is not set up/)
      const unix = await startFastcgi(program, join(dir, 'socket'), options)
      started.push(unix)
      assert.match(await unix.ask(variables), /started in another browser/)
      assert.match(await unix.ask({ ...variables, REMOTE_USER: '' }), /Sign-in is not set up/)
      for (const name of ['a\nb', 'a\u009bb', '\xff'.repeat(200), ' alice', 'alice ', 'x'.repeat(256)]) {
        assert.match(await unix.ask({ ...variables, REMOTE_USER: name }), /cannot be used here/, JSON.stringify(name))
      }
      assert.match(await unix.ask({ ...variables, REMOTE_USER: '\u00e9milie' }), /started in another browser/)
    } finally {
      await Promise.all(started.map(one => one.stop()))
      await rm(dir, { recursive: true, force: true })
    }
  })
})

test('settings that would not do what they say are refused by name', async () => {
  const wrong = [
    ['OAUTH_LOGIN=kerberos', /OAUTH_LOGIN must be password or remote_user/],
    ['OAUTH_LOGIN=remote_user\nREMOTE_PROVISION=on', /REMOTE_PROVISION needs the e-mail address/]
  ]
  for (const [conf, error] of wrong) {
    await assert.rejects(startSite({ plain: true, conf }), e => error.test(e.stderr) || assert.fail(e.stderr))
  }
})
