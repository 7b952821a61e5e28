// SPDX-License-Identifier: MIT
// documented.mjs - the commands that README.md and docs/ show, and which test types
// each of them, or why none can.  Run as a program, as lint does, it tells what is
// missing.
import { readdir, readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { blocksOf, commandsOf } from './transcript.mjs'

const root = new URL('../../', import.meta.url)
const read = path => readFile(new URL(path, root), 'utf8')

// ---- what the pages show

// Programs whose name opens a line of an indented block.
const programs = /^(?:apt|awk|a2enmod|chgrp|claude|codex|cp|curl|dpkg(?:-deb)?|fail2ban-regex|htpasswd|make|mcp-inspector|mcp-oauth|mcp-remote|npx|psql|runuser|sed|sh|spawn-fcgi|sudo|systemctl|systemd-\w+|tar)\b/

/** The commands of indented blocks, with the lines that continue them. */
export function indented (page) {
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
  ['docs/debian.md', 'chgrp -R mcp-oauth', 'as systemd-sysusers of docs/apache.md'],
  ['docs/debian.md', 'systemctl enable', 'as systemd-sysusers of docs/apache.md'],
  ['docs/debian.md', 'runuser -u postgres -- psql mcp_oauth -c \'CREATE ROLE "mcp-oauth"', 'as systemd-sysusers of docs/apache.md'],
  ['docs/debian.md', '', 'lib/first_call.mjs', 'docs/debian.md'],
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


// ---- what is missing

/** A line for each command without a row, row without a command, and row whose test is not there. */
export async function missing () {
  const found = []
  const left = new Set(table)
  for (const page of await pages()) {
    const text = await read(page)
    if (whole[page]) {
      if (!(await read('tests/' + whole[page])).includes(page)) found.push(`tests/${whole[page]} does not take ${page}`)
      continue
    }
    for (const command of [...typed(text), ...indented(text)]) {
      const row = table.find(([where, begins]) => where === page && command.startsWith(begins))
      if (!row) found.push(`${page}: no test types this, says the table of tests/lib/documented.mjs: ${command}`)
      left.delete(row)
    }
  }
  for (const [page, begins] of left) found.push(`tests/lib/documented.mjs: ${page} does not show ${begins}`)
  for (const [page, begins, file, words] of table) {
    if (words && !(await read('tests/' + file)).includes(words)) found.push(`tests/lib/documented.mjs: ${file} has no ${words}, for ${page}: ${begins}`)
  }
  return found
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const found = await missing()
  found.forEach(line => console.log(line))
  process.exitCode = found.length ? 1 : 0
}
