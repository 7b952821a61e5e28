// SPDX-License-Identifier: MIT
// shared_host.mjs - the Apache of a shared host: a cgi-bin, .htaccess, and little else.
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { send } from './http.mjs'
import { freePort } from './site.mjs'

const modules = ['/usr/lib/apache2/modules', '/usr/lib64/httpd/modules'].find(existsSync)
const plain = ['mpm_event', 'authz_core', 'env', 'rewrite', 'alias', 'cgid', 'authn_core', 'auth_basic', 'authn_file', 'authz_user']

/**
 * Prepare an account's folders, public_html and cgi-bin, beside the site whose
 * database it uses, and an Apache that serves them as that account. Options:
 * modules (besides the plain ones), overrides (what AllowOverride says; All),
 * apache (lines of the host's own configuration), port (of an origin that is
 * known beforehand). Returns {dir, base, port, start, stop}; everything is
 * removed with the site.
 */
export async function sharedHost (site, options = {}) {
  const port = options.port ?? await freePort()
  const base = `http://127.0.0.1:${port}`
  const dir = join(site.values.STATE, options.name ?? 'shared')
  const overrides = options.overrides ?? 'All'
  for (const name of ['public_html', 'cgi-bin']) mkdirSync(join(dir, name), { recursive: true })
  writeFileSync(join(dir, 'httpd.conf'), `ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${dir}/httpd.pid
DefaultRuntimeDir ${dir}
Mutex file:${dir} default
ErrorLog ${site.values.STATE}/log/shared.log
${[...plain, ...options.modules ?? []].map(m => `LoadModule ${m}_module ${modules}/mod_${m}.so`).join('\n')}
ScriptSock ${dir}/cgid.sock
DocumentRoot ${dir}/public_html
ScriptAlias /cgi-bin/ ${dir}/cgi-bin/
<Directory ${dir}/public_html>
  AllowOverride ${overrides}
  Require all granted
</Directory>
<Directory ${dir}/cgi-bin>
  AllowOverride ${overrides}
  Require all granted
</Directory>
${options.apache ?? ''}
`)
  chmodSync(dir, 0o755)
  if (process.getuid() === 0) {
    const { uid, gid } = statSync(site.values.PG_SOCKET)
    chownSync(dir, uid, gid)
  }
  const apache = (...how) => {
    const command = [site.values.APACHE_BIN, '-d', dir, '-f', join(dir, 'httpd.conf'), '-k', ...how]
    const all = process.getuid() === 0 ? ['runuser', '-u', site.values.RUN_AS, '--', ...command] : command
    execFileSync(all[0], all.slice(1), { cwd: '/', stdio: 'ignore' })
  }
  const start = async () => {
    apache('start')
    for (let i = 0; i < 100; i++) {
      if (await send(base).then(() => true, () => false)) return
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    throw new Error(`the shared host's Apache does not answer: see ${site.values.STATE}/log/shared.log`)
  }
  const stop = () => { if (existsSync(join(dir, 'httpd.pid'))) apache('stop') }
  return { dir, base, port, start, stop, url: path => base + path }
}
