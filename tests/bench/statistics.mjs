// SPDX-License-Identifier: MIT
// statistics.mjs - rounds made into rows: medians, spread, ratios of one round.

export function median (values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  if (!sorted.length) return NaN
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export const spread = values => {
  const good = values.filter(Number.isFinite)
  return { median: median(good), min: Math.min(...good), max: Math.max(...good) }
}

const measures = ['per_s', 'p50_ms', 'p99_ms', 'cpu_us', 'web_us', 'workers_us', 'database_us', 'round_trips', 'wal_bytes', 'connections']

function errorsOf (cells) {
  const errors = {}
  for (const cell of cells) for (const [what, n] of Object.entries(cell.errors)) errors[what] = (errors[what] ?? 0) + n
  return errors
}

const keyOf = cell => [cell.workload, cell.front, cell.target, cell.connections_asked].join('\n')

/** Cells of all rounds as rows, in the order in which they were first measured. */
export function rowsOf (cells) {
  const groups = new Map()
  for (const cell of cells) groups.set(keyOf(cell), [...groups.get(keyOf(cell)) ?? [], cell])
  return [...groups.values()].map(group => ({
    workload: group[0].workload,
    front: group[0].front,
    target: group[0].target,
    kind: group[0].kind,
    concurrency: group[0].connections_asked,
    rounds: group.length,
    requests: group.reduce((sum, cell) => sum + cell.requests, 0),
    errors: errorsOf(group),
    ...Object.fromEntries(measures.filter(m => m in group[0]).map(m => [m, spread(group.map(cell => cell[m]))]))
  }))
}

/**
 * Ours against another target at the same concurrency: the medians of the ratios
 * of each round, which share what the machine was doing.
 */
export function ratiosOf (cells, ours, other) {
  const ratios = measure => cells.filter(ours).map(cell => {
    const same = cells.find(c => other(c) && c.round === cell.round && c.workload === cell.workload && c.connections_asked === cell.connections_asked)
    return same ? cell[measure] / same[measure] : NaN
  })
  return Object.fromEntries(['per_s', 'cpu_us', 'p99_ms'].map(m => [m, spread(ratios(m))]))
}
