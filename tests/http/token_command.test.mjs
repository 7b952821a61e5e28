// SPDX-License-Identifier: MIT
// mcp-oauth token inspect and verify: what a token says, and whether it is good;
// and key check.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { connect, refreshing, token, until } from '../lib/flow.mjs'
import { changeSettings, startSite } from '../lib/site.mjs'

let site, session, folder
before(async () => {
  site = await startSite({ plain: true })
  session = await connect(site, { params: { scope: 'openid email' } })
  folder = await mkdtemp('/var/tmp/mcp-oauth-token-')
  await chmod(folder, 0o755)
})
after(async () => {
  await site?.stop()
  if (folder) await rm(folder, { recursive: true })
})

// {status, stdout, stderr} of mcp-oauth token ..., with this on standard input.
function tokenCommand (input, ...args) {
  const all = ['--config', site.values.MCP_OAUTH_CONFIG, 'token', ...args]
  const [program, words] = process.getuid() === 0
    ? ['runuser', ['-u', site.values.RUN_AS, '--', site.values.MCP_OAUTH, ...all]]
    : [site.values.MCP_OAUTH, all]
  return new Promise(resolve => {
    const child = execFile(program, words, (error, stdout, stderr) => resolve({ status: error?.code ?? 0, stdout, stderr }))
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

// What verify says of it, and that nothing secret is in it.
async function verdict (text, ...args) {
  const { status, stdout, stderr } = await tokenCommand(text, 'verify', ...args)
  assert.ok(!stdout.includes(text) && !stderr.includes(text))
  const [said] = /^(good|refused): .*$/m.exec(stdout) ?? [stderr]
  assert.equal(status === 0, said.startsWith('good'), said)
  return said
}

const claimsOf = accessToken => JSON.parse(Buffer.from(accessToken.split('.')[1], 'base64url'))
const b64 = value => Buffer.from(JSON.stringify(value)).toString('base64url')

test('inspect says what an access token says, from a pipe, a file, a header', async () => {
  const { access_token: text } = session.tokens
  const claims = claimsOf(text)
  const file = join(folder, 'token')
  await writeFile(file, text + '\n')
  for (const [input, ...args] of [[text], [`  Bearer ${text}\r\n`], [`authorization: bearer ${text}`], ['', file]]) {
    const { status, stdout } = await tokenCommand(input, 'inspect', ...args)
    assert.equal(status, 0)
    assert.match(stdout, /^kind\taccess token; nothing is verified$/m)
    assert.match(stdout, /^header\ttyp\t"at\+jwt"$/m)
    assert.ok(stdout.includes(`\nclaim\tsid\t"${claims.sid}"\n`))
    assert.ok(stdout.includes(`\nclaim\texp\t${claims.exp}\t${new Date(claims.exp * 1000).toISOString().replace('.000', '')}\n`))
    assert.ok(!stdout.includes(text.split('.')[2]))
  }
  const { stdout } = await tokenCommand(text, 'inspect', '--json')
  assert.deepEqual(JSON.parse(stdout).claims, claims)
})

test('inspect knows the other kinds', async () => {
  const kind = async text => {
    const { status, stdout } = await tokenCommand(text, 'inspect', '--json')
    const { kind, ...more } = JSON.parse(stdout)
    assert.equal(status, kind === 'nothing of ours' ? 1 : 0)
    return [kind, more]
  }
  assert.equal((await kind(session.tokens.id_token))[0], 'ID token')
  assert.deepEqual(await kind(session.tokens.refresh_token),
    ['refresh token', { session_id: claimsOf(session.tokens.access_token).sid, generation: 1 }])
  assert.deepEqual(await kind('A'.repeat(43)), ['refresh token of before adoption, or a code', {}])
  assert.deepEqual(await kind('garbage'), ['nothing of ours', {}])
  assert.equal((await kind(session.tokens.refresh_token.replace(/^./, c => c === 'A' ? 'B' : 'A')))[0], 'nothing of ours')
  assert.equal((await kind(`${b64({ alg: 'ES256', typ: 'dpop+jwt' })}.${b64({ jti: 'x' })}.AAAA`))[0], 'DPoP proof')
})

test('what a stranger put into a token moves no terminal', async () => {
  const claims = { sub: '\u001b[31m\u007f\u009b\u202e\nkind\tgood', 'a\u001b': 'é€😀' }
  const forged = `${b64({ alg: 'EdDSA', typ: 'at+jwt' })}.${b64(claims)}.AAAA`
  const { stdout } = await tokenCommand(forged, 'inspect')
  assert.match(stdout, /^claim\tsub\t/m)
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(stdout, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/)
  assert.equal(stdout.split('\n').filter(line => line.startsWith('kind\t')).length, 1)
  assert.deepEqual(JSON.parse((await tokenCommand(forged, 'inspect', '--json')).stdout).claims, claims)
})

test('a token on the command line is taken for a file, and not repeated', async () => {
  const { status, stderr } = await tokenCommand('', 'verify', session.tokens.access_token)
  assert.equal(status, 1)
  assert.match(stderr, /could not read the file that is named/)
  assert.ok(!stderr.includes(session.tokens.access_token))
  assert.match((await tokenCommand('', 'inspect')).stderr, /there is no token to read/)
  assert.match((await tokenCommand('x'.repeat(20000), 'inspect')).stderr, /too long/)
})

test('verify checks signature, issuer, resource and time', async () => {
  const { access_token: text } = session.tokens
  assert.match(await verdict(text), /^good: it is of this issuer and this resource/)
  assert.match(await verdict(text, '--resource', '/mcp'), /^good/)
  assert.equal((await tokenCommand(text, 'verify', '--resource', '/other')).status, 2)
  const [header, payload, signature] = text.split('.')
  const other = signature.replace(/^./, c => c === 'A' ? 'B' : 'A')
  assert.equal(await verdict(`${header}.${payload}.${other}`), "refused: the access token's signature is wrong")
  assert.equal(await verdict(`${b64({ alg: 'EdDSA', typ: 'at+jwt', kid: 'x' })}.${payload}.${signature}`), 'refused: no key of ours signed the access token')
  assert.match(await verdict(session.tokens.id_token), /^refused: it is no access token/)
  assert.match(await verdict('garbage'), /^refused: it is no access token/)
  const { stdout: roots } = await site.command('config', 'show')
  assert.match(roots, /^ACCESS_TOKEN_EXPIRES=3600$/m)
  const conf = site.values.MCP_OAUTH_CONFIG
  const before = await readFile(conf, 'utf8')
  await changeSettings(conf, ['ACCESS_TOKEN_EXPIRES=1'])
  let short
  do short = (await connect(site)).tokens
  while (short.expires_in !== 1)
  await until(async () => await verdict(short.access_token) === 'refused: the access token expired')
  await writeFile(conf, before)
  do short = (await connect(site)).tokens
  while (short.expires_in === 1)
})

test('verify asks the database what became of it, and changes nothing', async () => {
  const { client, tokens } = await connect(site)
  assert.match(await verdict(tokens.refresh_token), /^good: its session is there/)
  const second = (await token(site, refreshing(client, tokens))).json
  assert.match(await verdict(tokens.refresh_token), /^refused: it was used: only within/)
  const third = (await token(site, refreshing(client, second))).json
  assert.match(await verdict(tokens.refresh_token), /^refused: it was used before the latest/)
  assert.match(await verdict(third.refresh_token), /^good/)
  const fourth = (await token(site, refreshing(client, third))).json
  assert.match(await verdict(fourth.access_token), /^good/)

  await site.sql('SELECT oauth.revoke_token($1)', [claimsOf(fourth.access_token).jti])
  assert.equal(await verdict(fourth.access_token), 'refused: it was revoked')
  assert.match(await verdict(fourth.refresh_token), /^good/)
  const disabled = (name, key, value) => site.sql(`UPDATE ${name} SET disabled_at = $2 WHERE ${key} = $1`, [value[0], value[1]])
  await disabled('oauth.client', 'client_id', [client.client_id, new Date()])
  for (const text of [fourth.access_token, fourth.refresh_token]) assert.equal(await verdict(text), 'refused: its client is disabled')
  await disabled('oauth.client', 'client_id', [client.client_id, null])
  await site.sql('UPDATE public.mcp_server_sessions SET expires_at = now() WHERE client_identifier = $1', [client.client_id])
  assert.equal(await verdict(fourth.refresh_token), 'refused: its session expired')
  await site.sql('DELETE FROM public.mcp_server_sessions WHERE client_identifier = $1', [client.client_id])
  for (const text of [fourth.access_token, fourth.refresh_token]) assert.equal(await verdict(text), 'refused: its session is gone')
  assert.equal(await verdict('A'.repeat(43)), 'refused: its session is gone')
})

// What key check prints when it finds something.
async function complaint (...args) {
  try {
    await site.command('key', 'check', ...args)
  } catch (error) {
    assert.equal(error.code, 1)
    return error.stdout
  }
  assert.fail('it found nothing')
}

test('key check says which keys are missing where', async () => {
  const { stdout } = await site.command('key', 'check')
  assert.match(stdout, /^ok: \S+jwks\.json holds the keys of now and next$/m)
  assert.match(stdout, /^ok: http\S+\/\.well-known\/jwks\.json holds the keys of now and next$/m)
  await rename(site.values.JWKS_FILE, site.values.JWKS_FILE + '.away')
  assert.match(await complaint(), /problem: \S+jwks\.json is no JWK set\n {4}run: mcp-oauth render/)
  await site.command('render', '--periods', '0')
  assert.match(await complaint(), /problem: \S+jwks\.json lacks the key of the next period/)
  await rename(site.values.JWKS_FILE + '.away', site.values.JWKS_FILE)
  assert.match(await complaint('--url', 'http://127.0.0.1:1'), /problem: http:\/\/127\.0\.0\.1:1\S+: .*\n {4}does the site run/)
})

test('with the database away verify says so', async () => {
  await site.control('database', 'stop')
  const { status, stderr } = await tokenCommand(session.tokens.access_token, 'verify')
  assert.equal(status, 3, stderr)
  assert.equal((await tokenCommand(session.tokens.access_token, 'inspect')).status, 0)
  await site.control('database', 'start')
})
