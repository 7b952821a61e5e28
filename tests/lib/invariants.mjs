// SPDX-License-Identifier: MIT
// invariants.mjs - what holds whatever a test did: looked at when its site ends.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

// A token in the clear: a JWT with its signature, in a place where none may be.
const clearToken = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{40,}/

// Nobody holds a transaction open, and each session, code and login is one.
async function lookAtDatabase (site) {
  const idle = await site.sql("SELECT usename, query FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND now() - state_change > interval '1 s'")
  assert.deepEqual(idle, [], 'transactions that nobody ends')
  const [{ tables }] = await site.sql("SELECT to_regclass('oauth.authorization_code') IS NOT NULL AND to_regclass('public.mcp_server_sessions') IS NOT NULL AS tables")
  if (!tables) return
  const doubled = await site.sql(`
    SELECT 'two sessions have one refresh token' AS what, refresh_token_hash AS which FROM public.mcp_server_sessions
     WHERE refresh_token_hash <> '-' -- those of clients that act for themselves have none
     GROUP BY refresh_token_hash HAVING count(*) > 1
    UNION ALL
    SELECT 'two codes started one session', session_id::text FROM oauth.authorization_code
     WHERE session_id IS NOT NULL GROUP BY session_id HAVING count(*) > 1
    UNION ALL
    SELECT 'a session of a code that nobody spent', s.id::text FROM public.mcp_server_sessions s
      JOIN oauth.authorization_code a ON a.session_id = s.id WHERE a.spent_at IS NULL
    UNION ALL
    SELECT 'a token in the clear', s.id::text FROM public.mcp_server_sessions s WHERE s::text ~ 'eyJ[[:alnum:]_-]{10,}[.]eyJ'
    UNION ALL
    SELECT 'a token in the clear', a.event FROM oauth.audit a WHERE a::text ~ 'eyJ[[:alnum:]_-]{10,}[.]eyJ'`)
  assert.deepEqual(doubled, [])
}

// No worker died of a fault of its own or was kept from its work, and no log
// holds a token.
async function lookAtLogs (site) {
  const folder = join(site.values.STATE, 'log')
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name), 'utf8')
    assert.doesNotMatch(text, /unexpected signal (?:4|6|7|8|11)\b|exit signal (?:Segmentation|Aborted)|AddressSanitizer|runtime error: /, name)
    assert.doesNotMatch(text, /the sandbox refused system call \d+/, `${name}: what our programs need, they may do`)
    const at = text.search(clearToken)
    assert.equal(at, -1, `${name} holds a token: ${text.slice(at, at + 20)}`)
  }
}

/** Fails when something does not hold; a site whose database is away is not asked. */
export async function lookAtInvariants (site) {
  await lookAtLogs(site)
  try {
    await site.sql('SELECT 1')
  } catch {
    return
  }
  await lookAtDatabase(site)
}
