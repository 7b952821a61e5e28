// SPDX-License-Identifier: MIT
// floors.mjs - the least that each kind of work costs, behind the same web
// server and with the same database: programs of floors/, a file, pgbench.
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { send } from '../lib/http.mjs'
import { postgresql } from '../lib/database.mjs'
import { sendRequests } from './load.mjs'
import { processesOf } from './measure.mjs'

const run = promisify(execFile)
const built = join(process.env.BUILD ?? 'build', 'tests/bench/floors')

/** A folder with the programs, which the account of any site can reach. */
export async function floorsFolder () {
  const folder = await mkdtemp('/var/tmp/mcp-oauth-floors-')
  await chmod(folder, 0o755)
  for (const name of ['bin', 'static', 'run']) await mkdir(join(folder, name))
  await chmod(join(folder, 'run'), 0o777) // programs listen there as the account of the site
  for (const name of await readdir(built)) {
    if (!name.includes('.')) await copyFile(join(built, name), join(folder, 'bin', name))
  }
  return folder
}

const schema = `CREATE SCHEMA floor;
CREATE TABLE floor.client (client_id text PRIMARY KEY);
INSERT INTO floor.client VALUES ('client');
CREATE TABLE floor.session (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL DEFAULT gen_random_uuid(),
  client_identifier text NOT NULL DEFAULT 'client',
  refresh_token_hash text NOT NULL,
  previous_token_hash text,
  expires_at timestamptz NOT NULL DEFAULT now() + interval '90 days',
  created_at timestamptz DEFAULT now());
CREATE INDEX ON floor.session (refresh_token_hash);
CREATE INDEX ON floor.session (expires_at);
CREATE FUNCTION floor.rotate(p_client_id text, p_spent text, p_next text) RETURNS uuid
LANGUAGE plpgsql AS $body$
DECLARE
  v_user_id uuid;
BEGIN
  UPDATE floor.session s
     SET previous_token_hash = s.refresh_token_hash, refresh_token_hash = p_next,
         expires_at = now() + interval '90 days'
    FROM floor.client c
   WHERE s.refresh_token_hash = p_spent AND s.expires_at > now()
     AND c.client_id = s.client_identifier AND c.client_id = p_client_id
  RETURNING s.user_id INTO v_user_id;
  RETURN v_user_id;
END
$body$;
CREATE FUNCTION floor.look(p_client_id text, p_hash text) RETURNS uuid
LANGUAGE plpgsql STABLE AS $body$
DECLARE
  v_user_id uuid;
BEGIN
  SELECT s.user_id INTO v_user_id FROM floor.session s
    JOIN floor.client c ON c.client_id = s.client_identifier
   WHERE s.refresh_token_hash = p_hash AND s.expires_at > now() AND c.client_id = p_client_id;
  RETURN v_user_id;
END
$body$;
-- What pgbench rotates: n is how it knows a row without keeping its token.
CREATE TABLE floor.numbered (
  n integer PRIMARY KEY, refresh_token_hash text NOT NULL, generation integer NOT NULL DEFAULT 1,
  expires_at timestamptz NOT NULL DEFAULT now() + interval '90 days');
CREATE INDEX ON floor.numbered (refresh_token_hash);
CREATE INDEX ON floor.numbered (expires_at);
INSERT INTO floor.numbered (n, refresh_token_hash) SELECT n, md5(n::text) || md5(n::text) FROM generate_series(1, 1000) n;`

const pgbenchScript = `\\set n random(1, 1000)
UPDATE floor.numbered SET refresh_token_hash = md5(random()::text) || md5(random()::text), generation = generation + 1,
 expires_at = now() + interval '90 days' WHERE n = :n AND expires_at > now() RETURNING generation;
`

const startSessions = (site, tokens) => site.sql('INSERT INTO floor.session (refresh_token_hash) SELECT unnest($1::text[])',
  [tokens.map(token => createHash('sha256').update(token).digest('hex'))])

/** So many live tokens of the C refresh. */
export async function newTokens (site, n) {
  const tokens = Array.from({ length: n }, () => randomBytes(48).toString('base64url'))
  await startSessions(site, tokens)
  return tokens
}

