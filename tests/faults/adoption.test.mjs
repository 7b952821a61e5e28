// SPDX-License-Identifier: MIT
// A million sessions of the guide are taken over while its server goes on
// refreshing them: no refresh fails or hangs, not even while somebody else holds
// a lock, and what is interrupted is taken up again.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { until } from '../lib/flow.mjs'
import { guideSessions } from '../lib/guide.mjs'
import { startSite } from '../lib/site.mjs'

const USERS = 100000
const A_USER = 10
const old = `
CREATE TABLE public.users (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), email TEXT NOT NULL);
${guideSessions}
INSERT INTO public.users (email) SELECT 'user' || i || '@example.com' FROM generate_series(1, ${USERS}) i;
INSERT INTO public.mcp_server_sessions (user_id, client_identifier, refresh_token_hash, expires_at)
SELECT u.id, 'client-' || i, 'token ' || i || ' of ' || u.email || ', 0', now() + interval '30 days'
  FROM public.users u, generate_series(1, ${A_USER}) i;
CREATE INDEX idx_mcp_sessions_refresh_token ON public.mcp_server_sessions (refresh_token_hash);
CREATE INDEX idx_mcp_sessions_expires_at ON public.mcp_server_sessions (expires_at);
ANALYZE;
CREATE ROLE old_server LOGIN;
GRANT SELECT ON public.users TO old_server;
GRANT SELECT, UPDATE ON public.mcp_server_sessions TO old_server;`

let site
const url = login => `postgresql://${login}@/big?host=${site.values.PG_SOCKET}`
const sql = (text, values, login = 'postgres') => site.sql(text, values, url(login))
async function open (login) {
  const client = new pg.Client({ host: site.values.PG_SOCKET, user: login, database: 'big' })
  await client.connect()
  return client
}

before(async () => {
  site = await startSite({ plain: true })
  await site.sql('CREATE DATABASE big OWNER mcp_owner')
  await sql(old, [], 'mcp_owner')
  await sql("ALTER DATABASE big SET deadlock_timeout = '30s'")
  await sql('ALTER DATABASE big SET log_lock_waits = on')
})
after(() => site?.stop())

// The guide's server: it refreshes one session after the other of a user.
class OldServer {
  constructor () {
    this.refreshed = 0
    this.longest = 0
    this.going = true
  }

  async run (user) {
    const client = await open('old_server')
    const generations = Array(A_USER + 1).fill(0)
    try {
      while (this.going) {
        const session = 1 + this.refreshed % A_USER
        const name = `token ${session} of user${user}@example.com, `
        const start = performance.now()
        const { rowCount } = await client.query(`UPDATE public.mcp_server_sessions s
             SET refresh_token_hash = $2, expires_at = now() + interval '90 days'
            FROM public.users u WHERE s.refresh_token_hash = $1 AND u.id = s.user_id RETURNING u.email`,
        [name + generations[session], name + ++generations[session]])
        assert.equal(rowCount, 1)
        this.longest = Math.max(this.longest, performance.now() - start)
        this.refreshed++
      }
    } finally {
      await client.end()
    }
  }
}

// mcp-oauth migrate; what it says is in .text as it comes.
function migrate (...more) {
  const all = [site.values.MCP_OAUTH, '--database', url('mcp_owner'), 'migrate', ...more]
  const run = { text: '' }
  if (process.getuid() === 0) all.unshift('setpriv', `--reuid=${site.values.RUN_AS}`, '--clear-groups')
  run.child = spawn(all[0], all.slice(1))
  for (const stream of [run.child.stdout, run.child.stderr]) stream.on('data', data => { run.text += data })
  run.ended = new Promise(resolve => run.child.on('close', resolve))
  return run
}
const says = (run, text) => until(() => run.text.includes(text), 120)

test('adoption while refreshes go on', async t => {
  const server = new OldServer()
  const running = Promise.all([1, 2].map(user => server.run(user)))
  const step = async () => {
    const before = server.refreshed
    await until(() => server.refreshed > before + 20, 60)
  }
  await step()

  // Ctrl-C while an index is being made: nothing is taken over.
  const first = migrate()
  await says(first, 'making indexes')
  await until(async () => (await sql("SELECT FROM pg_stat_progress_create_index")).length > 0, 60)
  first.child.kill('SIGINT')
  assert.notEqual(await first.ended, 0, first.text)
  assert.match(first.text, /canceling statement due to user request/)
  assert.equal((await sql("SELECT to_regclass('oauth.migration') AS oauth"))[0].oauth, null)
  await step()

  // Somebody reads the table for long: it is not waited for.
  const reader = await open('old_server')
  await reader.query('BEGIN')
  await reader.query('SELECT FROM public.mcp_server_sessions LIMIT 1')
  const second = migrate()
  await says(second, 'trying again')
  await step()
  await until(() => second.text.split('trying again').length > 2, 60)
  await step()
  await reader.query('COMMIT')
  await reader.end()
  assert.equal(await second.ended, 0, second.text)
  await step()
  server.going = false
  await running

  assert.match(second.text, /^done$/m)
  const [{ migration }] = await sql('SELECT migration FROM oauth.status()', [], 'mcp_owner')
  assert.ok(migration >= 9)
  assert.equal((await sql('SELECT FROM pg_index WHERE NOT indisvalid')).length, 0)
  assert.equal(Number((await sql('SELECT count(*) FROM oauth.live_sessions'))[0].count), USERS * A_USER)
  const again = migrate()
  assert.equal(await again.ended, 0)
  assert.match(again.text, /up to date/)

  // PostgreSQL itself tells of who waited for a lock that long, as for one that
  // is not given back.
  const log = await readFile(site.values.PG_LOG, 'utf8')
  assert.deepEqual(log.split('\n').filter(line => /old_server .*(still waiting for|acquired) /.test(line)), [])
  t.diagnostic(`${server.refreshed} refreshes, the longest took ${Math.round(server.longest)} ms`)
})
