// SPDX-License-Identifier: MIT
// bench.mjs - what "make bench" runs: every workload on every target, round by
// round, and the report. Of the environment:
//   QUICK=1            one short round at one concurrency: only whether it works
//   ROUNDS, SECONDS    how many rounds, and how long a cell takes (4, 4)
//   CONNECTIONS        '1 16 64 256'
//   PEERS=1            servers of others, too
//   FRONTS             names of fronts.mjs; all by default, two in a short round
//   ONLY               a regular expression that workload and connections match,
//                      such as '^(refresh, |metadata, 16$)'
//   MINUTES            begin no cell after so many; what was measured is reported
//   GROWTH             1 or 0: measure growth, too (1 unless ONLY is given)
//   SESSIONS           how far sessions grow: '1000 100000'; 5000000 takes a while
import { join } from 'node:path'
import { floorsFolder, floorsOf, stopFloors } from './floors.mjs'
import { fronts } from './fronts.mjs'
import { growthOf } from './growth.mjs'
import { costOf, memoryOf, meterOf } from './measure.mjs'
import { oursOf, startOurs } from './ours.mjs'
import { fetchPeers, moduleOptions, modulesOf, startPeers } from './peers.mjs'
import { machine, markdown, write } from './report.mjs'
import { workloads } from './workloads.mjs'

const quick = process.env.QUICK === '1'
const words = (name, fallback) => (process.env[name] || fallback).split(/\s+/).filter(Boolean)
const peers = process.env.PEERS === '1'
const settings = {
  quick,
  peers,
  rounds: Number(process.env.ROUNDS || (quick ? 1 : 4)),
  seconds: Number(process.env.SECONDS || (quick ? 1 : 4)),
  connections: words('CONNECTIONS', quick ? '4' : '1 16 64 256').map(Number),
  fronts: words('FRONTS', quick ? 'mod_fcgid lighttpd' : Object.keys(fronts).join(' ')),
  minutes: Number(process.env.MINUTES || Infinity),
  only: new RegExp(process.env.ONLY || '')
}
// With one of everything in a short round, to see that it works.
const growth = (process.env.GROWTH || (process.env.ONLY ? '0' : '1')) === '1' && {
  connections: quick ? [2] : [1, 4, 16, 64, 256],
  clients: quick ? [10] : [100, 100000],
  revocations: quick ? [10] : [100, 1000, 10000, 100000],
  sessions: words('SESSIONS', quick ? '100' : '1000 100000').map(Number)
}
const folder = join(process.env.BUILD ?? 'build', 'bench')
const say = text => process.stderr.write(text + '\n')

// Whatever was started, to be ended in turn.
const started = []

// It is the same behind each front.
const ofDatabase = 'bare UPDATE (pgbench)'

/** Targets of a front: {front, target, kind, folders, meter, loads}. */
async function startFront (name, first) {
  const floors = await floorsFolder()
  started.push(() => stopFloors(floors))
  const withModules = peers && fronts[name].modules
  const site = await startOurs(fronts[name].options(floors, withModules ? await moduleOptions(floors) : undefined))
  started.push(() => site.end()) // its logs are too long to be searched
  const meter = await meterOf(site.values.SUPERUSER_DATABASE_URL)
  started.push(() => meter.end())
  const ours = await oursOf(site, { tokens: quick ? 300 : 4000, plainCgi: !fronts[name].listeners })
  const common = { front: name, folders: [site.values.STATE, floors], meter, site, client: ours.client }
  const more = (kind, loads) => Object.entries(loads).filter(([target]) => first || target !== ofDatabase).map(([target, loads]) => ({ ...common, target, kind, loads }))
  return [
    { ...common, target: 'mcp-oauth', kind: 'ours', loads: ours.loads },
    ...more('floor', await floorsOf(site, floors, fronts[name], ours.accessToken)),
    ...withModules ? more('peer', await modulesOf(site, floors)) : []
  ]
}

async function measure (target, workload, connections, seconds) {
  const cost = await costOf(target.folders, target.meter, await target.loads[workload.name]({ connections, seconds }))
  return { workload: workload.name, front: target.front, target: target.target, kind: target.kind, connections_asked: connections, ...cost }
}

const rounded = x => Number.isFinite(x) ? Math.round(x) : '-'

const began = performance.now()
const inTime = () => performance.now() - began < settings.minutes * 60000
const connectionsOf = workload => settings.connections.filter(n => n <= (workload.atMost ?? n) && settings.only.test(`${workload.name}, ${n}`))
const wanted = workloads.filter(workload => connectionsOf(workload).length)

// One round: for each workload and concurrency all targets, one after the other.
async function measureRound (targets, round) {
  const cells = []
  for (const workload of wanted) {
    for (const connections of connectionsOf(workload)) {
      for (const target of targets.filter(t => t.loads[workload.name] && inTime())) {
        const cell = { round, ...await measure(target, workload, connections, settings.seconds) }
        say(`${round} ${workload.name}, ${connections}: ${target.front}, ${target.target}: ${rounded(cell.per_s)}/s, ${rounded(cell.cpu_us)} us` +
          (Object.keys(cell.errors).length ? `, ERRORS ${JSON.stringify(cell.errors)}` : ''))
        cells.push(cell)
      }
    }
  }
  return cells
}

// A second for each, so that processes run and pages are in memory.
async function warmUp (targets) {
  say('warming up')
  for (const workload of wanted) {
    for (const target of targets.filter(t => t.loads[workload.name])) await measure(target, workload, Math.min(16, workload.atMost ?? 16), 1)
  }
}

async function memoryOfAll (targets) {
  const memory = {}
  for (const target of targets) if (target.kind === 'ours' || target.alone) memory[`${target.front}, ${target.target}`] = await memoryOf(target.folders)
  return memory
}

// A short round finds what no longer works: nothing answered, or not as it should.
function complain (cells) {
  const bad = cells.filter(cell => !cell.requests || Object.keys(cell.errors).length)
  if (!bad.length) return
  for (const cell of bad) say(`not good: ${cell.workload}, ${cell.front}, ${cell.target}: ${cell.requests} requests, ${JSON.stringify(cell.errors)}`)
  process.exitCode = 1
}

async function main () {
  const targets = []
  const fetched = peers && await fetchPeers(process.env.BUILD ?? 'build')
  for (const name of settings.fronts) {
    say(`starting ${fronts[name].title}`)
    targets.push(...await startFront(name, !targets.length))
  }
  if (fetched) targets.push(...await startPeers(fetched.folder, targets[0].site, targets[0].meter, stop => started.push(stop)))
  if (!quick) await warmUp(targets)
  const cells = []
  for (let round = 1; round <= settings.rounds; round++) cells.push(...await measureRound(targets, round))
  const grown = growth && await growthOf(targets.find(t => t.kind === 'ours'), growth, settings.seconds, say)
  const result = { about: { ...await machine(), ...fetched?.versions }, settings: { ...settings, only: String(settings.only) }, cells, growth: grown || [], memory: await memoryOfAll(targets) }
  await write(folder, result)
  console.log(markdown(result))
  if (quick) complain([...cells, ...(grown || []).flatMap(part => part.rows.map(row => ({ workload: part.title, front: row.size, target: 'growth', ...row })))])
  console.log(`written to ${folder}: bench.md, bench.json and a plot for each workload`)
}

try {
  await main()
} finally {
  for (const end of started.reverse()) await end()
}
