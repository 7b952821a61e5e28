// SPDX-License-Identifier: MIT
// memory.mjs - what "make bench-memory" runs: a site under mixed load, and what its
// processes hold after each step. Of the environment:
//   REQUESTS           how many in all (1000000)
//   STEPS              how often to look (10)
//   CONNECTIONS        how many at once (16)
//   FRONTS             names of fronts.mjs (lighttpd mod_fcgid)
import { basename, join } from 'node:path'
import { mkdir, writeFile } from 'node:fs/promises'
import { floorsFolder, stopFloors } from './floors.mjs'
import { fronts } from './fronts.mjs'
import { processesOf, pssOf } from './measure.mjs'
import { oursOf, startOurs } from './ours.mjs'
import { table } from './report.mjs'

const setting = (name, fallback) => Number(process.env[name] || fallback)
const requests = setting('REQUESTS', 1000000)
const steps = setting('STEPS', 10)
const connections = setting('CONNECTIONS', 16)
const names = (process.env.FRONTS || 'lighttpd mod_fcgid').split(/\s+/)
const SLICE_S = 2

// {program: {n, mb}} of a site, and of all that is not PostgreSQL.
async function memoryOf (site) {
  const programs = {}
  for (const { pid, program } of await processesOf([site.values.STATE])) {
    const of = programs[basename(program)] ??= { n: 0, mb: 0 }
    of.n++
    of.mb += await pssOf(pid) / 1024
  }
  return programs
}

const shown = ['token', 'guard', 'introspect', 'server_metadata']
const ofWeb = /^(apache2|httpd|lighttpd|nginx|caddy)$/
const sum = (programs, which) => Object.entries(programs).filter(([name]) => which(name)).reduce((all, [, { mb }]) => all + mb, 0)

function row (done, programs) {
  const one = name => programs[name] ? `${programs[name].n} x ${(programs[name].mb / programs[name].n).toFixed(2)}` : ''
  return [done, ...shown.map(one), sum(programs, name => ofWeb.test(name)).toFixed(1),
    sum(programs, name => name !== 'postgres').toFixed(1), sum(programs, name => name === 'postgres').toFixed(1)]
}

async function measure (name) {
  const folder = await floorsFolder()
  await writeFile(join(folder, 'static/document'), '{}') // what stands behind the guard
  const site = await startOurs(fronts[name].options(folder))
  try {
    const { loads } = await oursOf(site, { tokens: 300, plainCgi: false })
    const rows = []
    const errors = {}
    for (let step = 0, done = 0; step <= steps; step++) {
      while (done < requests * step / steps) {
        const told = await (await loads.mixed({ connections, seconds: SLICE_S }))()
        done += told.requests
        for (const [what, n] of Object.entries(told.errors)) errors[what] = (errors[what] ?? 0) + n
      }
      rows.push(row(done, await memoryOf(site)))
      console.error(`${name}: ${rows.at(-1).join(' | ')}`)
    }
    return `## ${fronts[name].title}\n\n${table(['requests', ...shown.map(program => `${program}, MB each`), 'web server, MB', 'all but PostgreSQL, MB', 'PostgreSQL, MB'], rows)}
Errors: ${Object.entries(errors).map(([what, n]) => `${n} ${what}`).join(', ') || 'none'}.\n`
  } finally {
    await site.end() // its logs are too long to be searched
    await stopFloors(folder)
  }
}

const parts = []
for (const name of names) parts.push(await measure(name))
const text = `# Memory\n\nProportional set size under 80 guarded calls, 10 refreshes, 5 introspections and 5 of metadata, over and over.\n\n${parts.join('\n')}`
const out = join(process.env.BUILD ?? 'build', 'bench')
await mkdir(out, { recursive: true })
await writeFile(join(out, 'memory.md'), text)
console.log(text)
