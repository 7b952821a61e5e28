// SPDX-License-Identifier: MIT
// invariants.mjs - what holds whatever a test did: looked at when its site ends.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { secretIn } from './known_secrets.mjs'
import { workersOf } from './workers.mjs'

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

// The password of the demo's person is shorter than what is looked for by its form.
const secretOf = (site, text) => secretIn(text, site.port, [site.password])

// A log in pieces of whole lines: an hour of use writes more than a string holds.
async function * piecesOf (path) {
  let rest = ''
  for await (const data of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 24 })) {
    const text = rest + data
    const end = text.lastIndexOf('\n') + 1
    yield text.slice(0, end)
    rest = text.slice(end)
  }
  yield rest
}

// No worker died of a fault of its own or was kept from its work, and no log
// holds a token or any other secret that went over the wire.
function lookAtLog (site, name, text) {
  assert.doesNotMatch(text, /unexpected signal (?:4|6|7|8|11)\b|exit signal (?:Segmentation|Aborted)|AddressSanitizer|runtime error: /, name)
  assert.doesNotMatch(text, /the sandbox refused system call \d+/, `${name}: what our programs need, they may do`)
  const at = text.search(clearToken)
  assert.equal(at, -1, `${name} holds a token: ${text.slice(at, at + 20)}`)
  const secret = secretOf(site, text)
  assert.ok(!secret, `${name} holds a secret: ${secret?.slice(0, 8)}...`)
}

async function lookAtLogs (site) {
  const folder = join(site.values.STATE, 'log')
  for (const name of await readdir(folder)) {
    for await (const text of piecesOf(join(folder, name))) lookAtLog(site, name, text)
  }
}

// Whoever steals a dump opens nothing with it.
async function lookAtDump (site) {
  const dump = spawn(join(site.values.PG_BIN, 'pg_dump'), ['-d', site.values.SUPERUSER_DATABASE_URL, '--data-only'],
    { stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = new Promise(resolve => dump.on('close', resolve))
  let table = ''
  for await (const line of createInterface({ input: dump.stdout })) {
    if (line.startsWith('COPY ')) table = line.split(' ')[1]
    const secret = secretOf(site, line)
    assert.ok(!secret, `${table} holds a secret: ${secret?.slice(0, 8)}...`)
  }
  assert.equal(await ended, 0, 'pg_dump')
}

// A worker that a hundred requests left with more than this has lost some.
const FDS_MAX = 24

// Nothing that was opened for a request is still open, and nobody left a core.
async function lookAtWorkers (site) {
  for (const { program, pid, fds } of await workersOf(site)) {
    assert.ok(fds.length <= FDS_MAX, `${program} (${pid}) holds ${fds.length} descriptors: ${fds.join(' ')}`)
  }
  const { STATE, FRONT } = site.values
  for (const folder of ['', FRONT, 'run', 'log', 'usr/libexec/mcp-oauth/cgi-bin', 'usr/libexec/mcp-oauth/guard']) {
    const cores = (await readdir(join(STATE, folder)).catch(() => [])).filter(name => /^core(?:\.|$)/.test(name))
    assert.deepEqual(cores, [], 'core files')
  }
}

/** Fails when something does not hold; a site whose database is away is not asked. */
export async function lookAtInvariants (site) {
  await lookAtLogs(site)
  await lookAtWorkers(site)
  try {
    await site.sql('SELECT 1')
  } catch {
    return
  }
  await lookAtDatabase(site)
  await lookAtDump(site)
}
