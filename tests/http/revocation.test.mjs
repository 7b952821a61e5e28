// SPDX-License-Identifier: MIT
// What is revoked in psql is felt by the guards of two hosts, which reach one
// database through PgBouncer in transaction mode.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { connect, refreshing, rpc, token, until } from '../lib/flow.mjs'
import { startPgBouncer } from '../lib/pgbouncer.mjs'
import { changeSettings, startSite } from '../lib/site.mjs'

let first, second, pooler
const admin = (text, values) => first.sql(text, values, pooler.url('mcp_admin'))
const dba = (text, values) => first.sql(text, values)

before(async () => {
  first = await startSite()
  await dba('CREATE ROLE mcp_admin LOGIN IN ROLE mcp_oauth_admin')
  pooler = await startPgBouncer(first, ['mcp_web', 'mcp_guard', 'mcp_admin'])
  const web = ['DATABASE_POOLER=transaction', `DATABASE_URL=${pooler.url('mcp_web')}`]
  const guard = ['DATABASE_POOLER=transaction', `DATABASE_URL=${pooler.url('mcp_guard')}`]
  await changeSettings(first.values.MCP_OAUTH_CONFIG, web)
  await changeSettings(first.values.GUARD_CONFIG, guard)
  await first.control('web', 'stop')
  await first.control('web', 'start')
  const [secret, key] = ['JWT_SECRET', 'JWT_PRIVATE_KEY_FILE'].map(name => new RegExp(`^${name}=.*`, 'm'))
  const conf = await readFile(first.values.MCP_OAUTH_CONFIG, 'utf8')
  const base = `OAUTH_BASE_URL=${first.base}`
  second = await startSite({
    conf: [base, secret.exec(conf)[0], key.exec(conf)[0], ...web].join('\n'),
    guardConf: [base, ...guard].join('\n')
  })
})
after(async () => {
  await second?.stop()
  await pooler?.stop()
  await first?.stop()
})

const ping = (site, session) => rpc(site.mcp, session.tokens.access_token, 'ping', {})
const statuses = async session => Promise.all([first, second].map(async site => (await ping(site, session)).status))

// Both guards let it in; then do something; then neither does, and both tell why.
async function felt (t, session, act) {
  await comesIn(session)
  await act()
  const start = performance.now()
  await until(async () => (await statuses(session)).join() === '401,401')
  t.diagnostic(`felt by both after ${Math.round(performance.now() - start)} ms`)
  for (const site of [first, second]) {
    assert.match((await ping(site, session)).headers['www-authenticate'], /error="invalid_token"/)
  }
}

async function refused (session, error = 'invalid_grant') {
  const answer = await token(first, refreshing(session.client, session.tokens))
  assert.equal(answer.json.error, error, answer.text)
}

async function refreshes (session) {
  const answer = await token(second, refreshing(session.client, session.tokens))
  assert.equal(answer.status, 200, answer.text)
  session.tokens = answer.json
}

// What clients do at 401.  A token of the second in which its user or client
// was revoked is refused as well, for iat counts seconds.
async function comesIn (session) {
  await until(async () => {
    if ((await statuses(session)).join() === '200,200') return true
    await refreshes(session)
    return false
  })
}

// Until a token's iat is a later one.
async function nextSecond () {
  const second = async () => (await dba('SELECT floor(extract(epoch FROM now())) AS s'))[0].s
  const now = await second()
  await until(async () => await second() !== now)
}

const claims = session => JSON.parse(Buffer.from(session.tokens.access_token.split('.')[1], 'base64url'))
const sessionOf = async session => (await dba('SELECT id FROM public.mcp_server_sessions WHERE client_identifier = $1', [session.client.client_id]))[0].id

test('a session: a row deleted, and the function', async t => {
  const other = await connect(first)
  for (const act of [
    session => dba('DELETE FROM public.mcp_server_sessions WHERE client_identifier = $1', [session.client.client_id]),
    async session => {
      const [row] = await admin('SELECT * FROM oauth.revoke_session($1)', [await sessionOf(session)])
      assert.deepEqual(row, { outcome: 'done', sessions: '1' })
    }
  ]) {
    const session = await connect(first)
    await felt(t, session, () => act(session))
    await refused(session)
  }
  assert.deepEqual(await statuses(other), [200, 200])
  await refreshes(other)
  await comesIn(other)
})

test('a token that is issued while the revoking transaction is under way', async t => {
  const session = await connect(first)
  const client = new pg.Client({ host: first.values.PG_SOCKET, user: 'postgres', database: 'mcp_oauth' })
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT now()')
    await nextSecond()
    await refreshes(session)
    await felt(t, session, async () => {
      await client.query('DELETE FROM public.mcp_server_sessions WHERE client_identifier = $1', [session.client.client_id])
      await client.query('COMMIT')
    })
    const next = await connect(first)
    await client.query('BEGIN')
    await client.query('SELECT oauth.client_disable($1)', [next.client.client_id])
    await nextSecond()
    await refreshes(next)
    await felt(t, next, () => client.query('COMMIT'))
  } finally {
    await client.end()
  }
})

