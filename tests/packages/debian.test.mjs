// SPDX-License-Identifier: MIT
// The Debian package on a Debian where nothing was installed before: configured
// as docs/debian.md says, used, upgraded under load, removed, purged.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { bareDebian, noDebian } from '../lib/debian.mjs'
import { byPackage, callTool } from '../lib/first_call.mjs'
import { connect, refreshing, rpc, token, until, whoami } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { startLoad } from '../lib/load.mjs'
import { freePort } from '../lib/site.mjs'

const project = new URL('../..', import.meta.url).pathname
const built = join(process.env.BUILD, 'deb')

// The package that "make deb" made.
function packageFile () {
  return join(built, readdirSync(built).find(name => /^mcp-oauth_.*\.deb$/.test(name)))
}

// The same one as of an earlier version: its files are other ones to dpkg.
function earlier (file, into) {
  const dir = into + '.tree'
  execFileSync('dpkg-deb', ['-R', file, dir])
  const control = join(dir, 'DEBIAN/control')
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: (.*)$/m, 'Version: $1~earlier'))
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '-b', dir, into], { stdio: 'ignore' })
  rmSync(dir, { recursive: true })
}

before(() => {
  if (noDebian) return
  execFileSync('make', ['-s', '-C', project, `BUILD=${process.env.BUILD}`, 'deb'], { stdio: ['ignore', 'ignore', 'inherit'] })
})

test('lintian has nothing to say', { skip: noDebian }, () => {
  const changes = readdirSync(built).find(name => name.endsWith('.changes'))
  const said = execFileSync('lintian', ['--fail-on', 'error,warning', '--allow-root', join(built, changes)], { encoding: 'utf8' })
  assert.equal(said, '')
})

