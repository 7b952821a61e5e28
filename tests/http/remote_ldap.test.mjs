// SPDX-License-Identifier: MIT
// Sign-in by the web server with a directory (a real slapd): accounts made
// from it, and groups that say what people may allow.
// This is about Apache itself.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { authorizationRequest, connect, newVerifier, redemption, refreshing, register, token, whoami } from '../lib/flow.mjs'
import { postForm } from '../lib/http.mjs'
import { Person } from '../lib/remote_login.mjs'
import { startSite } from '../lib/site.mjs'
import { startSlapd } from '../lib/slapd.mjs'

const verifier = newVerifier()
const everything = 'email files:read files:write'
const scopes = 'MCP_RESOURCE_SCOPES=/mcp files:read files:write files:*'

let directory, site, client
const good = (more, who = client) => authorizationRequest(who, verifier, more)
const connected = (name, scope, more) => connect(site, { browser: new Person(site, name), client, params: { scope }, ...more })

before(async () => {
  directory = await startSlapd({
    people: {
      alice: ['alice@example.org'],
      boss: ['boss@example.org'],
      guest: ['guest@example.org'],
      leaver: ['leaver@example.org'],
      silent: [],
      twofold: ['one@example.org', 'two@example.org'],
      impostor: ['demo@example.com']
    },
    groups: { staff: ['alice', 'boss', 'leaver'], 'Domain Admins': ['boss', 'leaver'] }
  })
  site = await startSite({
    modules: 'auth_basic authz_user ldap authnz_ldap',
    apacheBefore: 'LDAPCacheEntries 0\nLDAPOpCacheEntries 0',
    apache: `Include \${SHARE}/remote-login.conf\nUse RemoteLoginLDAP "Example" "${directory.url}" uid`,
    guardConf: scopes,
    conf: `${scopes}
OAUTH_LOGIN=remote_user
REMOTE_SOURCE=ldap
REMOTE_PROVISION=on
REMOTE_EMAIL_VARIABLE=AUTHENTICATE_MAIL
REMOTE_GROUPS_VARIABLE=AUTHENTICATE_MEMBEROF
REMOTE_GROUPS_SEPARATOR=;
REMOTE_GROUP_SCOPES="${directory.groupDn('staff')}" files:read
REMOTE_GROUP_SCOPES="${directory.groupDn('Domain Admins')}" files:read files:write`
  })
  client = await register(site)
})
after(async () => {
  await site?.stop()
  await directory?.stop()
})

test('the whole way: the directory signs in, makes the account, the guard tells who it is', async () => {
  assert.equal((await new Person(site, 'alice', 'wrong').arrive(good())).page.status, 401)
  assert.equal((await new Person(site, 'alice', '').arrive(good())).page.status, 401)
  const { tokens } = await connected('alice', 'email files:read')
  const told = await whoami(site, tokens.access_token)
  assert.equal(told.email, 'alice@example.org')
  assert.equal(told.scope, 'email files:read')
  assert.equal((await token(site, refreshing(client, tokens))).status, 200)
})

test('however it is typed, a person is one: the directory\'s spelling counts', async () => {
  for (const name of ['ALICE', 'Alice', 'alice ']) {
    const at = await new Person(site, name, 'password of alice').arrive(good())
    assert.equal(at.path, '/api/oauth/consent', name)
  }
  const rows = await site.sql("SELECT name FROM oauth.identity WHERE source = 'ldap' AND lower(btrim(name)) = 'alice'")
  assert.deepEqual(rows, [{ name: 'alice' }])
})

test('an address is no proof: an account that has it is not taken over', async () => {
  const at = await new Person(site, 'impostor').arrive(good())
  assert.equal(at.page.status, 403)
  assert.match(at.page.text, /An account with your email address exists/)
  assert.deepEqual(await site.sql("SELECT 1 FROM oauth.identity WHERE name = 'impostor'"), [])
})

test('without an address, or with several, no account is made', async () => {
  for (const name of ['silent', 'twofold']) {
    const at = await new Person(site, name).arrive(good())
    assert.equal(at.page.status, 403)
    assert.match(at.page.text, /needs an email address/)
  }
})

