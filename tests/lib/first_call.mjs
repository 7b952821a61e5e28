// SPDX-License-Identifier: MIT
// first_call.mjs - the three ways from a bare Debian to a guarded MCP server, as
// their pages tell: the package, the sources, the archive for shared hosts.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
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

/**
 * As README.md says, from a clone: the demo in the background. Resolves to the
 * site; its stop() ends the demo. told(COMMAND, SAID, SECONDS) hears each step.
 */
export async function bySource (root, port, told = () => {}) {
  execFileSync('git', ['clone', '-q', '--bare', project, root.path('srv/mcp-oauth.git')])
  const shell = root.shell()
  const step = async command => {
    const begin = Date.now()
    const said = await must(shell, command)
    told(command, said, (Date.now() - begin) / 1000)
  }
  await step('apt update && apt install git make')
  await step('git clone /srv/mcp-oauth.git && cd mcp-oauth')
  await step(`make demo-start PORT=${port}`)
  const env = Object.fromEntries([...readFileSync(root.path('mcp-oauth/build/demo/env'), 'utf8').matchAll(/^(\w+)='(.*)'$/gm)].map(m => [m[1], m[2]]))
  const stop = async () => {
    await step('make demo-stop')
    await shell.close()
  }
  return siteAt(port, { email: env.DEMO_EMAIL, password: env.DEMO_PASSWORD, stop })
}

/**
 * As docs/shared-hosting.md says, on a host with Apache and PostgreSQL, which
 * host() prepares before the account's day begins: an account "me" whose Apache
 * runs its programs, and a database of its own.
 */
export async function prepareSharedHost (root, port) {
  prepareServers(root)
  await root.sh('apt-get -q update && apt-get -q install apache2 postgresql xz-utils libcurl4 && useradd -m -s /bin/sh me')
  await startPostgresql(root)
  listenAt(root, port)
  await root.sh(`cd / && runuser -u postgres -- createuser me && runuser -u postgres -- createdb -O me me
    chmod 755 /home/me && runuser -u me -- mkdir /home/me/public_html /home/me/public_html/cgi-bin /home/me/my-server
    a2enmod -q cgid rewrite
    sed -i 's/www-data/me/' /etc/apache2/envvars`)
  const virtual = root.path('etc/apache2/sites-available/000-default.conf')
  writeFileSync(virtual, readFileSync(virtual, 'utf8').replace('/var/www/html', '/home/me/public_html').replace('</VirtualHost>', `
    ScriptAlias /cgi-bin/ /home/me/public_html/cgi-bin/
    <Directory /home/me/public_html>
      AllowOverride All
      Require all granted
    </Directory>
</VirtualHost>`))
  await root.sh('service apache2 start')
}

/** The account's five steps, with the archive and a CGI program as MCP server. */
export async function byBundle (root, archive, program, port) {
  const site = siteAt(port)
  copyFileSync(archive, root.path('home/me/' + basename(archive)))
  copyFileSync(program, root.path('home/me/my-server/server.cgi'))
  const settings = { OAUTH_BASE_URL: site.base, DATABASE_URL: 'postgresql:///me?host=/run/postgresql', MCP_RESOURCE_PROGRAM: '/mcp /home/me/my-server/server.cgi' }
  const edits = Object.entries(settings).map(([key, value]) => `-e 's|^${key}=.*|${key}=${value}|'`).join(' ')
  await root.sh(`chmod 755 /home/me/my-server/server.cgi
    cat >/root/day <<'DAY'
set -eu
cd
tar xf mcp-oauth-*.tar.xz
folder=$(ls -d mcp-oauth-*/)
sed -i ${edits} "$folder/settings"
sh "$folder/install"
echo '${password}' | mcp-oauth/bin/mcp-oauth user add ${site.email}
DAY
    cp /root/day /home/me/day && chmod 644 /home/me/day && runuser -l me -c 'sh day'`)
  return site
}
