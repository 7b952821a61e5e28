// SPDX-License-Identifier: MIT
// How cells become rows, ratios and plots.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { markdown } from './report.mjs'
import { plot } from './plot.mjs'
import { median, ratiosOf, rowsOf } from './statistics.mjs'

const cell = (round, target, per_s, more = {}) => ({
  round, workload: 'metadata', front: 'mod_fcgid', target, kind: target === 'mcp-oauth' ? 'ours' : 'floor', connections_asked: 16,
  requests: per_s, seconds: 1, per_s, p50_ms: 1, p99_ms: 2, cpu_us: 50, round_trips: 0, wal_bytes: 0, connections: 3, errors: {}, ...more
})
const ours = c => c.kind === 'ours'
const floor = c => c.kind === 'floor'

test('medians of odd, even and no numbers', () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 2, 3]), 2.5)
  assert.ok(Number.isNaN(median([NaN])))
})

test('rounds become one row, with spread, and errors are summed', () => {
  const rows = rowsOf([cell(1, 'mcp-oauth', 100), cell(2, 'mcp-oauth', 300, { errors: { status: 2 } }), cell(3, 'mcp-oauth', 200, { errors: { status: 1 } })])
  assert.equal(rows.length, 1)
  assert.deepEqual(rows[0].per_s, { median: 200, min: 100, max: 300 })
  assert.deepEqual(rows[0].errors, { status: 3 })
})

test('ratios are taken within a round, not of medians', () => {
  const cells = [cell(1, 'mcp-oauth', 100), cell(1, 'FastCGI responder', 200), cell(2, 'mcp-oauth', 300), cell(2, 'FastCGI responder', 300),
    cell(3, 'mcp-oauth', 90), cell(3, 'FastCGI responder', 100)]
  assert.equal(ratiosOf(cells, ours, floor).per_s.median, 0.9)
})

test('the report names floor and errors; the plot shows every target', () => {
  const cells = [cell(1, 'mcp-oauth', 100, { errors: { 'connection lost': 7 } }), cell(1, 'FastCGI responder', 200)]
  const text = markdown({ about: { cpu: '2' }, settings: { rounds: 1, seconds: 1 }, cells, memory: {} })
  assert.match(text, /\| mod_fcgid \| mcp-oauth \| 16 \| 100 \|.*\| 7 connection lost \|/)
  assert.match(text, /\| metadata \| mod_fcgid \| FastCGI responder \(its floor\) \| 16 \| 0\.50 \|/)
  const svg = plot('metadata', rowsOf(cells))
  assert.equal(svg.match(/<polyline/g).length, 6)
  assert.ok(!svg.includes('NaN'))
})
