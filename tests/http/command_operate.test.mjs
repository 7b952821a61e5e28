// SPDX-License-Identifier: MIT
// mcp-oauth status, purge, audit, migrate and bench-login: what operating takes.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { connect } from '../lib/flow.mjs'
import { listed, operate, operatorUrl } from '../lib/operator.mjs'
import { startSite } from '../lib/site.mjs'

let site
before(async () => { site = await startSite() })
after(() => site?.stop())

async function good (...args) {
  const answer = await operate(site, args)
  assert.equal(answer.status, 0, answer.stderr)
  return answer.stdout
}

test('status tells version, migrations, counts, connections and the key that signs', async () => {
  await connect(site)
  const [status] = await listed(site, 'status')
  assert.match(status.version, /^\d+\.\d+/)
  assert.deepEqual(status.migrations_pending, [])
  assert.equal(status.sessions, 1)
  assert.equal(status.users, 1)
  assert.ok(status.connections >= status.connections_here && status.connections_here >= 1)
  assert.ok(status.connections_max > 1)
  assert.equal(status.signing_alg, 'EdDSA')
  assert.match(status.signing_key_until, /^\d{4}-.*Z$/)
  assert.equal(status.oldest_unpurged, null)
  assert.match(await good('status'), /^sessions\t1$/m)

  await site.sql("UPDATE public.mcp_server_sessions SET expires_at = now() - interval '3 days'")
  await site.sql("UPDATE oauth.migration SET sha256 = 'x' || sha256 WHERE number IN (0, 14)")
  const [later] = await listed(site, 'status')
  await site.sql("UPDATE oauth.migration SET sha256 = ltrim(sha256, 'x')")
  assert.equal(later.sessions, 0)
  assert.equal(later.oldest_unpurged.slice(0, 10), new Date(Date.now() - 3 * 86400000).toISOString().slice(0, 10))
  assert.deepEqual(later.migrations_pending, ['0014_observe.sql', 'functions and grants'])
})

test('purge goes on until nothing is left', async () => {
  await site.sql('DELETE FROM public.mcp_server_sessions')
  await site.sql(`INSERT INTO public.mcp_server_sessions (user_id, client_identifier, refresh_token_hash, expires_at)
    SELECT (SELECT id FROM public.users), 'nobody', 'x' || i, now() - interval '1 minute' FROM generate_series(1, 2345) i`)
  const [counts] = await listed(site, 'purge', '--batch', '100')
  assert.equal(counts.session, 2345)
  assert.ok('client' in counts && 'audit' in counts)
  assert.match(await good('purge', '--audit-keep-days', '400'), /^session\t0$/m)
  const [{ n }] = await site.sql("SELECT count(*)::int AS n FROM public.mcp_server_sessions WHERE expires_at < now()")
  assert.equal(n, 0)
  for (const words of [['--batch', '0'], ['--audit-keep-days', '0'], ['--audit-keep-days', 'x']]) {
    assert.equal((await operate(site, ['purge', ...words])).status, 2)
  }
})

test('audit tells the last rows, those since a time, and of whom', async () => {
  await operate(site, ['user', 'add', 'audit@example.com'], { input: 'a good password\n' })
  for (const act of ['disable', 'enable', 'disable']) await good('user', act, 'audit@example.com')
  const rows = await listed(site, 'audit', '--user', 'audit@example.com')
  assert.deepEqual(rows.map(row => row.event), ['user added', 'user disabled', 'user enabled', 'user disabled'])
  assert.deepEqual(rows[1].details, { by: 'operator', sessions: 0 })
  assert.deepEqual(await listed(site, 'audit', '--user', rows[0].user_id), rows)
  assert.deepEqual(await listed(site, 'audit', '--user', 'audit@example.com', '--limit', '2'), rows.slice(2))
  assert.deepEqual(await listed(site, 'audit', '--user', 'audit@example.com', '--event', 'user enabled'), [rows[2]])
  assert.deepEqual(await listed(site, 'audit', '--user', 'audit@example.com', '--since', '1h'), rows)
  assert.deepEqual(await listed(site, 'audit', '--user', 'audit@example.com', '--since', rows[0].at.slice(0, 10)), rows)
  assert.deepEqual(await listed(site, 'audit', '--since', '2099-01-01'), [])
  const [session] = await listed(site, 'audit', '--event', 'sign-in')
  assert.ok(session.request_id)

  const page = await operate(site, ['audit', '--since', '1h', '--user', 'audit@example.com', '--limit', '3', '--json'])
  const [, cursor] = /--after (\S+)/.exec(page.stderr)
  assert.deepEqual(await listed(site, 'audit', '--user', 'audit@example.com', '--after', cursor), rows.slice(3))

  await good('user', 'delete', 'audit@example.com', '--yes')
  assert.deepEqual((await listed(site, 'audit', '--user', rows[0].user_id)).map(row => row.event), [...rows.map(row => row.event), 'user deleted'])
  const unknown = await operate(site, ['audit', '--user', 'audit@example.com'])
  assert.equal(unknown.status, 1)
  assert.match(unknown.stderr, /there is no user/)
  assert.equal((await operate(site, ['audit', '--since', 'nonsense'])).status, 1)
  assert.equal((await operate(site, ['audit', '--since', '1h', '--follow'])).status, 2)
})

