// SPDX-License-Identifier: MIT
// first_call.mjs - the way from a bare Debian to a guarded MCP server by the package.
import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { sdk1, startApplication } from './application.mjs'
import { Browser } from './flow.mjs'
import { assertSays, blocksOf, commandsOf } from './transcript.mjs'

const project = new URL('../..', import.meta.url).pathname
const password = 'a password that Ann will change'

const siteAt = (port, more) => {
  const base = `http://127.0.0.1:${port}`
  return { base, mcp: base + '/mcp', url: path => base + path, email: 'ann@example.com', password, ...more }
}

/** The MCP SDK and a person, from the address alone to what the tool says. */
export async function callTool (site) {
  const app = await startApplication(sdk1)
  try {
    await app.authorize(site.mcp, url => new Browser(site).allow(url))
    const client = await app.connect(site.mcp)
    const said = await client.callTool({ name: 'whoami', arguments: {} })
    assert.equal(said.structuredContent.email, site.email)
    await client.close()
  } finally {
    app.close()
  }
}

// A command that must succeed; what it says.
async function must (shell, command) {
  const said = await shell.run(command + '\nstatus=$?')
  assert.equal(await shell.run('echo $status'), '0\n', `$ ${command}\n${said}`)
  return said
}

// PostgreSQL and Apache of the root listen where nobody else of this machine
// does, and there is no systemd to talk to.
function prepareServers (root) {
  mkdirSync(root.path('etc/postgresql-common/createcluster.d'), { recursive: true })
  writeFileSync(root.path('etc/postgresql-common/createcluster.d/here.conf'), "listen_addresses = ''\n")
  writeFileSync(root.path('usr/local/bin/systemctl'), '#!/bin/sh\n[ "$*" = "reload apache2" ] || exit 1\nservice apache2 status >/dev/null || exec service apache2 start\nexec service apache2 reload\n', { mode: 0o755 })
}
async function startPostgresql (root) {
  await root.services(true)
  await root.sh('pg_conftool 15 main set port 5432 && service postgresql start')
}
function listenAt (root, port) {
  writeFileSync(root.path('etc/apache2/ports.conf'), `Listen 127.0.0.1:${port}\n`)
  const virtual = root.path('etc/apache2/sites-available/000-default.conf')
  writeFileSync(virtual, 'ServerName 127.0.0.1\n' + readFileSync(virtual, 'utf8').replace('*:80', `*:${port}`))
}

/** As docs/debian.md says, with the file of a package. Resolves to the site. */
export async function byPackage (root, file, port) {
  const site = siteAt(port)
  const here = text => text.replaceAll('https://mcp.example.com', site.base).replace(/mcp-oauth_[\w.]+\.deb/, basename(file))
  const between = { createdb: () => startPostgresql(root), a2enmod: () => listenAt(root, port) }
  prepareServers(root)
  copyFileSync(file, root.path('root/' + basename(file)))
  await root.sh('apt-get -q update')
  const shell = root.shell({ PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' })
  try {
    await shell.run('cd /root')
    const [block] = blocksOf(readFileSync(join(project, 'docs/debian.md'), 'utf8')).filter(one => one.language === 'console')
    for (const { command, says } of commandsOf(block.text)) {
      for (const [words, hook] of Object.entries(between)) if (command.includes(words)) await hook()
      assertSays(await must(shell, here(command)), says.map(here), command)
    }
  } finally {
    await shell.close()
  }
  return site
}
