// SPDX-License-Identifier: MIT
// The first day of docs/operating.md, command by command, on a host on which
// nothing was done yet: an Apache without us and a PostgreSQL without databases.
// This is about Apache itself.
import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { connect, rpc, until } from '../lib/flow.mjs'
import { startSite } from '../lib/site.mjs'
import { assertSays, blocksOf, commandsOf, Shell } from '../lib/transcript.mjs'

const root = new URL('../..', import.meta.url).pathname
const page = await readFile(join(root, 'docs/operating.md'), 'utf8')
const blocks = blocksOf(page)

let site, folder, shell, conf
const places = [] // [of the page, here]
const here = text => places.reduce((said, [there, real]) => said.replaceAll(there, real), text)

// An MCP server, as far as this day needs one.
const backend = createServer((rq, rs) => {
  let body = ''
  rq.on('data', data => { body += data })
  rq.on('end', () => {
    const { id, method } = JSON.parse(body || '{}')
    const answer = method === 'ping' ? { result: {} } : { error: { code: -32601, message: 'Method not found' } }
    rs.writeHead(rq.method === 'POST' ? 200 : 405, { 'Content-Type': 'application/json' })
    rs.end(rq.method === 'POST' ? JSON.stringify({ jsonrpc: '2.0', id, ...answer }) : '')
  })
})

// Programs of a host that is one's own.
const stubs = () => ({
  make: `exec /usr/bin/make --no-print-directory -s -C ${root} BUILD='${process.env.BUILD}' prefix='${site.values.STATE}/usr' sysconfdir='${site.values.STATE}/etc' "$@"`,
  a2enmod: 'echo "Considering dependencies"',
  systemctl: `[ "$*" = 'reload apache2' ]
    ${root}demo/site.sh web ${site.dir} stop
    exec ${root}demo/site.sh web ${site.dir} start`,
  'systemd-tmpfiles': `read -r kind path mode user group <"$2"
    [ "$1 $kind" = '--create d' ] && mkdir -p "$path" && chmod "$mode" "$path"
    [ "$(id -u)" != 0 ] || chown "$user:$group" "$path"`,
  // Only root may give files to others.
  chgrp: '[ "$(id -u)" != 0 ] || exec /usr/bin/chgrp "$@"',
  // The page says how long guards may take; a busy machine may take longer.
  sleep: 'exec /usr/bin/sleep 5'
})

// What the installation of the site has done that this day begins without.
async function makeBlank () {
  await site.control('web', 'stop')
  await rm(conf, { recursive: true })
  const blank = (await readFile(join(site.values.STATE, 'apache/httpd.conf'), 'utf8')).replace(/^Define MCP_OAUTH_CONFIG [^]*/m, '')
  await writeFile(join(site.values.STATE, 'apache/httpd.conf'), blank +
    `IncludeOptional ${folder}/conf-enabled/*.conf\nIncludeOptional ${folder}/sites-enabled/*.conf\n`)
  const postgres = site.values.SUPERUSER_DATABASE_URL.replace('/mcp_oauth?', '/postgres?')
  await site.sql('DROP DATABASE mcp_oauth WITH (FORCE)', [], postgres)
  for (const role of ['mcp_web', 'mcp_guard', 'mcp_oauth_web', 'mcp_oauth_guard', 'mcp_oauth_admin', 'mcp_oauth_owner', 'mcp_owner']) {
    await site.sql(`DROP ROLE IF EXISTS ${role}`, [], postgres)
  }
}

