// SPDX-License-Identifier: MIT
// The lines that docs/signing-in.md shows: Apache and the command take them.
// This is about Apache itself.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { startSite } from '../lib/site.mjs'

const run = promisify(execFile)
const page = await readFile(new URL('../../docs/signing-in.md', import.meta.url), 'utf8')
const apache = (await run('sh', ['-c', 'PATH=$PATH:/usr/sbin; command -v apache2 || command -v httpd'])).stdout.trim()

/** Blocks of indented lines below a heading that hold such a line. */
function lines (heading, like) {
  const section = page.split(/^## /m).find(text => text.startsWith(heading + '\n'))
  const blocks = section.split('\n\n').filter(text => text.startsWith('    ') && like.test(text))
  assert.ok(blocks.length > 0, heading)
  return blocks.join('\n').replace(/^ {4}/gm, '') + '\n'
}

let site, dir
before(async () => {
  site = await startSite({ plain: true, modules: 'auth_basic authn_file authz_user ldap authnz_ldap auth_openidc' })
  dir = await mkdtemp('/var/tmp/mcp-oauth-docs-')
  await chmod(dir, 0o755)
})
after(async () => {
  await site?.stop()
  if (dir) await rm(dir, { recursive: true, force: true })
})

/** Does Apache take them at the end of the site's own? */
async function apacheTakes (added) {
  const file = join(dir, 'httpd.conf')
  await writeFile(file, await readFile(join(site.values.STATE, 'apache/httpd.conf'), 'utf8') + added)
  return run(apache, ['-t', '-f', file])
}

// What only the reader knows, or has on their host.
const madeReal = text => text
  .replace(/^Include .*\/apache-conf\//m, 'Include ${SHARE}/')
  .replace(/"exec:[^"]*"/, '"a password"')
  .replace(/ \(.*\)$/gm, ' "words of the test"')
  .replace('AuthType ...', 'AuthType Basic\nAuthName "Example"\nAuthBasicProvider file\nAuthUserFile /etc/mcp-oauth/htpasswd')

for (const heading of ['A password file', 'LDAP, Active Directory', 'OpenID Connect', 'Anything else']) {
  test(`${heading}: Apache takes the lines`, async () => {
    const added = madeReal(lines(heading, /^ {4}Include /m))
    await apacheTakes(added)
    await assert.rejects(apacheTakes(added.replace(/^Use RemoteLogin/m, 'Use NoRemoteLogin')), /NoRemoteLogin/i)
  })
}

const ldap = lines('LDAP, Active Directory', /^ {4}OAUTH_LOGIN=/m)
const settings = {
  'LDAP, Active Directory': ldap,
  'OpenID Connect': lines('OpenID Connect', /^ {4}OAUTH_LOGIN=/m),
  'Groups and scopes': ldap + 'MCP_RESOURCE_SCOPES=/mcp files:read files:write\n' + lines('Groups and scopes', /^ {4}REMOTE_GROUP_SCOPES=/m)
}
for (const [heading, added] of Object.entries(settings)) {
  test(`${heading}: the settings are taken`, async () => {
    const file = join(dir, 'mcp-oauth.conf')
    const check = async text => {
      await writeFile(file, await readFile(site.values.MCP_OAUTH_CONFIG, 'utf8') + text, { mode: 0o600 })
      return run(site.values.MCP_OAUTH, ['--config', file, 'config', 'show'])
    }
    const { stdout } = await check(added)
    assert.match(stdout, /^OAUTH_LOGIN=remote_user$/m)
    for (const [, line] of added.matchAll(/^(REMOTE_(?!GROUP_)\w+=.*)$/gm)) assert.ok(stdout.includes(`\n${line}\n`), line)
    await assert.rejects(check(added.replace(/^OAUTH_LOGIN=.*$/m, 'OAUTH_LOGIN=remote')), /OAUTH_LOGIN must be/)
  })
}
