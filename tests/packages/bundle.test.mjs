// SPDX-License-Identifier: MIT
// The archive for shared hosts, unpacked and installed as an account would, on an
// Apache that allows what shared hosts allow, with one login to one database.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connect, refreshing, rpc, token, until, whoami } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { sharedHost } from '../lib/shared_host.mjs'
import { startSite } from '../lib/site.mjs'

const project = new URL('../..', import.meta.url).pathname
const wrapper = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/libnss_wrapper.so`
const email = 'me@example.com'
const password = 'correct horse battery'
let site, archive

before(async () => {
  execFileSync('make', ['-s', '-C', project, 'bundle'], { stdio: ['ignore', 'ignore', 'inherit'] })
  archive = join(process.env.BUILD, readdirSync(process.env.BUILD).find(name => /^mcp-oauth-.*\.tar\.xz$/.test(name)))
  site = await startSite({ plain: true })
})
after(() => site?.stop())

// A command as the account, in its home.
function as (host, command, args, options = {}) {
  const ours = ['env', `HOME=${host.dir}`, command, ...args]
  const all = process.getuid() === 0 ? ['runuser', '-u', site.values.RUN_AS, '--', ...ours] : ours
  return execFileSync(all[0], all.slice(1), { cwd: host.dir, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], ...options })
}

function own (path) {
  if (process.getuid() !== 0) return
  const { uid, gid } = statSync(site.values.PG_SOCKET)
  chownSync(path, uid, gid)
}

// A host with an account, a database of its own, the archive unpacked, settings edited.
async function account (name, options, settings) {
  const host = await sharedHost(site, { name, ...options })
  for (const folder of ['public_html', 'cgi-bin']) own(join(host.dir, folder))
  await site.sql(`CREATE ROLE ${name} LOGIN`)
  await site.sql(`CREATE DATABASE ${name} OWNER ${name}`)
  const database = new URL(site.values.DATABASE_URL.replace('@/', '@localhost/'))
  host.database = `postgresql://${name}@/${name}${database.search}`
  as(host, 'tar', ['xf', archive])
  host.unpacked = join(host.dir, readdirSync(host.dir).find(entry => entry.startsWith('mcp-oauth-')))
  host.server = join(host.dir, 'my-server')
  mkdirSync(host.server)
  cpSync(join(site.values.STATE, 'usr/libexec/mcp-oauth/demo/whoami'), join(host.server, 'server.cgi'))
  const edited = {
    OAUTH_BASE_URL: host.base,
    DATABASE_URL: host.database,
    MCP_RESOURCE_PROGRAM: `/mcp ${host.server}/server.cgi`,
    CGI_BIN: 'cgi-bin',
    ...settings(host)
  }
  const file = join(host.unpacked, 'settings')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^(\w+)=.*$/gm, (line, key) => key in edited ? `${key}=${edited[key]}` : line))
  return Object.assign(host, { mcp: host.url('/mcp'), email, password })
}

const install = host => as(host, 'sh', [join(host.unpacked, 'install')])

function addUser (host) {
  as(host, join(host.dir, 'mcp-oauth/bin/mcp-oauth'), ['--config', join(host.dir, 'mcp-oauth/mcp-oauth.conf'), 'user', 'add', email], { input: password + '\n' })
}

test('its programs need nothing of a host but libc, libpq and libcurl, and hide what is linked in', () => {
  const dir = join(site.values.STATE, 'unpacked')
  mkdirSync(dir)
  execFileSync('tar', ['xf', archive, '-C', dir, '--strip-components=1'])
  const allowed = { 'fetch/fetch': ['libcurl.so.4'], 'bin/mcp-oauth': ['libpq.so.5', 'libcurl.so.4'] }
  const programs = ['fetch/fetch', 'bin/mcp-oauth', 'guard/guard', ...readdirSync(join(dir, 'cgi-bin')).map(name => 'cgi-bin/' + name)]
  assert.ok(programs.length > 20)
  for (const program of programs) {
    const needed = [...execFileSync('readelf', ['-d', join(dir, program)], { encoding: 'utf8' }).matchAll(/NEEDED.*\[(.*)\]/g)].map(m => m[1])
    const beyond = needed.filter(name => !/^(libc\.so\.6|ld-linux.*)$/.test(name) && !(allowed[program] ?? ['libpq.so.5']).includes(name))
    assert.deepEqual(beyond, [], program)
    const symbols = execFileSync('readelf', ['-W', '--dyn-syms', join(dir, program)], { encoding: 'utf8' })
    assert.doesNotMatch(symbols.split('\n').filter(l => !/ UND /.test(l)).join('\n'), /EVP_|sodium_|json_object_|FCGX_/, program)
  }
  for (const name of ['libfcgi-dev', 'libjson-c-dev', 'libsodium-dev', 'libssl-dev']) assert.ok(statSync(join(dir, 'licences', name)).size > 500)
})

