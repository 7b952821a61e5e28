// SPDX-License-Identifier: MIT
// load.mjs - driving a server: wrk for single requests, people at browsers for
// what takes several steps. Both tell the same:
// {requests, seconds, p50_ms, p99_ms, errors: {what: how many}}.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const script = new URL('load.lua', import.meta.url).pathname

// A value as Lua writes it; our texts are ASCII.
function lua (value) {
  if (value === undefined || value === null) return 'nil'
  if (Array.isArray(value)) return `{${value.map(lua).join(',')}}`
  if (typeof value === 'object') return `{${Object.entries(value).map(([k, v]) => `[${JSON.stringify(k)}]=${lua(v)}`).join(',')}}`
  return typeof value === 'string' ? JSON.stringify(value).replaceAll('\\/', '/') : String(value)
}

// Requests by their weights, well mixed and always alike.
function sequence (requests) {
  const all = requests.flatMap((request, i) => Array(request.weight ?? 1).fill(i + 1))
  const step = all.length < 3 ? 1 : [37, 31, 29, 23].find(n => all.length % n) ?? 1
  return all.map((_, i) => all[i * step % all.length])
}

// The counts that are not zero.
const onlyErrors = counts => Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0))

/**
 * Send requests for some seconds over so many connections. plan: {base, requests,
 * status}; a request: {method, path, headers, body, kind, values, weight}, see
 * load.lua. status is what each answer has to be, as far as wrk tells: below
 * 400 (default), or 401 for all of them.
 */
export async function sendRequests (plan, { connections, seconds }) {
  const folder = await mkdtemp('/var/tmp/mcp-oauth-load-')
  try {
    const file = join(folder, 'plan.lua')
    const requests = []
    for (const [i, request] of plan.requests.entries()) {
      const values = request.values && join(folder, `values.${i}`)
      if (values) await writeFile(values, request.values.map(line => line + '\n').join(''))
      requests.push({ method: 'GET', headers: {}, body: '', ...request, values })
    }
    const chained = requests.findIndex(r => r.kind === 'chain') + 1
    await writeFile(file, `return ${lua({ requests, sequence: sequence(requests), chained: chained || undefined })}\n`)
    const { stdout } = await run('wrk', ['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '20s',
      '-s', script, plan.base, '--', file], { maxBuffer: 1 << 20 })
    const told = JSON.parse(stdout.trim().split('\n').at(-1))
    return {
      requests: told.requests,
      seconds: told.duration_us / 1e6,
      p50_ms: told.p50_us / 1e3,
      p99_ms: told.p99_us / 1e3,
      errors: onlyErrors({
        status: plan.status === 401 ? told.requests - told.refused : told.refused,
        'connection lost': told.broken,
        timeout: told.timeouts,
        'nothing left to send': told.starved,
        'no token in the answer': told.odd
      })
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

/** The same told of act(), which so many people do over and over; it rejects when it fails. */
export async function actOut (act, { connections, seconds }) {
  const began = performance.now()
  const until = began + seconds * 1000
  const times = []
  const errors = {}
  const person = async () => {
    while (performance.now() < until) {
      const start = performance.now()
      try {
        await act()
        times.push(performance.now() - start)
      } catch (error) {
        const what = String(error.message).split('\n')[0].slice(0, 60)
        errors[what] = (errors[what] ?? 0) + 1
      }
    }
  }
  await Promise.all(Array.from({ length: connections }, person))
  times.sort((a, b) => a - b)
  return {
    requests: times.length,
    seconds: (performance.now() - began) / 1000,
    p50_ms: percentile(times, 0.5),
    p99_ms: percentile(times, 0.99),
    errors
  }
}
