// SPDX-License-Identifier: MIT
// database.mjs - further databases in the private cluster of a site, and
// PostgreSQL's own programs on them.
import { execFile } from 'node:child_process'
import { join } from 'node:path'

/**
 * Run psql, pg_dump ... of this site's PostgreSQL on a database; what it
 * wrote to standard output. Options: input, login, args.
 */
export function postgresql (site, program, database, { input = '', login = 'postgres', args = [] } = {}) {
  const more = program === 'psql' ? ['-X', '-v', 'ON_ERROR_STOP=1'] : []
  const all = [join(site.values.PG_BIN, program), ...more, '-h', site.values.PG_SOCKET, '-U', login, '-d', database, ...args]
  return new Promise((resolve, reject) => {
    const child = execFile(all[0], all.slice(1), { maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${program}: ${stderr}`)) : resolve(stdout))
    child.stdin.end(input)
  })
}

/** Make an empty database that mcp_owner owns; its connection string for that login. */
export async function createDatabase (site, name) {
  await site.sql(`CREATE DATABASE ${name} OWNER mcp_owner`)
  return databaseUrl(site, name)
}

export const databaseUrl = (site, name, login = 'mcp_owner') =>
  `postgresql://${login}@/${name}?host=${site.values.PG_SOCKET}`
