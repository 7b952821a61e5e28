// SPDX-License-Identifier: MIT
// Several MCP servers under one authorization server, with scopes of their own.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { authorizationRequest, Browser, callback, connect, newVerifier, refreshing, register, rpc, token } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { addClient, startSite } from '../lib/site.mjs'

const settings = `MCP_RESOURCES=/mcp /files /files/deep
MCP_RESOURCE_NAME=/files Company <files>
MCP_RESOURCE_SCOPES=/files files:read files:*
MCP_RESOURCE_BASE_SCOPES=/files email files:read
MCP_RESOURCE_DOCUMENTATION=/files https://docs.example/files
MCP_RESOURCE_SCOPES=/mcp notes:write`

const descriptions = ['SCOPE_DESCRIPTION=files:read Read files & folders', 'SCOPE_DESCRIPTION[de]=files:read Dateien & Ordner lesen']

let site, files, deep
before(async () => {
  site = await startSite({
    conf: [settings, ...descriptions].join('\n'),
    guardConf: settings,
    serve: { '/files': 'whoami', '/files/deep': 'whoami' }
  })
  files = site.url('/files')
  deep = site.url('/files/deep')
})
after(() => site?.stop())

const metadataOf = path => send(site.url('/.well-known/oauth-protected-resource' + path))
const https = { redirect_uris: ['https://app.example/cb'] }

// Where an authorization request ends: an error code, or the page it leads to.
async function outcome (client, more) {
  const answer = await new Browser(site).authorize(
    more instanceof Array
      ? [...Object.entries(authorizationRequest(client, newVerifier())), ...more]
      : authorizationRequest(client, newVerifier(), more))
  assert.equal(answer.status, 303, answer.text)
  const to = new URL(answer.headers.location, site.base)
  return to.searchParams.get('error') ?? to.pathname
}

// What a client is granted that asks like this.
const granted = async (more, options) => (await connect(site, { params: more, ...options })).tokens.scope

describe('metadata', () => {
  test('each resource has a document with its name, documentation and base scopes', async () => {
    const { json } = await metadataOf('/files')
    assert.equal(json.resource, files)
    assert.equal(json.resource_name, 'Company <files>')
    assert.equal(json.resource_documentation, 'https://docs.example/files')
    assert.deepEqual(json.scopes_supported, ['email', 'files:read'])
    assert.deepEqual(json.authorization_servers, [site.base])
    const plain = (await metadataOf('/mcp')).json
    assert.equal(plain.resource, site.mcp)
    assert.deepEqual(plain.scopes_supported, ['email', 'profile'])
    assert.ok(!('resource_name' in plain) && !('resource_documentation' in plain))
    assert.equal((await metadataOf('/files/deep')).json.resource, deep)
  })

  test('the root has none, since it could name one only', async () => {
    for (const path of ['', '/', '/other', '/files/', '/files/deep/x']) {
      const answer = await metadataOf(path)
      assert.equal(answer.status, 404, path)
      assert.match(answer.headers['content-type'], /^application\/json/)
    }
  })

  test('the authorization server lists what exists anywhere', async () => {
    const { json } = await send(site.url('/.well-known/oauth-authorization-server'))
    assert.deepEqual(json.scopes_supported, ['openid', 'email', 'profile', 'notes:write', 'files:read', 'files:*'])
  })

  test('a challenge names the document and the base scopes of its own resource', async () => {
    for (const [url, path, scope] of [[site.mcp, '/mcp', 'email profile'], [files, '/files', 'email files:read'],
      [deep, '/files/deep', 'email profile'], [files + '/below', '/files', 'email files:read']]) {
      const challenge = (await send(url, { method: 'POST' })).headers['www-authenticate']
      assert.ok(challenge.includes(`resource_metadata="${site.url('/.well-known/oauth-protected-resource' + path)}"`), challenge)
      assert.ok(challenge.includes(`scope="${scope}"`), challenge)
    }
  })
})

