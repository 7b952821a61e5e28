// SPDX-License-Identifier: MIT
// The operator's command against a running site.
import assert from 'node:assert/strict'
import { chmod, chown, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { authorizationRequest, Browser, callback, newVerifier, redemption, token } from '../lib/flow.mjs'
import { front, startSite } from '../lib/site.mjs'
import { stillServing } from '../lib/still_serving.mjs'

let site
before(async () => { site = await startSite() })
after(() => site?.stop())
stillServing(() => site)

test('doctor finds a good site well', async () => {
  const { stdout } = await site.command('doctor')
  assert.match(stdout, /all is well\n$/)
  assert.doesNotMatch(stdout, /problem/)
})

test('doctor names what is wrong: no guard, and a token endpoint that sees no credentials', { skip: front.apacheOnly }, async () => {
  const broken = await startSite({
    plain: true,
    apache: '<Directory ${MCP_OAUTH_LIBEXEC}>\n  CGIPassAuth Off\n</Directory>'
  })
  try {
    await assert.rejects(broken.command('doctor'), error => {
      assert.match(error.stdout, /\/mcp/)
      assert.match(error.stdout, /CGIPassAuth/)
      assert.match(error.stdout, /\d problems?\n$/)
      return true
    })
  } finally {
    await broken.stop()
  }
})

test('doctor shows where a document differs from the configuration', async () => {
  const { MCP_OAUTH_CONFIG: file } = site.values
  const other = file + '.other'
  const { uid, gid, mode } = await stat(file)
  await writeFile(other, await readFile(file, 'utf8') + '\nSCOPES_SUPPORTED=email profile notes\n', { mode })
  await chown(other, uid, gid)
  await chmod(other, mode)
  try {
    site.values.MCP_OAUTH_CONFIG = other
    await assert.rejects(site.command('doctor'), error => {
      assert.match(error.stdout, /problem: \/\.well-known\/oauth-authorization-server is not what this configuration says: from byte \d+ on it has '.*"openid","email","profile"\S*', not '.*"notes"/)
      return true
    })
  } finally {
    site.values.MCP_OAUTH_CONFIG = file
    await rm(other)
  }
})

test('doctor names a key that signs no ID tokens', async () => {
  const other = await startSite({ plain: true, extra: { SITE_KEY_ALG: 'ES256' } })
  try {
    await assert.rejects(other.command('doctor'), error => {
      assert.match(error.stdout, /problem: \S+signing-key.pem: the first key of JWT_PRIVATE_KEY_FILE must be RSA/)
      return true
    })
  } finally {
    await other.stop()
  }
})

test('a client added by hand works, with its secret and only its own addresses', async () => {
  const { stdout } = await site.command('client', 'add', '--name', 'By hand', '--redirect-uri', callback, '--confidential',
    '--database', site.values.DATABASE_URL)
  const id = /client_id[ =:]+(\S+)/.exec(stdout)[1]
  const secret = /client_secret[ =:]+(\S+)/.exec(stdout)[1]
  const client = { client_id: id, redirect_uris: [callback] }
  const verifier = newVerifier()
  const code = await new Browser(site).code(authorizationRequest(client, verifier))
  assert.equal((await token(site, redemption(client, code, verifier))).status, 401)
  assert.equal((await token(site, { ...redemption(client, code, verifier), client_secret: secret })).status, 200)
  await assert.rejects(site.command('client', 'add', '--name', 'Bad', '--redirect-uri', 'http://app.example/cb',
    '--database', site.values.DATABASE_URL), /redirect URI/)
})

test('keys that no assertion could be verified with are refused', async () => {
  const add = (...more) => site.command('client', 'add', '--name', 'Job', '--client-credentials', ...more)
  await assert.rejects(add('--jwks-uri', 'http://job.example/jwks.json'), /http:\/\/job.example\/jwks.json is no https URL/)
  await assert.rejects(add('--jwks-uri', 'https://job.example/jwks.json', '--jwks', site.values.JWKS_FILE), /exclude each other/)
  await assert.rejects(add('--jwks', site.values.MCP_OAUTH_CONFIG), /no JWK set/)
})

test('secrets are masked, and typed ones refused by name', async () => {
  const { stdout } = await site.command('config', 'show')
  const [, secret] = /^JWT_SECRET=(.+)$/m.exec(await readFile(site.values.MCP_OAUTH_CONFIG, 'utf8'))
  assert.match(stdout, /^ACCESS_TOKEN_EXPIRES=3600$/m)
  assert.ok(!stdout.includes(secret))
  await assert.rejects(startSite({ plain: true, conf: 'JWT_SECRET=change-me-please-this-is-a-typed-secret-of-mine' }), error => {
    assert.match(error.stderr, /JWT_SECRET/)
    assert.match(error.stderr, /key generate/)
    return true
  })
})

test('migrating again changes nothing', async () => {
  const { stdout, stderr } = await site.command('migrate', '--database', site.values.DATABASE_URL)
  assert.doesNotMatch(stdout + stderr, /applying 0001/)
})