// A run of pgbench with a log of each transaction, as the account that may connect.
async function pgbench (site, { connections, seconds }) {
  const folder = await mkdtemp('/var/tmp/mcp-oauth-pgbench-')
  try {
    await writeFile(join(folder, 'rotate.sql'), pgbenchScript)
    await chmod(folder, 0o777)
    const command = [join(site.values.PG_BIN, 'pgbench'), '-n', '-M', 'prepared', '-c', String(connections), '-j', '1',
      '-T', String(seconds), '-l', `--log-prefix=${folder}/log`, '-f', `${folder}/rotate.sql`, '-h', site.values.PG_SOCKET, '-U', 'mcp_owner', 'mcp_oauth']
    const as = process.getuid() === 0 ? ['runuser', '-u', site.values.RUN_AS, '--'] : []
    const [program, ...args] = [...as, ...command]
    const began = performance.now()
    await run(program, args, { maxBuffer: 1 << 20 })
    const passed = (performance.now() - began) / 1000
    const [log] = (await readdir(folder)).filter(name => name.startsWith('log'))
    const times = (await readFile(join(folder, log), 'utf8')).trim().split('\n').map(line => Number(line.split(' ')[2]) / 1000).sort((a, b) => a - b)
    const at = share => times[Math.floor(times.length * share)]
    return { requests: times.length, seconds: Math.min(passed, seconds), p50_ms: at(0.5), p99_ms: at(0.99), errors: {} }
  } finally {
    await rm(folder, { recursive: true })
  }
}

// Run a command as the account of the site.
const asAccount = (site, program, ...args) =>
  process.getuid() === 0 ? run('runuser', ['-u', site.values.RUN_AS, '--', program, ...args]) : run(program, args)

// The programs of a web server that starts none; they end with stopFloors().
async function startPrograms (site, folder, front) {
  for (const [name, listeners] of Object.entries(front.listeners?.(folder, site.port) ?? {})) {
    const processes = front.processes[name] / listeners.length
    for (const where of listeners) {
      const [host, port] = where.split(':')
      const at = port ? ['-a', host, '-p', port] : ['-s', where, '-M', '0600']
      await asAccount(site, 'spawn-fcgi', ...at, '-F', String(processes), '--', join(folder, 'bin', name))
    }
  }
}

/** End what runs from a folder of floors, and remove it. */
export async function stopFloors (folder) {
  for (const { pid } of await processesOf([join(folder, 'bin')])) process.kill(pid)
  await rm(folder, { recursive: true })
}

/**
 * Set up the floors of a site whose configuration serves the folder. access_token
 * is one of ours, for the authorizer. Resolves to {name: {workload: load}}; loads
 * are as in ours.mjs.
 */
export async function floorsOf (site, folder, front, accessToken) {
  const document = (await send(site.url('/.well-known/oauth-authorization-server'))).text
  const { keys } = (await send(site.url('/.well-known/jwks.json'))).json
  const { kid } = JSON.parse(Buffer.from(accessToken.split('.')[0], 'base64url'))
  await writeFile(join(folder, 'static/document'), document)
  await writeFile(join(folder, 'bin/document'), document)
  await writeFile(join(folder, 'bin/key'), keys.find(key => key.kid === kid).x)
  await writeFile(join(folder, 'bin/database'), site.values.DATABASE_URL)
  await postgresql(site, 'psql', 'mcp_oauth', { login: 'mcp_owner', input: schema })
  await newTokens(site, 1000)
  await startSessions(site, [accessToken])
  await startPrograms(site, folder, front)
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const get = (path, headers) => async options => () => sendRequests({ base: site.base, requests: [{ path, headers }] }, options)
  const bearer = { Authorization: `Bearer ${accessToken}` }
  const refresh = async options => {
    const values = await newTokens(site, options.connections + 1)
    return () => sendRequests({
      base: site.base,
      requests: [{
        method: 'POST',
        path: '/floor/refresh',
        headers: form,
        body: 'grant_type=refresh_token&client_id=client&refresh_token=',
        kind: 'chain',
        values
      }]
    }, options)
  }
  return {
    'static file': { metadata: get('/floor/document'), 'metadata as a file': get('/floor/document'), 'guard, remembered': get('/floor/document') },
    'FastCGI responder': { metadata: get('/floor/responder') },
    // One transaction and one signature: the same for the other grants.
    'C refresh': { refresh, 'code redemption': refresh, client_credentials: refresh },
    'C introspection': {
      introspection: async options => () => sendRequests({
        base: site.base,
        requests: [{ method: 'POST', path: '/floor/introspect', headers: form, body: `client_id=client&token=${accessToken}` }]
      }, options)
    },
    'bare UPDATE (pgbench)': { refresh: async options => () => pgbench(site, options) },
    'says yes': { 'guard, remembered': get('/floor/checker', bearer) },
    'verifies Ed25519': { 'guard, verified': get('/floor/authorizer', bearer) },
    ...front.listeners ? {} : { 'hello CGI with database': { 'plain CGI': get('/floor/cgi') } }
  }
}