describe('resources at the authorization server', () => {
  test('absent is the first, the origin is none of several, two are none', async () => {
    const client = await register(site)
    const first = await connect(site, { client })
    assert.equal((await rpc(site.mcp, first.tokens.access_token, 'ping', {})).status, 200)
    assert.equal(await outcome(client, { resource: site.base }), 'invalid_target')
    assert.equal(await outcome(client, { resource: site.base + '/' }), 'invalid_target')
    assert.equal(await outcome(client, [['resource', files], ['resource', deep]]), 'invalid_target')
    assert.equal(await outcome(client, { resource: files + '/x' }), 'invalid_target')
    assert.equal(await outcome(client, [['resource', files], ['resource', files + '/']]), '/api/oauth/login')
  })

  test('the token request cannot change it', async () => {
    const { client, tokens } = await connect(site, { params: { resource: files } })
    const other = await token(site, { ...refreshing(client, tokens), resource: site.mcp })
    assert.equal(other.status, 400)
    assert.equal(other.json.error, 'invalid_target')
    assert.equal((await token(site, { ...refreshing(client, tokens), resource: files + '/' })).status, 200)
  })

  test('the consent page says which, and what the scopes mean', async () => {
    const at = await new Browser(site).toConsent(authorizationRequest(await register(site), newVerifier(), { resource: files }))
    assert.ok(at.page.text.includes(`Company &lt;files&gt; (${files})`))
    assert.ok(at.page.text.includes('Read files &amp; folders'))
    const says = async language => (await new Browser(site).toConsent(authorizationRequest(await register(site), newVerifier(),
      { resource: files, ui_locales: language }))).page.text
    assert.ok((await says('de-AT')).includes('Dateien &amp; Ordner lesen'))
    assert.ok((await says('fr')).includes('Read files &amp; folders'), 'who reads a language without words of its own')
    const plain = await new Browser(site).toConsent(authorizationRequest(await register(site), newVerifier()))
    assert.ok(plain.page.text.includes(site.mcp))
  })
})

describe('scopes', () => {
  test('asking for none gives the base scopes of the resource', async () => {
    assert.equal(await granted({ resource: files }), 'email files:read')
    assert.equal(await granted({ resource: files, scope: 'offline_access' }), 'email files:read')
    assert.equal(await granted({ resource: files, scope: 'openid' }), 'openid')
    assert.equal(await granted({}), 'email profile')
  })

  test('scopes of another resource do not exist here', async () => {
    assert.equal(await granted({ resource: files, scope: 'profile files:write notes:write' }), 'profile files:write')
    assert.equal(await outcome(await register(site), { scope: 'files:read' }), 'invalid_scope')
    assert.equal(await outcome(await register(site), { resource: deep, scope: 'files:read' }), 'invalid_scope')
  })

  test('a broad scope stands for the narrower ones, and for nothing else', async () => {
    assert.equal(await granted({ resource: files, scope: 'files:read:all files:x' }), 'files:read:all files:x')
    assert.equal(await granted({ resource: files, scope: 'files:*' }), 'files:*')
    for (const scope of ['files:', 'files', 'filesystem:read', 'File:read', '*', 'files*']) {
      assert.equal(await outcome(await register(site), { resource: files, scope }), 'invalid_scope', scope)
    }
  })

  test('a refresh may ask for a narrower one and gets the whole later', async () => {
    const session = await connect(site, { params: { resource: files, scope: 'email files:*' } })
    const refresh = async (tokens, scope) => token(site, { ...refreshing(session.client, tokens), ...(scope && { scope }) })
    const wide = await refresh(session.tokens, 'files:read notes:write')
    assert.equal(wide.status, 400)
    assert.equal(wide.json.error, 'invalid_scope')
    const narrow = await refresh(session.tokens, 'files:read')
    assert.equal(narrow.json.scope, 'files:read')
    const again = await refresh(session.tokens, 'files:read') // a repeat within the grace
    assert.equal(again.json.scope, 'files:read')
    assert.equal(again.json.refresh_token, narrow.json.refresh_token)
    assert.equal((await refresh(session.tokens, 'files:')).json.error, 'invalid_scope')
    assert.equal((await refresh(narrow.json)).json.scope, 'email files:*')
  })

  test('a remembered broad consent covers a narrower request, not another resource', async () => {
    const client = await register(site, https)
    const browser = new Browser(site)
    const ask = more => browser.authorize(authorizationRequest(client, newVerifier(), more)).then(a => browser.follow(a))
    await browser.code(authorizationRequest(client, newVerifier(), { resource: files, scope: 'email files:*' }))
    assert.ok((await ask({ resource: files, scope: 'email files:write' })).left)
    assert.equal((await ask({ resource: files, scope: 'email files:write profile' })).path, '/api/oauth/consent')
    assert.equal((await ask({ resource: deep, scope: 'email' })).path, '/api/oauth/consent')
  })

  test('what a client registers for itself is its default and no limit', async () => {
    const client = await register(site, { scope: 'email files:read nonsense' })
    assert.equal(client.scope, 'email files:read')
    assert.equal(await granted({}, { client }), 'email')
    assert.equal(await granted({ resource: files, scope: 'email files:write' }, { client }), 'email files:write')
  })

  test('what the operator gives a client limits it', async () => {
    const client = {
      ...await addClient(site, '--name', 'Reader', '--scope', 'files:read:* email',
        '--redirect-uri', callback, '--database', site.values.DATABASE_URL),
      redirect_uris: [callback]
    }
    assert.equal(await granted({ resource: files, scope: 'email profile files:read:all files:read' }, { client }), 'email files:read:all')
    assert.equal(await granted({ resource: files }, { client }), 'email')
    assert.equal(await outcome(client, { resource: files, scope: 'files:*' }), 'invalid_scope')
  })
})

