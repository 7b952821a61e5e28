// SPDX-License-Identifier: MIT
// The line for pg_cron in docs/database.md, run by pg_cron.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { postgresql } from '../lib/database.mjs'
import { until } from '../lib/flow.mjs'
import { startSite } from '../lib/site.mjs'

const page = await readFile(new URL('../../docs/database.md', import.meta.url), 'utf8')
const [, recipe] = /^```sql pg_cron\n([^]*?)^```$/m.exec(page)

let site, missing
before(async () => {
  site = await startSite({ plain: true })
  const there = await site.sql("SELECT FROM pg_available_extensions WHERE name = 'pg_cron'")
  missing = there.length === 0
  if (missing) return
  await site.sql("ALTER SYSTEM SET shared_preload_libraries = 'pg_cron'")
  await site.control('database', 'stop')
  await site.control('database', 'start')
  for (const set of ["cron.database_name = 'mcp_oauth'", 'cron.use_background_workers = on']) await site.sql(`ALTER SYSTEM SET ${set}`)
  await site.control('database', 'stop')
  await site.control('database', 'start')
})
after(() => site?.stop())

test('pg_cron purges', async t => {
  if (missing) return t.skip('pg_cron is not installed')
  await site.sql(`INSERT INTO public.mcp_server_sessions (client_identifier, refresh_token_hash, expires_at)
    VALUES ('client', 'hash', now() - interval '1 minute')`)
  await postgresql(site, 'psql', 'mcp_oauth', { input: recipe })
  await until(async () => (await site.sql('SELECT FROM cron.job_run_details WHERE end_time IS NOT NULL')).length > 0, 150)
  const [run] = await site.sql('SELECT status, return_message FROM cron.job_run_details ORDER BY runid LIMIT 1')
  assert.equal(run.status, 'succeeded', run.return_message)
  assert.equal((await site.sql("SELECT FROM public.mcp_server_sessions WHERE client_identifier = 'client'")).length, 0)
})
