// SPDX-License-Identifier: MIT
// The database is lost, and yesterday's dump of it takes its place in another
// cluster: sessions go on, and docs/database.md is right about what does not.
import assert from 'node:assert/strict'
import { rename, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { postgresql } from '../lib/database.mjs'
import { connect, refreshing, rpc, token, until } from '../lib/flow.mjs'
import { changeSettings, startSite } from '../lib/site.mjs'

let site, other, link
const here = (text, values) => site.sql(text, values)
const there = (text, values) => other.sql(text, values)
const ping = async session => (await rpc(site.mcp, session.tokens.access_token, 'ping', {})).status
const refresh = ({ client }, tokens) => token(site, refreshing(client, tokens))
const end = (sql, { client }) => sql('SELECT * FROM oauth.revoke_client($1)', [client.client_id])

// Where the site's programs find their database, from now on.
async function lead (socket) {
  await symlink(socket, link + '.new')
  await rename(link + '.new', link)
}

// Transactions that do nothing but count.
const count = (sql, n) => sql(`DO $$ BEGIN
  FOR i IN 1..${n} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$`)
const transaction = async sql => Number((await sql('SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin'))[0].xmin)

before(async () => {
  [site, other] = await Promise.all([startSite(), startSite({ plain: true })])
  link = join(site.values.STATE, 'database')
  await lead(site.values.PG_SOCKET)
  for (const [path, login] of [[site.values.MCP_OAUTH_CONFIG, 'mcp_web'], [site.values.GUARD_CONFIG, 'mcp_guard']]) {
    await changeSettings(path, [`DATABASE_URL=postgresql://${login}@/mcp_oauth?host=${link}`])
  }
  await site.control('web', 'stop')
  await site.control('web', 'start')
})
after(async () => {
  await other?.stop()
  await site?.stop()
})

test('the flow goes on with a restored dump', async () => {
  const kept = await connect(site)
  const ended = await connect(site)
  const ahead = await connect(site)
  const forgotten = await connect(site)
  const stolen = await connect(site)
  await end(here, ended)
  await until(async () => await ping(ended) === 401)

  const dump = join(site.dir, 'mcp_oauth.dump')
  await postgresql(site, 'pg_dump', 'mcp_oauth', { args: ['--format=custom', `--file=${dump}`] })

  // What happens after the dump.
  const refreshed = await refresh(ahead, ahead.tokens)
  assert.equal(refreshed.status, 200, refreshed.text)
  await count(here, 20000)
  await end(here, forgotten)
  await until(async () => await ping(forgotten) === 401)
  const young = await connect(site, { client: kept.client })
  const registered = await connect(site)

  // The restored database is behind what guards have read, then ahead of it; they
  // must hear all the same of what was revoked in it meanwhile.
  const maintenance = other.values.SUPERUSER_DATABASE_URL.replace('/mcp_oauth?', '/postgres?')
  await other.sql('DROP DATABASE mcp_oauth WITH (FORCE)', [], maintenance)
  await other.sql('CREATE DATABASE mcp_oauth OWNER mcp_owner', [], maintenance)
  await postgresql(other, 'pg_restore', 'mcp_oauth', { args: ['--exit-on-error', dump] })
  const read = await transaction(here)
  assert.ok(await transaction(there) < read)
  await end(there, stolen)
  await count(there, 40000)
  assert.ok(await transaction(there) > read)
  assert.equal(await ping(stolen), 200)

  await site.control('database', 'stop')
  await lead(other.values.PG_SOCKET)
  await until(async () => await ping(stolen) === 401)

  assert.equal(await ping(kept), 200)
  const next = await refresh(kept, kept.tokens)
  assert.equal(next.status, 200, next.text)
  assert.equal(await ping({ tokens: next.json }), 200)
  assert.equal(await ping(ended), 401)
  for (const session of [ended, stolen, young]) {
    assert.equal((await refresh(session, session.tokens)).json.error, 'invalid_grant')
  }

  assert.equal((await refresh(registered, registered.tokens)).json.error, 'invalid_client')

  // One generation ahead is refused, and the token before it is good again.
  assert.equal((await refresh(ahead, refreshed.json)).json.error, 'invalid_grant')
  assert.equal((await refresh(ahead, ahead.tokens)).status, 200)

  // What was revoked since is back, until it is revoked again.
  assert.equal((await refresh(forgotten, forgotten.tokens)).status, 200)
  await end(there, forgotten)
  assert.equal((await refresh(forgotten, forgotten.tokens)).json.error, 'invalid_grant')

  // Somebody signs in; and migrate finds nothing to do.
  assert.equal(await ping(await connect(site)), 200)
  const { stdout } = await other.command('migrate', '--database', other.values.DATABASE_URL)
  assert.match(stdout, /up to date/)
})