describe('the guard', () => {
  test('a token is good at its own resource alone, also inside another', async () => {
    const tokens = {}
    for (const url of [site.mcp, files, deep]) tokens[url] = (await connect(site, { params: { resource: url } })).tokens.access_token
    for (const url of Object.keys(tokens)) {
      for (const at of Object.keys(tokens)) {
        const answer = await rpc(at, tokens[url], 'tools/call', { name: 'whoami' })
        assert.equal(answer.status, at === url ? 200 : 401, `${url} at ${at}`)
        if (at === url) assert.equal(answer.json.result.structuredContent.resource, url)
        else assert.match(answer.headers['www-authenticate'], /error="invalid_token"/)
      }
    }
  })

  test('no spelling of a path leads from one resource into another', async () => {
    const { tokens } = await connect(site)
    const inner = (await connect(site, { params: { resource: files } })).tokens.access_token
    const call = (path, bearer) => send(site.base, {
      path, method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"whoami"}}',
      headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' }
    })
    for (const path of ['/mcp/../files', '/mcp/%2e%2e/files', '/mcp/x/../../files', '/mcp/..;/files', '/mcp/%2e./files', '/./files', '//files',
      '/mcp//../files', '/mcp/..%2ffiles', '/mcp/%252e%252e/files', '/mcp\\..\\files', '/%66iles', '/mcp/../%66iles']) {
      const answer = await call(path, tokens.access_token)
      assert.ok(answer.status >= 400 && answer.status < 500, `${path}: ${answer.status}`)
      assert.doesNotMatch(answer.text, /structuredContent/, path)
    }
    for (const path of ['/files//deep', '/files/%64eep', '/files/./deep', '/files/x/../deep', '/files/d%65ep/', '/files;/deep']) {
      const answer = await call(path, inner)
      assert.ok(answer.status >= 400 && answer.status < 500, `${path}: ${answer.status}`)
      assert.doesNotMatch(answer.text, /structuredContent/, path)
    }
    assert.equal((await call('/mc%70', tokens.access_token)).status, 200)
  })
})

test('the command shows what is said of each resource', async () => {
  const shown = (await site.command('config', 'show')).stdout
  for (const line of [...settings.split('\n'), ...descriptions]) {
    assert.ok(shown.includes(line + '\n'), line)
  }
  await site.command('config', 'check')
})
