// SPDX-License-Identifier: MIT
// mcp-oauth client: looking at clients, keeping them out, removing them.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { connect, refreshing, register, rpc, token, until } from '../lib/flow.mjs'
import { listed, operate } from '../lib/operator.mjs'
import { addClient, startSite } from '../lib/site.mjs'

let site
before(async () => { site = await startSite() })
after(() => site?.stop())

const status = async session => (await rpc(site.mcp, session.tokens.access_token, 'ping', {})).status
const audited = async client => (await site.sql(
  'SELECT event, details ->> \'by\' AS by FROM oauth.audit WHERE client_id = $1 AND details ? \'by\' ORDER BY at', [client]))
  .map(row => `${row.event} by ${row.by}`)

async function good (...args) {
  const answer = await operate(site, ['client', ...args])
  assert.equal(answer.status, 0, answer.stderr)
  return answer.stdout
}

async function refused (pattern, ...args) {
  const answer = await operate(site, ['client', ...args])
  assert.equal(answer.status, 1, answer.stdout)
  assert.match(answer.stderr, pattern)
}

test('list and show tell how clients came, and no secret', async () => {
  const byHand = await addClient(site, '--name', 'By hand', '--client-credentials')
  const dynamic = await register(site, { client_name: 'Dynamic \u009b31m' })
  const rows = await listed(site, 'client', 'list')
  const of = id => rows.find(row => row.client_id === id)
  assert.equal(of(byHand.client_id).registration, 'admin')
  assert.equal(of(byHand.client_id).token_endpoint_auth_method, 'client_secret_basic')
  assert.equal(of(dynamic.client_id).registration, 'dynamic')
  assert.deepEqual((await listed(site, 'client', 'list', '--registration', 'admin')).map(row => row.registration), ['admin'])
  assert.equal((await operate(site, ['client', 'list', '--registration', 'nonsense'])).status, 2)

  const [shown] = await listed(site, 'client', 'show', byHand.client_id)
  assert.deepEqual(shown.grant_types, ['client_credentials'])
  assert.ok(!Object.keys(shown).some(name => /digest|secret/.test(name)))
  assert.match(await good('show', byHand.client_id), /^grant_types\tclient_credentials$/m)
  await refused(/there is no client nobody/, 'show', 'nobody')
  await refused(/there is no client -nobody/, 'show', '--', '-nobody')
})

test('a rotated secret takes the place of the old one', async () => {
  const client = await addClient(site, '--name', 'Job', '--client-credentials', '--scope', 'email')
  const ask = secret => token(site, { grant_type: 'client_credentials', client_id: client.client_id, client_secret: secret })
  assert.equal((await ask(client.client_secret)).status, 200)
  const [, secret] = /^client_secret=(\S+)$/m.exec(await good('rotate-secret', client.client_id))
  assert.equal((await ask(client.client_secret)).status, 401)
  assert.equal((await ask(secret)).status, 200)
  assert.deepEqual(await audited(client.client_id), ['client added by mcp_web', 'client secret rotated by operator'])
  await refused(/has no secret/, 'rotate-secret', (await register(site)).client_id)
  await refused(/there is no client nobody/, 'rotate-secret', 'nobody')
})

test('a disabled client is out, and back when enabled; a deleted one is gone', async () => {
  const session = await connect(site)
  const id = session.client.client_id
  assert.equal(await status(session), 200)
  assert.equal(await good('disable', id), `${id} is disabled; sessions that stand still: 1\n`)
  await until(async () => await status(session) === 401)
  assert.equal((await token(site, refreshing(session.client, session.tokens))).json.error, 'invalid_client')
  assert.deepEqual((await listed(site, 'client', 'list', '--disabled')).map(row => row.client_id), [id])
  assert.equal(await good('disable', id), `${id} is disabled already\n`)
  assert.equal(await good('enable', id), `${id} is enabled\n`)
  const fresh = await token(site, refreshing(session.client, session.tokens))
  assert.equal(fresh.status, 200, fresh.text)

  session.tokens = fresh.json
  await refused(/--yes/, 'delete', id)
  assert.equal(await good('delete', id, '--yes'), `${id} is deleted; sessions that ended: 1\n`)
  await until(async () => await status(session) === 401)
  await refused(/there is no client/, 'delete', id, '--yes')
  assert.deepEqual(await audited(id), ['client disabled by operator', 'client enabled by operator', 'client deleted by operator'])
})

test('prune removes what came by itself and is used no more', async () => {
  const session = await connect(site)
  await site.sql(`INSERT INTO oauth.client (client_id, client_name, token_endpoint_auth_method, redirect_uris, grant_types,
      registration, created_at, consented_at, last_used_at)
    SELECT 'old' || i, 'Old', 'none', '{}', '{refresh_token}', 'dynamic', at, at, at
      FROM generate_series(1, 2345) i, LATERAL (SELECT now() - interval '50 days' AS at) t`)
  const kept = (await listed(site, 'client', 'list', '--limit', '0')).map(row => row.client_id).filter(id => !/^old/.test(id))
  await site.sql("UPDATE oauth.client SET created_at = now() - interval '50 days', last_used_at = now() - interval '50 days' WHERE registration = 'admin' OR client_id = $1",
    [session.client.client_id])
  assert.equal(await good('prune'), 'clients that were removed: 0\n')
  assert.equal(await good('prune', '--unused-days', '40'), 'clients that were removed: 2345\n')
  assert.deepEqual((await listed(site, 'client', 'list', '--limit', '0')).map(row => row.client_id), kept)
  assert.equal((await operate(site, ['client', 'prune', '--unused-days', '0'])).status, 2)
  const rows = await site.sql("SELECT sum((details ->> 'clients')::int)::int AS n FROM oauth.audit WHERE event = 'clients pruned'")
  assert.equal(rows[0].n, 2345)
})