describe('on a bare Debian', { skip: noDebian }, () => {
  let root, site, load, session

  before(async () => {
    root = await bareDebian()
    copyFileSync(packageFile(), root.path('root/new.deb'))
  })
  after(async () => {
    await load?.stop()
    await root?.stop()
  })

  test('the page leads from nothing to a good doctor', async () => {
    const old = root.path('tmp/mcp-oauth_earlier.deb')
    earlier(packageFile(), old)
    site = await byPackage(root, old, await freePort())
  })

  test('a client of the MCP SDK calls a tool', async () => {
    await callTool(site)
    assert.equal((await send(site.mcp)).status, 401)
  })

  test('what is secret is read by root and the web server alone, and each host has secrets of its own', async () => {
    const { gid } = statSync(root.path('etc/mcp-oauth'))
    assert.match(readFileSync(root.path('etc/group'), 'utf8'), new RegExp(`^www-data:x:${gid}:`, 'm'))
    for (const name of ['mcp-oauth.conf', 'guard.conf', 'signing-key.pem']) {
      const st = statSync(root.path(`etc/mcp-oauth/${name}`))
      assert.deepEqual([st.mode & 0o777, st.uid, st.gid], [0o640, 0, gid], name)
    }
    assert.equal(statSync(root.path('etc/mcp-oauth')).mode & 0o777, 0o750)
    assert.equal(statSync(root.path('run/mcp-oauth')).mode & 0o777, 0o700)
    const files = (await root.sh('dpkg -L mcp-oauth')).split('\n')
    for (const name of ['/usr/share/man/man8/mcp-oauth.8.gz', '/usr/share/man/man5/mcp-oauth.conf.5.gz', '/usr/share/bash-completion/completions/mcp-oauth',
      '/etc/logrotate.d/mcp-oauth', '/etc/lighttpd/conf-available/50-mcp-oauth.conf', '/etc/nginx/snippets/mcp-oauth.conf', '/lib/systemd/system/mcp-oauth@.service']) assert.ok(files.includes(name), name)
    // Nothing that the package holds is a secret of this host.
    assert.ok(!files.includes('/etc/mcp-oauth/mcp-oauth.conf'))
    for (const name of files.filter(name => name.startsWith('/usr/share/mcp-oauth/') && /\.(conf|sh|lua|target)$/.test(name))) {
      assert.doesNotMatch(readFileSync(root.path(name), 'utf8'), /\/usr\/local/, name)
    }
  })

  test('what cron runs says nothing, and does what it is for', async () => {
    const lines = readFileSync(root.path('etc/cron.d/mcp-oauth'), 'utf8').split('\n').filter(line => /^[*\d]/.test(line))
    assert.equal(lines.length, 2)
    rmSync(root.path('etc/mcp-oauth/jwks.json'))
    for (const line of lines) assert.equal(await root.sh(line.replace(/^(\S+\s+){5}root\s+/, '')), '')
    assert.ok(existsSync(root.path('etc/mcp-oauth/jwks.json')))
    assert.match(await root.sh(`su postgres -s /bin/sh -c "psql mcp_oauth -Atc 'SELECT count(*) FROM oauth.live_sessions'"`), /^1$/m)
  })

  test('lighttpd and nginx take the files that are there for them', async () => {
    await root.services(false)
    await root.sh('apt-get -q install lighttpd lighttpd-modules-lua nginx')
    await root.services(true)
    await root.sh('lighty-enable-mod mcp-oauth && lighttpd -tt -f /etc/lighttpd/lighttpd.conf')
    writeFileSync(root.path('etc/nginx/sites-available/default'), 'server { listen 127.0.0.1:9; include snippets/mcp-oauth.conf; location ^~ /mcp { include /usr/share/mcp-oauth/nginx-conf/guard.conf; return 204; } }\n')
    await root.sh('ln -s ../snippets/mcp-oauth-http.conf /etc/nginx/conf.d/ && nginx -t')
  })

  // The programs of ours that run: what /proc says of each.
  const running = async () => (await root.sh('ls -l /proc/[0-9]*/exe 2>/dev/null || true')).split('\n').filter(line => line.includes('/usr/libexec/mcp-oauth/'))

  test('an upgrade while clients keep refreshing: no session is lost, no old program goes on', { timeout: 180000 }, async () => {
    session = await connect(site)
    load = await startLoad(site, 4)
    await load.more(10)
    const settings = readFileSync(root.path('etc/mcp-oauth/mcp-oauth.conf'), 'utf8')
    assert.ok((await running()).length > 0)
    await Promise.all([root.sh('apt-get -q install /root/new.deb'), load.more(10)])
    await load.more(10)
    assert.match(await root.sh("dpkg-query -W -f '${Version}' mcp-oauth"), /^[\d.]+$/)
    const { 200: good, 503: unavailable = 0, 500: lost = 0, ...others } = load.answers
    assert.deepEqual(others, {}, JSON.stringify(load.answers))
    assert.ok(unavailable + lost <= good / 100, JSON.stringify(load.answers))
    await until(async () => (await running()).every(line => !line.includes('(deleted)')), 60)
    assert.ok((await running()).length > 0)
    await load.stop()
    load = undefined
    assert.equal(readFileSync(root.path('etc/mcp-oauth/mcp-oauth.conf'), 'utf8'), settings)
    const answer = await token(site, refreshing(session.client, session.tokens))
    assert.equal(answer.status, 200, answer.text)
    session.tokens = answer.json
  })

  test('removed, the web server goes on without it; installed again, sessions go on', async () => {
    await root.sh('apt-get -q remove mcp-oauth')
    await until(async () => (await send(site.mcp)).status === 404)
    assert.equal((await send(site.base + '/')).status, 200)
    await until(async () => (await running()).length === 0)
    await root.sh('! test -L /etc/lighttpd/conf-enabled/50-mcp-oauth.conf')
    assert.ok(existsSync(root.path('etc/mcp-oauth/signing-key.pem')))
    await root.sh('apt-get -q install /root/new.deb && a2enconf -q mcp-oauth && service apache2 reload')
    await until(async () => (await rpc(site.mcp, session.tokens.access_token, 'ping', {})).status === 200)
    assert.equal((await whoami(site, session.tokens.access_token)).email, site.email)
    assert.equal((await token(site, refreshing(session.client, session.tokens))).status, 200)
  })

  test('purged, nothing of it is left but the database', async () => {
    await root.sh('rm /etc/nginx/conf.d/mcp-oauth-http.conf && echo >/etc/nginx/sites-available/default') // the operator's own
    await root.sh('apt-get -q purge mcp-oauth')
    assert.equal((await send(site.base + '/')).status, 200)
    const left = await root.sh("find / -xdev '(' -path /proc -o -path /root -o -path /tmp ')' -prune -o '(' -name '*mcp*oauth*' -o -name 'mcp-calls*' ')' -print")
    assert.equal(left, '')
    assert.equal(await root.sh("grep -rIl 'mcp-oauth' /etc --exclude='*-' || true"), '')
    assert.match(await root.sh("su postgres -s /bin/sh -c 'psql -Atl'"), /^mcp_oauth\|/m)
  })
})