test('audit --follow misses no row, whenever it was committed, and waits for the database', async () => {
  const { MCP_OAUTH: program, MCP_OAUTH_CONFIG: config } = site.values
  const { uid, gid } = await stat(config)
  const who = process.getuid() === 0 ? { uid, gid } : {}
  const child = spawn(program, ['--config', config, '--database', await operatorUrl(site), 'audit', '--follow', '--json', '--limit', '1'],
    { ...who, stdio: ['ignore', 'pipe', 'pipe'] })
  const complaints = createInterface({ input: child.stderr })[Symbol.asyncIterator]()
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const row = JSON.parse((await lines.next()).value)
    return [row.event, row.client_id].filter(Boolean).join(' ')
  }
  const late = new pg.Client({ user: 'postgres', database: 'mcp_oauth', host: site.values.PG_SOCKET })
  try {
    await next() // the last of before
    const act = (client, id) => client.query("SELECT oauth.audit_act('client enabled', NULL, $1, NULL, '{}')", [id])
    await late.connect()
    await late.query('BEGIN')
    await act(late, 'late')
    await site.sql("SELECT oauth.audit_act('client enabled', NULL, 'early', NULL, '{}')")
    assert.equal(await next(), 'client enabled early')
    await late.query('COMMIT')
    assert.equal(await next(), 'client enabled late')
    await late.end()

    await site.control('database', 'stop')
    assert.match((await complaints.next()).value, /^mcp-oauth: /)
    await site.control('database', 'start')
    await site.sql("SELECT oauth.audit_act('client enabled', NULL, 'again', NULL, '{}')")
    assert.equal(await next(), 'client enabled again')
  } finally {
    await late.end().catch(() => {})
    child.kill('SIGINT')
    await once(child, 'exit')
  }
})

test('migrate --to stops where it is told, and goes on from there', async () => {
  await site.sql('CREATE DATABASE steps OWNER mcp_owner')
  const url = site.values.DATABASE_URL.replace('/mcp_oauth?', '/steps?')
  const migrate = async (...words) => (await site.command('migrate', ...words, '--database', url)).stdout
  const numbers = async () => (await site.sql('SELECT number FROM oauth.migration ORDER BY number', [],
    site.values.SUPERUSER_DATABASE_URL.replace('/mcp_oauth?', '/steps?'))).map(row => row.number)
  assert.match(await migrate('--dry-run', '--to', '2'), /^applying 0001_sessions.sql\napplying 0002_clients.sql\nall of it would work/)
  assert.match(await migrate('--to', '2'), /^applying 0001_sessions.sql\napplying 0002_clients.sql\ndone\n$/)
  assert.deepEqual(await numbers(), [1, 2])
  assert.equal(await migrate('--to', '1'), 'the database is up to date\n')
  await assert.rejects(migrate('--to', '4'), /there is no migration 4/)
  await assert.rejects(migrate('--to', 'x'), error => error.code === 2)
  assert.match(await migrate(), /^applying 0003_[^]*applying functions and grants\ndone\n$/)
  assert.deepEqual(await numbers(), (await site.sql('SELECT number FROM oauth.migration ORDER BY number')).map(row => row.number))
})

test('bench-login measures, and says what it means', async () => {
  const [bench] = await listed(site, 'bench-login', '--seconds', '1')
  assert.ok(bench.at_once >= 1)
  assert.ok(bench.check_ms > 0 && bench.checks_per_second > 0)
  assert.equal(bench.memory_bytes, bench.at_once * 64 * 1024 * 1024)
  assert.equal(bench.login_limit_remote, 100)
  assert.ok(bench.addresses_that_could_take_it_all > 0)
})

test('config show is JSON too', async () => {
  const [shown] = await listed(site, 'config', 'show')
  assert.equal(shown.ACCESS_TOKEN_EXPIRES, '3600')
  assert.equal(shown.OAUTH_BASE_URL, site.base)
  const [guard] = await listed(site, 'config', 'show', '--guard')
  assert.equal(guard.MCP_RESOURCES, '/mcp')
})