describe('as plain CGI', () => {
  let host, session
  before(async () => {
    host = await account('plain', { overrides: 'FileInfo AuthConfig Limit' }, () => ({}))
    writeFileSync(join(host.dir, 'public_html/.htaccess'), 'ErrorDocument 404 /mine.html\n')
    own(join(host.dir, 'public_html/.htaccess'))
  })
  after(() => host?.stop())

  test('what is not filled in is named, and nothing is begun', () => {
    const file = join(host.unpacked, 'settings')
    const good = readFileSync(file, 'utf8')
    for (const [key, value] of [['OAUTH_BASE_URL', 'https://www.example.com'], ['DATABASE_URL', ''], ['MCP_RESOURCES', '/'],
      ['GUARDED', '/files=public_html/.htaccess'], ['MCP_RESOURCE_PROGRAM', '/mcp /home/ACCOUNT/my-server/server.cgi'], ['DOCUMENT_ROOT', 'nowhere'], ['CGI_BIN', '']]) {
      writeFileSync(file, good.replace(new RegExp(`^${key}=.*$`, 'm'), `${key}=${value}`))
      assert.throws(() => install(host), error => error.status === 1 && error.stderr.includes(key), key)
      assert.ok(!existsSync(join(host.dir, 'mcp-oauth')), key)
    }
    writeFileSync(file, good)
  })

  test('what is wrong is said, and corrected in the same file', () => {
    const file = join(host.unpacked, 'settings')
    const good = readFileSync(file, 'utf8')
    for (const [key, value, said] of [['DATABASE_URL', 'postgresql://nobody@127.0.0.1:1/nothing', /DATABASE_URL in \S+\/settings/], ['MCP_RESOURCES', '/mcp/', /MCP_RESOURCES/]]) {
      writeFileSync(file, good.replace(new RegExp(`^${key}=.*$`, 'm'), `${key}=${value}`))
      assert.throws(() => install(host), error => error.status === 1 && said.test(error.stderr), key)
      for (const name of ['mcp-oauth.conf', 'guard.conf']) assert.ok(!existsSync(join(host.dir, 'mcp-oauth', name)), key)
    }
    writeFileSync(file, good)
  })

  test('the schema goes in by psql, with the one login', () => {
    as(host, join(site.values.PG_BIN ?? '/usr/lib/postgresql/15/bin', 'psql'), ['-q', '-v', 'ON_ERROR_STOP=1', host.database, '-f', join(host.unpacked, 'schema.sql')])
  })

  test('installed, a client gets its tokens and calls the server', async () => {
    assert.match(install(host), /mcp-oauth is in place/)
    addUser(host)
    await host.start()
    session = await connect(host)
    assert.equal((await whoami(host, session.tokens.access_token)).email, email)
    const refused = await rpc(host.mcp, undefined, 'ping', {})
    assert.equal(refused.status, 401)
    assert.ok(refused.headers['www-authenticate'].includes(host.url('/.well-known/oauth-protected-resource/mcp')))
    assert.equal((await send(host.url('/.well-known/oauth-authorization-server'))).json.issuer, host.base)
  })

  test('what is secret is the account\'s alone', () => {
    for (const name of ['mcp-oauth.conf', 'guard.conf', 'signing-key.pem']) assert.equal(statSync(join(host.dir, 'mcp-oauth', name)).mode & 0o077, 0, name)
    assert.equal(statSync(join(host.dir, 'mcp-oauth')).mode & 0o777, 0o700)
  })

  test('installed again, sessions and the account\'s own lines stay', async () => {
    const conf = readFileSync(join(host.dir, 'mcp-oauth/mcp-oauth.conf'), 'utf8')
    install(host)
    assert.equal(readFileSync(join(host.dir, 'mcp-oauth/mcp-oauth.conf'), 'utf8'), conf)
    const htaccess = readFileSync(join(host.dir, 'public_html/.htaccess'), 'utf8')
    assert.equal(htaccess.match(/# BEGIN mcp-oauth/g).length, 1)
    assert.match(htaccess, /# END mcp-oauth\nErrorDocument 404 \/mine\.html\n$/)
    assert.equal((await whoami(host, session.tokens.access_token)).email, email)
    assert.equal((await token(host, refreshing(session.client, session.tokens))).status, 200)
  })

  test('a session that is deleted in the database is refused', async () => {
    const { tokens } = await connect(host)
    await whoami(host, tokens.access_token)
    await site.sql('DELETE FROM public.mcp_server_sessions', [], site.values.SUPERUSER_DATABASE_URL.replace(/\/[^/?]*\?/, '/plain?'))
    await until(async () => (await rpc(host.mcp, tokens.access_token, 'ping', {})).status === 401)
  })
})

describe('with mod_fcgid', { skip: !existsSync(wrapper) && 'libnss-wrapper is not installed' }, () => {
  let host, session
  before(async () => {
    host = await account('fastcgi', {
      overrides: 'FileInfo AuthConfig Limit',
      modules: ['fcgid', 'headers', 'mime'],
      apache: `TypesConfig /etc/mime.types
FcgidIPCDir ${site.values.STATE}/fastcgi/fcgid
FcgidProcessTableFile ${site.values.STATE}/fastcgi/fcgid/shm
FcgidInitialEnv LD_PRELOAD ${wrapper}
FcgidInitialEnv NSS_WRAPPER_PASSWD ${site.values.STATE}/fastcgi/passwd
FcgidInitialEnv NSS_WRAPPER_GROUP ${site.values.STATE}/fastcgi/group
<Directory ${site.values.STATE}/fastcgi/public_html>
  Options +ExecCGI
  AddHandler cgi-script .cgi
</Directory>`
    }, () => ({ FASTCGI: 'yes', MCP_RESOURCES: '/mcp /files', GUARDED: '/files=served/env.cgi' }))
    const { uid, gid } = statSync(site.values.PG_SOCKET)
    writeFileSync(join(host.dir, 'passwd'), `account:x:${uid}:${gid}::${host.dir}:/bin/sh\n`)
    writeFileSync(join(host.dir, 'group'), `account:x:${gid}:\n`)
    for (const folder of ['fcgid', 'public_html/served']) {
      mkdirSync(join(host.dir, folder))
      own(join(host.dir, folder))
    }
    writeFileSync(join(host.dir, 'public_html/served/env.cgi'), '#!/bin/sh\nprintf "Content-Type: text/plain\\r\\n\\r\\n"\nenv\n')
    chmodSync(join(host.dir, 'public_html/served/env.cgi'), 0o755)
    install(host)
    addUser(host)
    await host.start()
    session = await connect(host, { params: { resource: host.url('/files') } })
  })
  after(() => host?.stop())

  test('a folder is guarded whatever serves it', async () => {
    const headers = { Authorization: `Bearer ${session.tokens.access_token}`, 'X-Forwarded-User': 'forged', 'X-MCP-Scope': 'forged', Cookie: '__Host-mcp-oauth-login=x; theirs=1' }
    const answer = await send(host.url('/files'), { headers })
    assert.equal(answer.status, 200, answer.text)
    assert.match(answer.text, new RegExp(`^HTTP_X_FORWARDED_EMAIL=${email}$`, 'm'))
    assert.match(answer.text, /^HTTP_COOKIE=theirs=1$/m)
    assert.doesNotMatch(answer.text, /forged|^HTTP_AUTHORIZATION=/m)
    assert.ok(!answer.text.includes(session.tokens.access_token))
    assert.ok(!Object.keys(answer.headers).some(name => name.startsWith('variable-')), Object.keys(answer.headers).join())
  })

  test('refusals are exact, and there is no other way in', async () => {
    const none = await send(host.url('/files'))
    assert.equal(none.status, 401)
    assert.ok(none.headers['www-authenticate'].includes(host.url('/.well-known/oauth-protected-resource/files')))
    assert.ok(none.json.error_description)
    const authorization = { Authorization: `Bearer ${session.tokens.access_token}` }
    for (const path of ['/served/env.cgi', '/served/', '/served/%65nv.cgi', '/cgi-bin/mcp-oauth-authorizer/guard']) {
      for (const headers of [{}, authorization]) {
        const answer = await send(host.url(path), { headers })
        assert.ok([401, 403, 404].includes(answer.status), `${path}: ${answer.status}`)
      }
    }
    assert.equal((await send(host.url('/files'), { headers: { ...authorization, Origin: 'https://evil.example' } })).status, 403)
  })

  test('a program is guarded as before', async () => {
    const { tokens } = await connect(host, { client: session.client, params: { resource: host.mcp } })
    assert.equal((await whoami(host, tokens.access_token)).email, email)
  })

  test('the programs stay from request to request', async () => {
    for (let i = 0; i < 3; i++) assert.equal((await send(host.url('/.well-known/jwks.json'))).status, 200)
    const running = execFileSync('sh', ['-c', `ls -l /proc/[0-9]*/exe 2>/dev/null | grep -c '${host.dir}/cgi-bin/mcp-oauth/jwks' || true`], { encoding: 'utf8' })
    assert.equal(running.trim(), '1')
  })
})