test('groups limit what can be allowed: consent, tokens and the guard agree', async () => {
  for (const [name, granted] of [['guest', 'email'], ['alice', 'email files:read'], ['boss', everything]]) {
    const person = new Person(site, name)
    const at = await person.arrive(good({ scope: everything }))
    const shown = [...at.page.text.matchAll(/<li>use the scope (\S+)<\/li>/g)].map(m => m[1])
    assert.deepEqual(shown, granted.split(' ').slice(1), name)
    const withheld = everything.split(' ').filter(s => !granted.split(' ').includes(s)).join(' ')
    if (withheld) assert.ok(at.page.text.includes(`which you may not allow</dt><dd>${withheld}</dd>`), at.page.text)
    else assert.doesNotMatch(at.page.text, /may not allow/)
    const code = (await person.decide(at)).get('code')
    const answer = await token(site, redemption(client, code, verifier))
    assert.equal(answer.json.scope, granted)
    assert.equal((await whoami(site, answer.json.access_token)).scope, granted)
    const [{ scope }] = await site.sql('SELECT c.scope FROM oauth.consent c JOIN public.users u ON u.id = c.user_id WHERE u.email = $1', [`${name}@example.org`])
    assert.equal(scope, granted, 'what is remembered is what was allowed')
  }
})

test('a scope that stands for others is narrowed to what the groups give', async () => {
  for (const [name, granted] of [['guest', 'email'], ['alice', 'email files:read'], ['boss', 'email files:read files:write']]) {
    assert.equal((await connected(name, 'email files:*')).tokens.scope, granted, name)
  }
})

test('a refresh does not widen', async () => {
  const { tokens } = await connected('alice', everything)
  const wider = await token(site, { ...refreshing(client, tokens), scope: everything })
  assert.equal(wider.status, 400)
  assert.equal(wider.json.error, 'invalid_scope')
  assert.equal((await token(site, refreshing(client, tokens))).json.scope, 'email files:read')
})

test('who may allow nothing of it can only cancel', async () => {
  const guest = new Person(site, 'guest')
  const at = await guest.arrive(good({ scope: 'files:write' }))
  assert.equal(at.path, '/api/oauth/consent')
  assert.doesNotMatch(at.page.text, /value="authorize"/)
  const forced = await guest.post('/api/oauth/consent', { ...at.fields, decision: 'authorize' })
  assert.equal(forced.status, 403)
  assert.equal((await guest.decide(at, 'cancel')).get('error'), 'access_denied')
})

test('a device gets no more either', async () => {
  const device = await register(site, { grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'], redirect_uris: [] })
  const asked = await postForm(site.url('/api/oauth/device_authorization'), { client_id: device.client_id, scope: everything })
  const alice = new Person(site, 'alice')
  const form = await alice.get('/api/oauth/device')
  const csrf = /name="csrf" value="([^"]*)"/.exec(form.text)[1]
  const at = await alice.follow(await alice.post('/api/oauth/device', { csrf, user_code: asked.json.user_code }))
  assert.equal((await alice.post('/api/oauth/consent', { ...at.fields, decision: 'authorize' })).status, 200)
  const tokens = await token(site, {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id: device.client_id, device_code: asked.json.device_code
  })
  assert.equal(tokens.json.scope, 'email files:read')
})

test('who left a group gets less at the next sign-in, though more was allowed before', async () => {
  const web = await register(site, { redirect_uris: ['https://app.example/cb'] })
  const leaver = new Person(site, 'leaver')
  const { tokens } = await connect(site, { browser: leaver, client: web, params: { scope: everything } })
  assert.equal(tokens.scope, everything)
  await directory.leave('Domain Admins', 'leaver')
  await site.sql("UPDATE oauth.login SET auth_at = auth_at - interval '1 hour'")
  const at = await leaver.arrive(good({ scope: everything, max_age: '60' }, web))
  assert.ok(at.left, 'less than before is not asked again')
  const answer = await token(site, redemption(web, new URL(at.path).searchParams.get('code'), verifier))
  assert.equal(answer.json.scope, 'email files:read')
})

test('doctor is content', async () => {
  assert.match((await site.command('doctor')).stdout, /asks who it is \(status 401\)[^]*all is well\n$/)
})
