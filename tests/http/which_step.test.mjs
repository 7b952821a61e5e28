// SPDX-License-Identifier: MIT
// The table "Which step failed" of docs/connecting.md: what goes wrong on each
// step leaves the line that stands there.
import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { authorizationRequest, Browser, connect, newVerifier, redemption, refreshing, register, rpc, token, until } from '../lib/flow.mjs'
import { postJson, send } from '../lib/http.mjs'
import { startSite } from '../lib/site.mjs'

const page = await readFile(new URL('../../docs/connecting.md', import.meta.url), 'utf8')
const lines = [...page.slice(page.indexOf('## Which step failed')).matchAll(/^\| [^|]+ \| `([^`|]+)`/gm)].map(m => m[1])

const REGISTRATIONS = 20
let site, folder, client, files, stolen
const verifier = newVerifier()

before(async () => {
  folder = await mkdtemp('/var/tmp/mcp-oauth-rules-')
  await chmod(folder, 0o755)
  await writeFile(join(folder, 'guard.rules'), '/notes  *  *  notes:write\n/files  *  *  email\n', { mode: 0o644 })
  const settings = 'MCP_RESOURCES=/files /notes\nMCP_RESOURCE_SCOPES=/notes notes:write\nMCP_RESOURCE_BASE_SCOPES=/notes email'
  site = await startSite({
    plain: true,
    conf: settings + `\nREGISTRATION_LIMIT=${REGISTRATIONS}`,
    guardConf: settings + `\nGUARD_RULES=${folder}/guard.rules`,
    serve: { '/notes': 'whoami', '/files': 'http://127.0.0.1:1/mcp' } // nobody is there
  })
  client = await register(site)
  files = await connect(site, { client })
  stolen = await connect(site, { client })
})
after(async () => {
  await site?.end() // what it lost is not looked for
  if (folder) await rm(folder, { recursive: true })
})

const ask = more => authorizationRequest(client, verifier, more)
const authorize = more => new Browser(site).authorize(ask(more))
const toConsent = browser => browser.toConsent(ask())
const call = (path, accessToken, headers) => rpc(site.url(path), accessToken, 'tools/list', {}, headers)

async function newCode () {
  const browser = new Browser(site)
  return (await browser.decide(await toConsent(browser))).get('code')
}

async function signIn (email, password, headers) {
  const browser = new Browser(site)
  const at = await browser.follow(await browser.authorize(ask()))
  await browser.post('/api/oauth/login', { ...at.fields, email, password }, headers)
}

async function decide (decision) {
  const browser = new Browser(site)
  await browser.decide(await toConsent(browser), decision)
}

// By words of the line that no other row has, in the order of the page.
const steps = {
  'reason="no access token"': () => call('/files'),
  'reason="no resource of this name"': () => send(site.url('/.well-known/oauth-protected-resource/other')),
  'server_metadata: ': () => send(site.url('/.well-known/oauth-authorization-server/other')),
  'invalid_redirect_uri': () => postJson(site.url('/api/oauth/register'), { redirect_uris: ['unknown-scheme://x/callback'] }),
  'registration throttled': async () => {
    for (let i = 0; i < REGISTRATIONS; i++) await postJson(site.url('/api/oauth/register'), { redirect_uris: ['http://127.0.0.1/callback'] })
  },
  'reason="unknown client"': () => authorize({ client_id: 'gone' }),
  'The application\'s description': () => authorize({ client_id: 'https://127.0.0.1/client.json' }),
  'The address to return to': () => authorize({ redirect_uri: 'http://127.0.0.1:7777/other' }),
  'error="invalid_target"': () => authorize({ resource: site.base }),
  'error="invalid_scope"': () => authorize({ scope: 'none-of-ours' }),
  'login failed': () => signIn(site.email, 'not the one'),
  'the form was not made': () => signIn(site.email, site.password, { Origin: 'https://evil.example' }),
  'consent: info: done': () => toConsent(new Browser(site)),
  'consent refused': () => decide('cancel'),
  'consent given': () => decide('authorize'),
  'token: notice: refused ... error="invalid_client"': async () => token(site, { ...redemption(client, await newCode(), verifier), client_secret: 'none belongs here' }),
  'reason="unknown code"': () => token(site, redemption(client, 'x'.repeat(43), verifier)),
  'reason="redirect_uri differs"': async () => token(site, { ...redemption(client, await newCode(), verifier), redirect_uri: 'http://127.0.0.1:7777/other' }),
  'reason="wrong code_verifier"': async () => token(site, redemption(client, await newCode(), newVerifier())),
  'for another resource': () => call('/notes', files.tokens.access_token),
  'is malformed': () => call('/files', 'a-key-of-something-else'),
  'was revoked': async () => {
    const ended = await connect(site, { client })
    await site.sql('DELETE FROM public.mcp_server_sessions WHERE id = (SELECT max(id::text)::uuid FROM public.mcp_server_sessions WHERE created_at = (SELECT max(created_at) FROM public.mcp_server_sessions))')
    await until(async () => (await call('/files', ended.tokens.access_token)).status === 401)
  },
  'error="insufficient_scope"': async () => call('/notes', (await connect(site, { client, params: { resource: site.url('/notes') } })).tokens.access_token),
  'Origin': () => call('/files', files.tokens.access_token, { Origin: 'https://evil.example' }),
  'guard: info: allowed': () => call('/files', files.tokens.access_token),
  'no such session': async () => {
    const ended = await connect(site, { client })
    await site.sql('DELETE FROM public.mcp_server_sessions WHERE created_at = (SELECT max(created_at) FROM public.mcp_server_sessions)')
    await token(site, refreshing(client, ended.tokens))
  },
  'refresh token replayed': async () => {
    const second = (await token(site, refreshing(client, stolen.tokens))).json
    await token(site, refreshing(client, second))
    await token(site, refreshing(client, stolen.tokens))
  },
  'temporarily_unavailable': async () => {
    await site.control('database', 'stop')
    await token(site, refreshing(client, files.tokens))
  }
}

const escape = text => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
const patternOf = line => new RegExp(`^\\S+ ${line.split('...').map(escape).join('.*')}`, 'm')

for (const [words, step] of Object.entries(steps)) {
  test(words, async () => {
    const fitting = lines.filter(line => line.includes(words))
    assert.equal(fitting.length, 1, fitting.join('\n'))
    const known = (await site.log()).length
    await step()
    const said = (await site.log()).slice(known).replace(/ remote="[^"]*" request_id="[^"]*"/g, '')
    assert.match(said, patternOf(fitting[0]), said)
  })
}

test('each line of the page was made', () => {
  assert.deepEqual(lines.filter(line => !Object.keys(steps).some(words => line.includes(words))), [])
})
