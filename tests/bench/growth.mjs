// SPDX-License-Identifier: MIT
// growth.mjs - what becomes of speed when there is more of everything: sessions,
// clients, revocations, connections. One site, one thing at a time.
import { costOf } from './measure.mjs'

const users = 100 // whom the many sessions belong to

/** Have so many sessions, beside those that workloads start. */
async function haveSessions (site, client, n) {
  await site.sql(`INSERT INTO public.users (email) SELECT 'grown' || g || '@example.com' FROM generate_series(1, ${users}) g ON CONFLICT DO NOTHING`)
  const [{ count }] = await site.sql("SELECT count(*)::int FROM public.mcp_server_sessions s JOIN public.users u ON u.id = s.user_id WHERE u.email LIKE 'grown%'")
  await site.sql(`INSERT INTO public.mcp_server_sessions
      (user_id, client_identifier, refresh_token_hash, expires_at, generation, scope, resource, session_expires_at, auth_at)
    SELECT u.id, $1, encode(sha256(random()::text::bytea), 'hex'), now() + interval '30 days' + random() * interval '60 days', 1,
           'email profile', $2, now() + interval '1 year', now()
      FROM generate_series(1, $3::int) g JOIN (SELECT id, row_number() OVER () AS n FROM public.users WHERE email LIKE 'grown%') u ON u.n = g % ${users} + 1`,
  [client.client_id, site.mcp, Math.max(0, n - count)])
  await site.sql('VACUUM ANALYZE public.mcp_server_sessions')
}

/** Have so many registered clients that nobody uses. */
async function haveClients (site, n) {
  await site.sql(`INSERT INTO oauth.client (client_id, client_name, token_endpoint_auth_method, redirect_uris, grant_types, registration, consented_at)
    SELECT 'grown-' || g, 'Grown', 'none', '{http://127.0.0.1/callback}', '{authorization_code,refresh_token}', 'dynamic', now()
      FROM generate_series(1, $1::int) g ON CONFLICT DO NOTHING`, [n])
  await site.sql('VACUUM ANALYZE oauth.client')
}

/** Have so many tokens revoked, none of which anybody presents. */
async function haveRevocations (site, n) {
  await site.sql('DELETE FROM oauth.revocation')
  await site.sql(`INSERT INTO oauth.revocation (jti, expires_at)
    SELECT 'grown-' || g, now() + interval '1 hour' FROM generate_series(1, $1::int) g`, [n])
}

// Purge over and over until told to stop; how often it did.
async function whilePurging (site, act) {
  let stop = false
  const purging = (async () => {
    while (!stop) await site.sql('SELECT oauth.purge()')
  })()
  try {
    return await act()
  } finally {
    stop = true
    await purging
  }
}

/**
 * Measure growth on a target of ours (bench.mjs). sizes: {sessions, clients,
 * revocations, connections}, each a list. Resolves to parts of the report.
 */
export async function growthOf (target, sizes, seconds, say) {
  const { site, client } = target
  const cell = async (workload, connections, size) => {
    const cost = await costOf(target.folders, target.meter, await target.loads[workload]({ connections, seconds }))
    say(`growth, ${workload}, ${size}: ${Math.round(cost.per_s)}/s, ${Math.round(cost.cpu_us)} us`)
    return { size, ...cost }
  }
  const parts = []
  const part = async (title, of, list, have, workload, connections = () => 16) => {
    const rows = []
    for (const size of list) {
      await have(size)
      rows.push(await cell(workload, connections(size), size))
    }
    parts.push({ title, of, rows })
  }
  const nothing = async () => {}
  await part('refresh, over connections', 'connections', sizes.connections, nothing, 'refresh', n => n)
  await part('refresh, over clients', 'clients', sizes.clients, n => haveClients(site, n), 'refresh')
  await part('guarded calls with a known token, over revocations', 'revocations', sizes.revocations, n => haveRevocations(site, n), 'guard, remembered')
  await haveRevocations(site, 0)
  const refresh = []
  const redemption = []
  for (const n of sizes.sessions) {
    await haveSessions(site, client, n)
    refresh.push(await cell('refresh', 16, n))
    redemption.push(await cell('code redemption', 16, n))
    refresh.push(await whilePurging(site, () => cell('refresh', 16, `${n}, cleaning up meanwhile`)))
  }
  parts.push({ title: 'refresh, over sessions', of: 'sessions', rows: refresh }, { title: 'code redemption, over sessions', of: 'sessions', rows: redemption })
  return parts
}
