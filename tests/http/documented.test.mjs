// SPDX-License-Identifier: MIT
// Each command that README.md and docs/ show is typed by a test, or stands here
// with the reason why none can.  Those of docs/clients.md are typed here.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connect } from '../lib/flow.mjs'
import { operatorUrl } from '../lib/operator.mjs'
import { startSite } from '../lib/site.mjs'
import { blocksOf, commandsOf, Shell } from '../lib/transcript.mjs'

const root = new URL('../../', import.meta.url)
const read = path => readFile(new URL(path, root), 'utf8')

// ---- what the pages show

// Programs whose name opens a line of an indented block.
const programs = /^(?:apt|awk|a2enmod|chgrp|claude|codex|cp|curl|fail2ban-regex|htpasswd|make|mcp-inspector|mcp-oauth|mcp-remote|npx|psql|sh|spawn-fcgi|sudo|systemctl|systemd-\w+|tar)\b/

// The commands of indented blocks, with the lines that continue them.
function indented (page) {
  const lines = page.replace(/^```[^]*?^```$/gm, '').split('\n')
  const commands = []
  for (let i = 0; i < lines.length; i++) {
    const [, indent, text] = /^( {4,})(.*)$/.exec(lines[i]) ?? []
    if (!text || !programs.test(text)) continue
    let command = text
    while (command.endsWith('\\') && lines[i + 1]?.startsWith(indent)) command += '\n' + lines[++i].slice(indent.length)
    commands.push(command.replace(/\s+#.*$/, ''))
  }
  return commands
}

const typed = page => blocksOf(page).filter(block => block.language === 'console').flatMap(block => commandsOf(block.text).map(c => c.command.replace(/\s+#.*$/, '')))

async function pages () {
  const names = (await readdir(new URL('docs/', root))).filter(name => name.endsWith('.md')).map(name => 'docs/' + name)
  return ['README.md', ...names.sort()]
}

// ---- who types them

// Pages of which a test takes every command: it names the page.
const whole = {
  'docs/operating.md': 'http/operating.test.mjs',
  'docs/database.md': 'http/database.test.mjs'
}

// [page, how the command begins, file of tests/, words in it], or a reason without words.
const table = [
  ['README.md', 'make demo', 'http/demo.test.mjs', "make('demo'"],
  ['README.md', 'make check', 'README.md', 'make check-'],
  ['README.md', 'make && sudo make install', 'http/operating.test.mjs', '/usr/bin/make'],
  ['README.md', 'claude mcp add', 'no account, and no program of it in npm or Debian that works without one'],
  ['README.md', 'mcp-oauth migrate --roles', 'http/operating.test.mjs', 'docs/operating.md'],
  ['README.md', 'psql mcp_oauth -c "CREATE ROLE', 'http/operating.test.mjs', 'docs/operating.md'],
  ['README.md', 'mcp-oauth user add', 'http/operating.test.mjs', 'docs/operating.md'],
  ['docs/apache.md', 'systemd-sysusers', 'no systemd runs where tests do; lint verifies the units'],
  ['docs/apache.md', 'cp $D/', 'as systemd-sysusers'],
  ['docs/apache.md', 'chgrp mcp-oauth', 'as systemd-sysusers'],
  ['docs/apache.md', 'systemctl', 'as systemd-sysusers'],
  ['docs/apache.md', 'a2enmod', 'the tests load these modules by name'],
  ['docs/apache.md', 'spawn-fcgi', '../demo/site/front/pool.sh', 'spawn-fcgi'],
  ['docs/connecting.md', 'claude mcp add', 'as in README.md'],
  ['docs/connecting.md', 'codex mcp', 'no account'],
  ['docs/connecting.md', 'mcp-inspector', 'clients/inspector.test.mjs', '--cli'],
  ['docs/connecting.md', 'mcp-remote https://mcp.example.com/files --device-code', 'clients/long/mcp_remote.test.mjs', '--device-code'],
  ['docs/connecting.md', 'mcp-remote https://mcp.example.com/files --client-credentials', 'clients/machines.test.mjs', '--client-credentials'],
  ['docs/connecting.md', 'mcp-remote', 'clients/mcp_remote.test.mjs', 'remote'],
  ['docs/clients.md', 'mcp-oauth client add --name NAME ...', 'a form, not a command'],
  ['docs/clients.md', 'curl -u "$client_id:$client_secret" -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer', 'http/id_jag.test.mjs', 'jwt-bearer'],
  ['docs/clients.md', 'mcp-oauth', 'http/documented.test.mjs', 'typeAll'],
  ['docs/clients.md', 'curl', 'http/documented.test.mjs', 'typeAll'],
  ['docs/logs.md', 'awk', 'http/logs.test.mjs', 'docs/logs.md'],
  ['docs/logs.md', 'cp /usr/local', 'http/fail2ban.test.mjs', 'share/mcp-oauth/fail2ban'],
  ['docs/logs.md', 'fail2ban-regex', 'http/fail2ban.test.mjs has the server itself take the filter'],
  ['docs/performance.md', 'make bench-quick', '../Makefile', 'bench-quick'],
  ['docs/performance.md', 'make bench-counts', 'another way to start what "make bench-quick" starts'],
  ['docs/performance.md', 'make bench', 'half an hour and more; "make bench-quick" goes the same way'],
  ['docs/performance.md', 'mcp-oauth render --documents', 'http/static_metadata.test.mjs', '--documents'],
  ['docs/signing-in.md', 'apt install', 'demo/packages.sh installs these'],
  ['docs/signing-in.md', 'a2enmod', 'http/remote_docs.test.mjs', 'docs/signing-in.md'],
  ['docs/signing-in.md', 'htpasswd', 'lib/remote_login.mjs', "run('htpasswd'"],
  ['docs/signing-in.md', 'mcp-oauth identity add', 'http/remote_docs.test.mjs', 'docs/signing-in.md']
]

describe('commands of the pages', () => {
  test('each is typed by a test, or there is a reason', async () => {
    const left = new Set(table)
    for (const page of await pages()) {
      const text = await read(page)
      if (whole[page]) {
        assert.ok((await read('tests/' + whole[page])).includes(page), `${whole[page]} does not take ${page}`)
        continue
      }
      for (const command of [...typed(text), ...indented(text)]) {
        const row = table.find(([where, begins]) => where === page && command.startsWith(begins))
        assert.ok(row, `${page} shows a command that no test types: ${command}`)
        left.delete(row)
      }
    }
    assert.deepEqual([...left], [], 'rows for commands that no page shows')
  })

  test('the tests that it names are there', async () => {
    for (const [page, begins, file, words] of table) {
      if (words) assert.ok((await read('tests/' + file)).includes(words), `${file} has no ${words} for ${page}: ${begins}`)
    }
  })
})

// ---- docs/clients.md

describe('docs/clients.md', () => {
  const initial = 'gV1mN8sQpX3kR7tYw2uZ5aBc9dEfHjL0oTiUyPqSxWe'
  let site, shell, page
  before(async () => {
    page = await read('docs/clients.md')
    site = await startSite({
      plain: true,
      conf: `MCP_RESOURCES=/files\nMCP_RESOURCE_SCOPES=/files files:read\nOAUTH_REGISTRATION=token\nINITIAL_ACCESS_TOKEN=${initial}`,
      guardConf: 'MCP_RESOURCES=/files\nMCP_RESOURCE_SCOPES=/files files:read'
    })
    shell = new Shell({
      PATH: `${dirname(site.values.MCP_OAUTH)}:/usr/bin:/bin`,
      MCP_OAUTH_CONFIG: site.values.MCP_OAUTH_CONFIG,
      DATABASE_URL: await operatorUrl(site),
      INITIAL_ACCESS_TOKEN: initial,
      ...(process.env.ASAN_OPTIONS && { ASAN_OPTIONS: process.env.ASAN_OPTIONS })
    }, root.pathname)
  })
  after(async () => {
    await shell?.close()
    await site?.stop()
  })

  const here = text => text.replaceAll('https://mcp.example.com', site.base)
  const type = async command => shell.run(here(command).replace(/^curl /, 'curl -s '))
  // What "client add" printed becomes variables, as in docs/operating.md.
  const keep = said => shell.run(said)

  /** All commands of the page that open so, each once; the answers. */
  async function typeAll (begins) {
    const commands = indented(page).filter(command => command.startsWith(begins))
    assert.ok(commands.length > 0, begins)
    const said = []
    for (const command of commands) said.push(await type(command))
    return said
  }

  test('registering with the initial access token', async () => {
    const [said] = await typeAll('curl -H "Authorization: Bearer $INITIAL_ACCESS_TOKEN"')
    const registered = JSON.parse(said)
    assert.equal(registered.client_name, 'Editor')
    assert.ok(registered.client_id && registered.registration_access_token)
  })

  test('a program that acts for itself', async () => {
    const [said] = await typeAll("mcp-oauth client add --name 'Nightly report'")
    assert.match(said, /^client_id=\S+\nclient_secret=\S+\n$/)
    await keep(said)
    const answer = JSON.parse((await typeAll('curl -u "$client_id:$client_secret" -d grant_type=client_credentials'))[0])
    assert.equal(answer.scope, 'files:read')
    assert.equal(answer.token_type, 'Bearer')
  })

  test('a program without a browser', async () => {
    const [said] = await typeAll("mcp-oauth client add --name 'Build server'")
    assert.match(said, /^client_id=\S+\n$/)
  })

  test('who asks about tokens', async () => {
    const { client_id: clientId } = JSON.parse((await typeAll('curl -H "Authorization: Bearer $INITIAL_ACCESS_TOKEN"'))[0])
    const { tokens } = await connect(site, { client: { client_id: clientId, redirect_uris: ['http://127.0.0.1/callback'] } })
    await keep((await typeAll("mcp-oauth client add --name 'Files'"))[0])
    await shell.run(`token=${tokens.access_token}`)
    const answer = JSON.parse((await typeAll('curl -u "$client_id:$client_secret" -d "token=$token"'))[0])
    assert.equal(answer.active, true)
    assert.equal(answer.client_id, clientId)
  })
})
