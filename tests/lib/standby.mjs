// SPDX-License-Identifier: MIT
// standby.mjs - the database of a site and a standby that follows it, each at an
// address of its own, as on two machines.
import { execFile } from 'node:child_process'
import { appendFile } from 'node:fs/promises'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { until } from './flow.mjs'

const run = promisify(execFile)

/** Two addresses of this machine that nobody else listens at. */
export function loopbackAddresses () {
  const third = randomInt(1, 255)
  const second = randomInt(1, 255)
  return [1, 2].map(last => `127.${second}.${third}.${last}`)
}

/** The environment in which a site's database can have a standby. */
export const forStandby = {
  SITE_POSTGRESQL_EXTRA: 'wal_keep_size = 64MB\nwal_receiver_timeout = 5s\nwal_retrieve_retry_interval = 200ms\nfsync = off'
}

/** One server of the two. inside: what runs a command where it is. */
class Server {
  constructor (site, address, data, socket, inside = []) {
    Object.assign(this, { site, address, data, socket, inside })
  }

  // A program of PostgreSQL's, as the account of the site.
  async program (name, ...args) {
    const all = [join(this.site.values.PG_BIN, name), ...args]
    const as = process.getuid() === 0 ? ['setpriv', `--reuid=${this.site.values.RUN_AS}`, `--regid=${this.site.values.RUN_AS}`, '--clear-groups'] : []
    const [command, ...rest] = [...this.inside, ...as, ...all]
    return run(command, rest, { cwd: '/' })
  }

  url (login) {
    return `postgresql://${login}@/mcp_oauth?host=${this.socket}`
  }

  sql (text, values) {
    return this.site.sql(text, values, this.url('postgres'))
  }

  async start () {
    await this.program('pg_ctl', '-D', this.data, '-s', '-w', '-t', '60', '-l', join(this.site.values.STATE, 'log', `postgresql-${this.address}.log`),
      '-o', `-k ${this.socket} -c listen_addresses=${this.address}`, 'start')
  }

  /** fast, or immediate: as when power fails. */
  stop (mode = 'immediate') {
    return this.program('pg_ctl', '-D', this.data, '-s', '-w', '-m', mode, 'stop')
  }

  promote () {
    return this.program('pg_ctl', '-D', this.data, '-s', '-w', 'promote')
  }

  /** Become a standby of another, from a copy of it. */
  async follow (primary) {
    await this.stop().catch(() => {}) // it does not run as a rule
    await run('rm', ['-rf', this.data])
    await this.program('pg_basebackup', '-h', primary.address, '-U', 'postgres', '-D', this.data, '-R', '-X', 'stream', '-c', 'fast', '--no-sync')
    await this.start()
    await until(async () => (await primary.sql("SELECT FROM pg_stat_replication WHERE state = 'streaming'")).length === 1)
  }

  /** Wait until all is here that its primary has now. */
  async catchUp (primary) {
    const [{ lsn }] = await primary.sql('SELECT pg_current_wal_lsn()::text AS lsn')
    await until(async () => (await this.sql('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS there', [lsn]))[0].there)
  }

  /** Hear of nothing more that its primary does. */
  async cut (primary) {
    await this.sql("ALTER SYSTEM SET primary_conninfo = ''")
    await this.sql('SELECT pg_reload_conf()')
    await until(async () => (await primary.sql('SELECT FROM pg_stat_replication')).length === 0)
  }

  /** Is a commit acknowledged only when a standby has it? */
  async synchronous (yes) {
    await this.sql(`ALTER SYSTEM SET synchronous_standby_names = '${yes ? '*' : ''}'`)
    await this.sql('SELECT pg_reload_conf()')
    if (yes) await until(async () => (await this.sql("SELECT FROM pg_stat_replication WHERE sync_state = 'sync'")).length === 1)
  }
}

/**
 * [primary, standby] of a site that was started with forStandby(). The primary
 * is the site's own database; inside: for each what runs a command where it is.
 */
export async function startStandby (site, addresses, inside = [[], []]) {
  const { PG_DATA: data, PG_SOCKET: socket, STATE: state, RUN_AS: account } = site.values
  const primary = new Server(site, addresses[0], data, socket, inside[0])
  const folder = join(state, 'pg2')
  await run('install', ['-d', '-m', '700', ...(process.getuid() === 0 ? ['-o', account] : []), folder])
  const standby = new Server(site, addresses[1], join(folder, 'data'), folder, inside[1])
  await appendFile(join(data, 'pg_hba.conf'), 'host all all samenet trust\nhost replication all samenet trust\n')
  await primary.stop('fast')
  await primary.start()
  await standby.follow(primary)
  return [primary, standby]
}

/** DATABASE_URL of the two for a login. */
export const urlOfBoth = (servers, login) =>
  `postgresql://${login}@/mcp_oauth?host=${servers.map(server => server.address).join(',')}`
