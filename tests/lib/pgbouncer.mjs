// SPDX-License-Identifier: MIT
// pgbouncer.mjs - a private PgBouncer before the database of a site, with few
// connections, so that its clients share them.
import { spawn, spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from './flow.mjs'

/**
 * Start one in transaction mode for these logins; {url(login), stop()}.
 */
export async function startPgBouncer (site, logins) {
  const dir = join(site.values.STATE, 'pooler')
  await mkdir(dir)
  await writeFile(join(dir, 'users'), logins.map(login => `"${login}" ""\n`).join(''))
  await writeFile(join(dir, 'pgbouncer.ini'), `[databases]
mcp_oauth = host=${site.values.PG_SOCKET} dbname=mcp_oauth
[pgbouncer]
pool_mode = transaction
default_pool_size = 2
listen_addr =
listen_port = 5432
unix_socket_dir = ${dir}
auth_type = trust
auth_file = ${dir}/users
logfile = ${site.values.STATE}/log/pgbouncer.log
`)
  const run = ['/usr/sbin/pgbouncer', '-q', join(dir, 'pgbouncer.ini')]
  if (process.getuid() === 0) {
    spawnSync('chown', ['-R', site.values.RUN_AS, dir])
    run.unshift('setpriv', `--reuid=${site.values.RUN_AS}`, '--clear-groups')
  }
  const child = spawn(run[0], run.slice(1), { stdio: 'inherit' })
  const ended = new Promise(resolve => child.on('exit', resolve))
  const url = login => `postgresql://${login}@/mcp_oauth?host=${dir}`
  await until(() => site.sql('SELECT 1', [], url(logins[0])).then(() => true, () => false))
  return {
    url,
    async stop () {
      child.kill('SIGINT')
      await ended
    }
  }
}