test('a token that is issued while its person or client is being disabled is refused as long as it lives', async () => {
  for (const [kind, disable] of [
    ['user_id', session => dba('UPDATE public.users SET disabled_at = now() WHERE id = $1', [session.user_id])],
    ['client_id', session => dba('UPDATE oauth.client SET disabled_at = now() WHERE client_id = $1', [session.client_identifier])]
  ]) {
    const { client } = await connect(first)
    // It was not used for long; then what session_rotate does, held open.
    const [session] = await dba(`UPDATE public.mcp_server_sessions
      SET last_used_at = now() - interval '2 hours', access_expires_at = now() - interval '1 hour'
      WHERE client_identifier = $1 RETURNING *`, [client.client_id])
    await dba('UPDATE public.mcp_server_sessions SET access_expires_at = now() WHERE user_id = $1 AND id <> $2', [session.user_id, session.id])
    const rotating = new pg.Client({ host: first.values.PG_SOCKET, user: 'postgres', database: 'mcp_oauth' })
    await rotating.connect()
    try {
      await rotating.query('BEGIN')
      const { rows: [token] } = await rotating.query(`UPDATE public.mcp_server_sessions
        SET last_used_at = now(), access_expires_at = now() + interval '1 hour' WHERE id = $1 RETURNING access_expires_at`, [session.id])
      await disable(session)
      await rotating.query('COMMIT')
      const [{ until }] = await dba(`SELECT max(expires_at) AS until FROM oauth.revocation WHERE ${kind} = $1`,
        [kind === 'user_id' ? session.user_id : session.client_identifier])
      assert.ok(until > token.access_expires_at, `${kind}: refused until ${until}, good until ${token.access_expires_at}`)
    } finally {
      await rotating.end()
      await dba('UPDATE public.users SET disabled_at = NULL')
    }
    await nextSecond()
    await nextSecond() // the person's next tokens are good again
  }
})

test('a client: its sessions ended, disabled and enabled again, deleted', async t => {
  const session = await connect(first)
  const id = session.client.client_id
  const other = await connect(first)
  await felt(t, session, () => admin('SELECT * FROM oauth.revoke_client($1)', [id]))
  await refused(session)
  let next = await connect(first, { client: session.client })
  await felt(t, next, () => admin('SELECT * FROM oauth.client_disable($1)', [id]))
  await refused(next, 'invalid_client')
  await admin('SELECT oauth.client_enable($1)', [id])
  await comesIn(next)
  await felt(t, next, () => dba('UPDATE oauth.client SET disabled_at = now() WHERE client_id = $1', [id]))
  await admin('SELECT oauth.client_enable($1)', [id])
  next = await connect(first, { client: session.client })
  await felt(t, next, () => dba('DELETE FROM oauth.client WHERE client_id = $1', [id]))
  await refused(next, 'invalid_client')
  assert.deepEqual(await statuses(other), [200, 200])
})

test('one access token, while its session goes on', async t => {
  const session = await connect(first)
  const { jti, exp } = claims(session)
  await felt(t, session, () => admin('SELECT * FROM oauth.revoke_token($1, to_timestamp($2))', [jti, exp]))
  await refreshes(session)
  await comesIn(session)
})

test('a guard that starts again has not forgotten, and learns what it missed', async t => {
  const known = await connect(first)
  const missed = await connect(first)
  await felt(t, known, async () => admin('SELECT * FROM oauth.revoke_session($1)', [await sessionOf(known)]))
  await second.control('web', 'stop')
  await admin('SELECT * FROM oauth.revoke_session($1)', [await sessionOf(missed)])
  await until(async () => (await ping(first, missed)).status === 401)
  await second.control('web', 'start')
  assert.equal((await ping(second, known)).status, 401)
  await until(async () => (await ping(second, missed)).status === 401)
})

test('a user: sessions ended, disabled, deleted', async t => {
  let session = await connect(first)
  await felt(t, session, async () => {
    const [row] = await admin('SELECT * FROM oauth.revoke_user($1)', [first.email])
    assert.equal(row.outcome, 'done')
    assert.ok(Number(row.sessions) >= 1)
  })
  await refused(session)
  session = await connect(first)
  await felt(t, session, () => dba('UPDATE public.users SET disabled_at = now() WHERE email = $1', [first.email]))
  await refused(session)
  await admin('SELECT oauth.user_enable($1)', [first.email])
  await comesIn(session)
})

test('everything', async t => {
  const sessions = [await connect(first), await connect(first)]
  for (const session of sessions) await comesIn(session)
  await felt(t, sessions[0], () => admin('SELECT * FROM oauth.revoke_everything()'))
  assert.deepEqual(await statuses(sessions[1]), [401, 401])
  await refused(sessions[1])
  // All sessions truncated is the same for the guards.
  const session = await connect(first)
  await felt(t, session, () => dba('TRUNCATE public.mcp_server_sessions'))
  await refused(session)
})

test('a user deleted', async t => {
  const session = await connect(first)
  await felt(t, session, () => dba('DELETE FROM public.users WHERE email = $1', [first.email]))
  await refused(session)
})
