// SPDX-License-Identifier: MIT
// measure.mjs - what serving cost: CPU of every process of a server, memory of
// its programs, what its database did.
import { readdir, readFile, readlink } from 'node:fs/promises'
import { basename } from 'node:path'
import pg from 'pg'

const TICKS_PER_S = 100 // USER_HZ of every Linux

const told = (path, read = readFile) => read(path, 'utf8').catch(() => '') // the process is gone, or another's

async function processOf (pid) {
  const stat = await told(`/proc/${pid}/stat`)
  if (!stat) return undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {
    pid,
    parent: Number(fields[1]),
    // Of itself and of its children that are gone.
    cpu_s: fields.slice(11, 15).map(Number).reduce((a, b) => a + b) / TICKS_PER_S,
    command: (await told(`/proc/${pid}/cmdline`)).replaceAll('\0', ' '),
    program: await told(`/proc/${pid}/exe`, readlink)
  }
}

/** Processes whose command line names one of the folders, with all their descendants. */
export async function processesOf (folders) {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
  const all = (await Promise.all(pids.map(pid => processOf(Number(pid))))).filter(Boolean)
  const ours = new Set(all.filter(p => folders.some(folder => p.command.includes(folder) || p.program.startsWith(folder))).map(p => p.pid))
  for (let before = -1; before !== ours.size;) {
    before = ours.size
    for (const p of all) if (ours.has(p.parent)) ours.add(p.pid)
  }
  return all.filter(p => ours.has(p.pid))
}

/** What a process is for: web, database or, all others, workers. */
function groupOf (process) {
  const name = basename(process.program)
  return name === 'postgres' ? 'database' : /^(apache2|httpd|lighttpd|nginx|caddy)$/.test(name) ? 'web' : 'workers'
}

// Seconds by group.
async function cpuOf (folders) {
  const cpu = { web: 0, workers: 0, database: 0 }
  for (const p of await processesOf(folders)) cpu[groupOf(p)] += p.cpu_s
  return cpu
}

/** Proportional set size of a process, kB. */
export const pssOf = async pid => Number(/^Pss:\s+(\d+)/m.exec(await told(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)

/** {workers, web, database}: each {processes, pss_mb}. */
export async function memoryOf (folders) {
  const groups = {}
  for (const p of await processesOf(folders)) {
    const of = groups[groupOf(p)] ??= { processes: 0, pss_mb: 0 }
    of.processes++
    of.pss_mb += await pssOf(p.pid) / 1024
  }
  return groups
}

/** A superuser's look at a database, kept open; end() closes it. */
export async function meterOf (url) {
  const parsed = new URL(url.replace('@/', '@localhost/'))
  const client = new pg.Client({ user: parsed.username, database: parsed.pathname.slice(1), host: parsed.searchParams.get('host') })
  await client.connect()
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements')
  const read = `SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS wal_bytes,
    (SELECT coalesce(sum(s.calls), 0) FROM pg_stat_statements s WHERE s.userid <> 'postgres'::regrole) AS calls,
    (SELECT count(*) FROM pg_stat_activity a WHERE a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()) AS connections`
  return {
    async read () {
      const [row] = (await client.query(read)).rows
      return Object.fromEntries(Object.entries(row).map(([k, v]) => [k, Number(v)]))
    },
    end: () => client.end()
  }
}

/**
 * Do load() and tell what it cost the server whose processes name one of the
 * folders; meter is that of its database, if it has one.
 */
export async function costOf (folders, meter, load) {
  const before = await meter?.read()
  const cpuBefore = await cpuOf(folders)
  const result = await load()
  const cpuAfter = await cpuOf(folders)
  const cpu = Object.fromEntries(Object.keys(cpuAfter).map(group => [group, cpuAfter[group] - cpuBefore[group]]))
  const after = await meter?.read()
  const each = total => result.requests ? total / result.requests : NaN
  return {
    ...result,
    per_s: result.requests / result.seconds,
    cpu_us: each((cpu.web + cpu.workers + cpu.database) * 1e6),
    web_us: each(cpu.web * 1e6),
    workers_us: each(cpu.workers * 1e6),
    database_us: each(cpu.database * 1e6),
    ...(meter && {
      round_trips: each(after.calls - before.calls),
      wal_bytes: each(after.wal_bytes - before.wal_bytes),
      connections: after.connections
    })
  }
}
