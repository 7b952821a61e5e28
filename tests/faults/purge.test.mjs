// SPDX-License-Identifier: MIT
// Very many dead rows are removed by several at once, batch after batch, while
// clients go on: no live row is touched. PURGE_ROWS is how many of each kind.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startSite } from '../lib/site.mjs'
import { startTraffic } from '../lib/traffic.mjs'

const ROWS = Number(process.env.PURGE_ROWS ?? 50000)
const BATCH = 5000

let site
before(async () => { site = await startSite({ conf: 'LOGIN_LIMIT_REMOTE=1000000' }) })
after(() => site?.stop())

const dead = `
  INSERT INTO public.mcp_server_sessions (user_id, client_identifier, refresh_token_hash, expires_at)
  SELECT (SELECT id FROM public.users LIMIT 1), 'gone', 'dead ' || i, now() - i * interval '1 ms' - interval '1 minute' FROM generate_series(1, $1::int) i`
const others = `
  INSERT INTO oauth.attempt (key, count, window_started_at)
  SELECT 'dead:' || i, 1, now() - interval '2 days' - i * interval '1 ms' FROM generate_series(1, $1::int) i`

test('several clean up at once under load, and no live row goes', { timeout: 600000 + ROWS }, async t => {
  await site.sql(dead, [ROWS])
  await site.sql(others, [ROWS])
  await site.sql('ANALYZE')
  const traffic = await startTraffic(site, { holders: 4, visitors: 2 })
  await traffic.calm()
  const [{ live }] = await site.sql('SELECT count(*)::int AS live FROM public.mcp_server_sessions WHERE expires_at > now()')
  const removed = { session: 0, attempt: 0 }
  let batches = 0
  const cleaners = Array.from({ length: 3 }, async () => {
    for (let some = 1; some;) {
      const rows = await site.sql('SELECT * FROM oauth.purge($1)', [BATCH])
      some = 0
      for (const { kind, deleted } of rows) {
        assert.ok(Number(deleted) <= BATCH, kind)
        if (kind in removed) removed[kind] += Number(deleted)
        if (kind in removed) some += Number(deleted)
      }
      batches++
    }
  })
  await Promise.all(cleaners)
  await traffic.calm()
  await traffic.stop()
  t.diagnostic(`${ROWS} sessions and ${ROWS} counts in ${batches} batches, ${traffic.rounds} rounds of clients, ` +
    `${traffic.faults} faults, the longest answer took ${Math.round(traffic.longest_ms)} ms`)
  assert.ok(removed.session >= ROWS && removed.attempt >= ROWS, JSON.stringify(removed))
  assert.deepEqual([traffic.wrong, traffic.faults], [[], 0])
  const [counts] = await site.sql(`SELECT count(*) FILTER (WHERE expires_at > now())::int AS live, count(*) FILTER (WHERE client_identifier = 'gone')::int AS dead
    FROM public.mcp_server_sessions`)
  assert.equal(counts.dead, 0)
  assert.ok(counts.live >= live - 2, 'those that visitors revoked apart')
})
