// SPDX-License-Identifier: MIT
// pgbouncer.mjs - a private PgBouncer before the database of a site, with few
// connections, so that its clients share them.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { until } from './flow.mjs'

/**
 * Start one in transaction mode for these logins, before another server than
 * the site's if one is given (by its folder, socket); {dir, url(login), stop()}.
 */
export async function startPgBouncer (site, logins, { socket } = { socket: site.values.PG_SOCKET }) {
  const dir = await mkdtemp(join(site.values.STATE, 'pooler'))
  await writeFile(join(dir, 'users'), logins.map(login => `"${login}" ""\n`).join(''))
  await writeFile(join(dir, 'pgbouncer.ini'), `[databases]
mcp_oauth = host=${socket} dbname=mcp_oauth
[pgbouncer]
pool_mode = transaction
default_pool_size = 2
server_login_retry = 1
query_wait_timeout = 5
listen_addr =
listen_port = 5432
unix_socket_dir = ${dir}
auth_type = trust
auth_file = ${dir}/users
logfile = ${site.values.STATE}/log/${basename(dir)}.log
`)
  const run = ['/usr/sbin/pgbouncer', '-q', join(dir, 'pgbouncer.ini')]
  if (process.getuid() === 0) {
    spawnSync('chown', ['-R', site.values.RUN_AS, dir])
    run.unshift('setpriv', `--reuid=${site.values.RUN_AS}`, '--clear-groups')
  }
  const child = spawn(run[0], run.slice(1), { stdio: 'inherit' })
  const ended = new Promise(resolve => child.on('exit', resolve))
  const url = login => `postgresql://${login}@/mcp_oauth?host=${dir}`
  const stop = async () => {
    child.kill('SIGTERM') // at once: some clients may wait for a server that is gone
    await ended
  }
  try {
    await until(() => site.sql('SELECT 1', [], url(logins[0])).then(() => true, () => false))
  } catch (error) {
    await stop()
    throw error
  }
  return { dir, url, stop }
}
