// SPDX-License-Identifier: MIT
// report.mjs - what was measured, for people (Markdown) and for programs (JSON).
import { execFile } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { plot } from './plot.mjs'
import { ratiosOf, rowsOf } from './statistics.mjs'
import { workloads } from './workloads.mjs'

const run = promisify(execFile)

const firstLine = async (program, ...args) =>
  run(program, args).then(({ stdout, stderr }) => (stdout || stderr).trim().split('\n')[0], () => undefined)

const versionOf = async name => firstLine('dpkg-query', '-W', '-f', '${Version}', name)

/** The machine and the versions, as far as they can be told. */
export async function machine () {
  const os = /^PRETTY_NAME="(.*)"/m.exec(await readFile('/etc/os-release', 'utf8').catch(() => ''))?.[1]
  const packages = ['apache2-bin', 'libapache2-mod-fcgid', 'lighttpd', 'libfcgi0ldbl', 'libsodium23', 'libpq5', 'wrk',
    'libapache2-mod-auth-openidc', 'libapache2-mod-oauth2', 'glewlwyd']
  const versions = Object.fromEntries((await Promise.all(packages.map(async name => [name, await versionOf(name)]))).filter(([, v]) => v))
  return {
    at: new Date().toISOString(),
    os,
    kernel: release(),
    cpu: `${cpus().length} x ${cpus()[0]?.model}`,
    memory_mb: Math.round(totalmem() / 2 ** 20),
    commit: await firstLine('git', 'describe', '--always', '--dirty'),
    node: process.version,
    ...versions
  }
}

// ---- numbers as people read them

function digits (x) {
  if (!Number.isFinite(x)) return '-'
  if (x === 0) return '0'
  const size = Math.abs(x)
  return size >= 100 ? x.toFixed(0) : size >= 10 ? x.toFixed(1) : x.toFixed(2)
}

const withSpread = s => s ? digits(s.median) + (s.min === s.max ? '' : ` (${digits(s.min)}-${digits(s.max)})`) : ''
const plain = s => s ? digits(s.median) : ''
const errorText = errors => Object.entries(errors).map(([what, n]) => `${n} ${what}`).join(', ') || 'none'

export function table (head, rows) {
  const line = cells => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n') + '\n'
}

function workloadTable (rows) {
  return table(['front', 'target', 'connections', 'req/s', 'p50 ms', 'p99 ms', 'CPU us/req', 'web server', 'programs', 'database', 'round trips/req', 'WAL B/req', 'errors'],
    rows.map(r => [r.front, r.target, r.concurrency, withSpread(r.per_s), plain(r.p50_ms), plain(r.p99_ms), withSpread(r.cpu_us),
      plain(r.web_us), plain(r.workers_us), plain(r.database_us), plain(r.round_trips), plain(r.wal_bytes), errorText(r.errors)]))
}

// Ours by the floor of the same front, and by each peer.
function ratioRows (cells, workload) {
  const rows = []
  const mine = cells.filter(c => c.workload === workload.name)
  for (const front of new Set(mine.filter(c => c.kind === 'ours').map(c => c.front))) {
    const others = [...new Set(mine.filter(c => (c.kind === 'floor' && c.front === front) || c.kind === 'peer').map(c => `${c.front}\n${c.target}`))]
    for (const other of others) {
      const [otherFront, target] = other.split('\n')
      for (const connections of new Set(mine.map(c => c.connections_asked))) {
        const at = mine.filter(c => c.connections_asked === connections)
        const r = ratiosOf(at, c => c.kind === 'ours' && c.front === front, c => c.target === target && c.front === otherFront)
        if (!Number.isFinite(r.per_s.median)) continue
        rows.push([workload.name, front, target === workload.floor ? `${target} (its floor)` : target, connections,
          withSpread(r.per_s), withSpread(r.cpu_us), withSpread(r.p99_ms)])
      }
    }
  }
  return rows
}

function memoryTable (memory) {
  return table(['site', 'processes', 'workers MB', 'web server MB', 'database MB'],
    Object.entries(memory).map(([site, groups]) => [site, Object.entries(groups).map(([name, g]) => `${g.processes} ${name}`).join(', '),
      ...['workers', 'web', 'database'].map(name => groups[name] ? digits(groups[name].pss_mb) : '')]))
}

/** Markdown of a whole run. */
export function markdown ({ about, settings, cells, memory, growth }) {
  const rows = rowsOf(cells)
  const parts = ['# Benchmark\n']
  parts.push(Object.entries(about).filter(([, v]) => v).map(([k, v]) => `- ${k}: ${v}`).join('\n') + '\n')
  parts.push(`Rounds: ${settings.rounds}, interleaved, ${settings.seconds} s a cell. Medians; least and most in brackets. CPU is that of every process of
the server and of its database, together and by what they are. Errors must be none: a row with errors says nothing about speed.\n`)
  for (const workload of workloads) {
    const mine = rows.filter(r => r.workload === workload.name)
    if (mine.length) parts.push(`## ${workload.name}\n\n${workload.about}\n\n${workloadTable(mine)}`)
  }
  const ratios = workloads.flatMap(workload => ratioRows(cells, workload))
  if (ratios.length) {
    parts.push(`## Ours against the others\n\nMedians of the ratios of each round.\n\n${
      table(['workload', 'front', 'against', 'connections', 'req/s', 'CPU', 'p99'], ratios)}`)
  }
  if (Object.keys(memory).length) parts.push(`## Memory\n\nProportional set size after the last round.\n\n${memoryTable(memory)}`)
  for (const part of growth ?? []) {
    parts.push(`## Growth: ${part.title}\n\n${table([part.of, 'req/s', 'p50 ms', 'p99 ms', 'CPU us/req', 'WAL B/req', 'connections of the database', 'errors'],
      part.rows.map(r => [r.size, digits(r.per_s), digits(r.p50_ms), digits(r.p99_ms), digits(r.cpu_us), digits(r.wal_bytes), r.connections, errorText(r.errors)]))}`)
  }
  return parts.join('\n')
}

/** Write bench.md, bench.json and a plot for each workload into a folder. */
export async function write (folder, result) {
  await mkdir(folder, { recursive: true })
  const rows = rowsOf(result.cells)
  await writeFile(join(folder, 'bench.json'), JSON.stringify({ ...result, rows }, null, 1) + '\n')
  await writeFile(join(folder, 'bench.md'), markdown(result))
  for (const workload of workloads) {
    const mine = rows.filter(r => r.workload === workload.name)
    if (mine.length) await writeFile(join(folder, `${workload.name.replaceAll(/\W+/g, '-')}.svg`), plot(workload.name, mine))
  }
}