before(async () => {
  site = await startSite({ plain: true })
  conf = dirname(site.values.MCP_OAUTH_CONFIG)
  folder = await mkdtemp('/var/tmp/mcp-oauth-day-')
  await chmod(folder, 0o755)
  await new Promise(resolve => backend.listen(0, '127.0.0.1', resolve))
  for (const name of ['bin', 'conf-enabled', 'sites-enabled', 'tmpfiles.d', 'cron.d', 'root', 'backups']) await mkdir(join(folder, name))
  places.push(
    ['https://mcp.example.com', site.base], ['http://127.0.0.1:9000', `http://127.0.0.1:${backend.address().port}`],
    ['/etc/apache2', folder], ['/etc/tmpfiles.d', `${folder}/tmpfiles.d`], ['/etc/cron.d', `${folder}/cron.d`],
    ['/etc/mcp-oauth', conf], ['/var/log/apache2', `${site.values.STATE}/log`], ['/run/postgresql', site.values.PG_SOCKET],
    ['/run/mcp-oauth', `${site.values.STATE}/run`], ['/usr/local', `${site.values.STATE}/usr`], ['/root/', `${folder}/root/`],
    ['/var/backups', `${folder}/backups`])
  for (const [name, text] of Object.entries(stubs())) await writeFile(join(folder, 'bin', name), `#!/bin/sh\nset -eu\n${text}\n`, { mode: 0o755 })
  await makeBlank()
  shell = new Shell({
    PATH: [`${folder}/bin`, `${site.values.STATE}/usr/bin`, site.values.PG_BIN, '/usr/sbin', '/usr/bin', '/bin'].join(':'),
    HOME: folder,
    MCP_OAUTH_CONFIG: site.values.MCP_OAUTH_CONFIG,
    PGHOST: site.values.PG_SOCKET,
    PGUSER: 'postgres',
    BUILD: process.env.BUILD,
    ...(process.env.ASAN_OPTIONS && { ASAN_OPTIONS: process.env.ASAN_OPTIONS })
  }, root)
})
after(async () => {
  await shell?.close()
  backend.closeAllConnections()
  backend.close()
  await site?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

// What people and time do between two blocks.
let ann
const files = () => site.url('/files')
const callOfAnn = async () => (await rpc(files(), ann.tokens.access_token, 'ping', {})).status
const between = {
  async 'SELECT email, client_name' () {
    Object.assign(site, { email: 'ann@example.com', password: 'a password that Ann will change' })
    ann = await connect(site)
    assert.equal(await callOfAnn(), 200)
  },
  async 'mcp-oauth key rotate' () {
    const earlier = Date.now() / 1000 - 600
    await utimes(site.values.MCP_OAUTH_CONFIG, earlier, earlier)
  }
}
const afterwards = {
  'oauth.revoke_user': async () => until(async () => await callOfAnn() === 401)
}
async function runHooks (hooks, command) {
  for (const [words, hook] of Object.entries(hooks)) if (command.includes(words)) await hook()
}

async function runConsole (text) {
  for (const { command, says } of commandsOf(text)) {
    await runHooks(between, command)
    assertSays(await shell.run(here(command)), says.map(here), command)
    await runHooks(afterwards, command)
  }
}

// What is not ours was there all the time.
async function writeApache (text) {
  const [, path] = /^# (\/\S+)\n/.exec(text)
  await writeFile(here(path), here(text))
  if (path.includes('/conf-enabled/')) assert.equal(await shell.run('systemctl reload apache2'), '')
}

// Each line of it, as cron would.
async function runCron (text) {
  const lines = text.split('\n').filter(line => line && !line.startsWith('#'))
  assert.equal(lines.length, 3)
  for (const line of lines) {
    const [, user, command] = /^(?:\S+\s+){5}(\w+)\s+(.*)$/.exec(line)
    assert.ok(['root', 'postgres'].includes(user))
    const quoted = `'${here(command).replaceAll("'", "'\\''")}'`
    assert.equal(await shell.run(`sh -c ${quoted} || echo "status $?"`), '', command)
  }
}

const run = { console: runConsole, apache: writeApache, crontab: runCron }
for (const [i, { language, heading, text }] of blocks.entries()) {
  test(`${i + 1}: ${heading}: ${text.split('\n')[0].slice(0, 60)}`, () => run[language](text))
}

test('the page has the day', () => {
  assert.deepEqual([...new Set(blocks.map(block => block.heading))], ['Install', 'Settings', 'Database', 'Apache', 'The doctor',
    'People and clients', 'Ending something', 'Keys', 'Cron', 'Upgrade', 'Backup', 'What to watch'])
})
