// SPDX-License-Identifier: MIT
// The database is killed, stopped, slow, mute, read-only, full, without a free
// connection or locked, and the disk of the logs full, while clients go on.
// As long as it lasts they hear 503 temporarily_unavailable and when to come
// again, never that a credential is bad; guarded calls and metadata go on. Then
// everything is as before, without a restart: no session is lost, and no code
// or revocation counts twice.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, afterEach, describe, test } from 'node:test'
import { promisify } from 'node:util'
import pg from 'pg'
import { startDatabaseProxy } from '../lib/database_proxy.mjs'
import { connect, refreshing, register, rpc, token, until } from '../lib/flow.mjs'
import { postJson, send } from '../lib/http.mjs'
import { front, startSite } from '../lib/site.mjs'
import { startTraffic } from '../lib/traffic.mjs'

const run = promisify(execFile)
// How long what ends by itself nowhere lasts: longer than a request waits.
const SECONDS = Number(process.env.OUTAGE_SECONDS ?? 10)
const pause = seconds => new Promise(resolve => setTimeout(resolve, seconds * 1000))

let site, dir, traffic
before(async () => {
  dir = await mkdtemp('/var/tmp/mcp-oauth-outages-')
  await chmod(dir, 0o755)
  await run('gcc', ['-shared', '-fPIC', '-O1', '-o', join(dir, 'full_disk.so'), new URL('../lib/full_disk.c', import.meta.url).pathname])
  // A log elsewhere, and another program in the place of the one that fetches:
  // the sandbox would not let these accidents happen.
  site = await startSite({ conf: 'LOGIN_LIMIT_REMOTE=100000\nREGISTRATION_LIMIT=100000\nSANDBOX=off', guardConf: 'SANDBOX=off' })
})
after(async () => {
  await site?.stop()
  if (dir) await rm(dir, { recursive: true })
})
beforeEach(async () => { traffic = await startTraffic(site) })
afterEach(async t => {
  await traffic.stop()
  assert.deepEqual(traffic.wrong, [])
})

// Break, wait until clients felt it, mend, and wait until they feel nothing more.
async function outage (t, fault, { seconds = SECONDS, felt = true } = {}) {
  await traffic.calm()
  const before = traffic.faults
  const mend = await fault()
  try {
    await pause(seconds)
    if (felt) await until(() => traffic.faults > before, 20)
  } finally {
    await mend()
  }
  const mended = performance.now()
  await traffic.calm()
  t.diagnostic(`${traffic.rounds} rounds, ${traffic.faults - before} faults, the longest answer took ${Math.round(traffic.longest_ms)} ms, ` +
    `calm after ${Math.round(performance.now() - mended)} ms`)
  // A request ends within ten seconds; more than twice that is a hang.
  assert.ok(traffic.longest_ms < 20000, `${traffic.longest_ms} ms`)
}

// The processes of the cluster, its postmaster first.
async function cluster () {
  const [first] = (await readFile(join(site.values.PG_DATA, 'postmaster.pid'), 'utf8')).split('\n')
  const pids = [Number(first)]
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    if (stat.slice(stat.lastIndexOf(')')).split(' ')[2] === first) pids.push(Number(pid))
  }
  return pids
}

const signal = (pids, name) => pids.forEach(pid => { try { process.kill(pid, name) } catch {} })

test('the database is killed', async t => {
  await outage(t, async () => {
    await site.control('database', 'kill')
    return () => site.control('database', 'start')
  })
})

test('the database is stopped: it takes connections and answers nothing', async t => {
  await outage(t, async () => {
    const pids = await cluster()
    signal(pids, 'SIGSTOP')
    return async () => signal(pids, 'SIGCONT')
  }, { seconds: SECONDS + 5 })
})

describe('between the programs and the database', () => {
  let proxy
  beforeEach(async () => { proxy = await startDatabaseProxy(site) })
  afterEach(() => proxy.stop())

  test('answers do not come, though the statements were done', async t => {
    await outage(t, async () => {
      proxy.mode = 'mute'
      return async () => { proxy.mode = 'pass' }
    }, { seconds: SECONDS + 5 })
    assert.ok(proxy.withheld > 0)
  })

  test('connections end in place of an answer', async t => {
    await outage(t, async () => {
      proxy.mode = 'cut'
      return async () => { proxy.mode = 'pass' }
    }, { seconds: 3 })
    assert.ok(proxy.withheld > 0)
  })
})

test('statements take three seconds each', async t => {
  await outage(t, async () => slow(3), { felt: false })
})

test('statements take longer than a request may', async t => {
  await outage(t, async () => slow(30), { seconds: SECONDS + 5 })
})

// Whatever changes a session sleeps first; resolves to what ends that.
async function slow (seconds) {
  await site.sql(`CREATE FUNCTION public.slow() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_catalog.pg_sleep(${seconds}); RETURN coalesce(NEW, OLD); END $$`)
  await site.sql('CREATE TRIGGER slow BEFORE INSERT OR UPDATE OR DELETE ON public.mcp_server_sessions FOR EACH ROW EXECUTE FUNCTION public.slow()')
  return () => site.sql('DROP FUNCTION public.slow() CASCADE')
}

// A connection of the superuser that outlasts the fault.
async function superuser () {
  const client = new pg.Client({ host: site.values.PG_SOCKET, user: 'postgres', database: 'mcp_oauth' })
  client.on('error', () => {})
  await client.connect()
  return client
}

test('the database turns read-only', async t => {
  const client = await superuser()
  await outage(t, async () => {
    await client.query('ALTER SYSTEM SET default_transaction_read_only = on')
    await client.query('SELECT pg_reload_conf()')
    return async () => {
      await client.query('SET default_transaction_read_only = off')
      await client.query('ALTER SYSTEM RESET default_transaction_read_only')
      await client.query('SELECT pg_reload_conf()')
      await client.end()
    }
  }, { seconds: 3 })
})

test('no connection is left', async t => {
  await outage(t, async () => {
    const taken = []
    const take = async () => taken.push(await superuser())
    // Two from the beginning: with the last free one nobody could end the others.
    await take()
    const end = () => taken[0].query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mcp_web'")
    for (let full = 0; full < 2;) {
      full += await take().then(() => 0, error => error.code === '53300' ? 1 : assert.fail(error))
      await end()
    }
    return () => Promise.all(taken.map(client => client.end()))
  }, { seconds: 3 })
  const [{ n }] = await site.sql("SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = 'mcp_web'")
  assert.ok(n <= 40, `${n} connections`)
})

test('somebody holds the sessions locked', async t => {
  await outage(t, async () => {
    const client = await superuser()
    await client.query('BEGIN; LOCK TABLE public.mcp_server_sessions')
    return async () => {
      await client.query('ROLLBACK')
      await client.end()
    }
  })
})

test('the disk of the database is full: no row is half there, what only reads goes on', async t => {
  const when = join(dir, 'full')
  await traffic.stop()
  await site.control('database', 'stop')
  Object.assign(site.environment, { LD_PRELOAD: join(dir, 'full_disk.so'), FULL_DISK_WHEN: when, FULL_DISK_AT: `${site.values.PG_DATA}/base/` })
  await site.control('database', 'start')
  for (const name of ['LD_PRELOAD', 'FULL_DISK_WHEN', 'FULL_DISK_AT']) delete site.environment[name]
  traffic = await startTraffic(site)
  const { client, tokens } = await connect(site)
  const fill = () => postJson(site.url('/api/oauth/register'), {
    client_name: 'Fills', token_endpoint_auth_method: 'none', redirect_uris: Array.from({ length: 5 }, (_, i) => `https://app.example/${i}/${'x'.repeat(300)}`)
  })
  await outage(t, async () => {
    await writeFile(when, '')
    let answer
    await until(async () => (answer = await fill()).status !== 201, 60)
    assert.deepEqual([answer.status, answer.json.error], [503, 'temporarily_unavailable'])
    assert.ok(Number(answer.headers['retry-after']) > 0)
    assert.equal((await rpc(site.mcp, tokens.access_token, 'tools/call', { name: 'whoami' })).status, 200)
    return () => rm(when)
  }, { seconds: 3, felt: false })
  assert.equal((await fill()).status, 201)
  assert.equal((await token(site, refreshing(client, tokens))).status, 200)
  const [{ broken }] = await site.sql(`SELECT count(*)::int AS broken FROM oauth.client WHERE client_id IS NULL OR redirect_uris = '{}'`)
  assert.equal(broken, 0)
})

test('the disk of the logs is full', async t => {
  const settings = [site.values.MCP_OAUTH_CONFIG, site.values.GUARD_CONFIG]
  const texts = await Promise.all(settings.map(path => readFile(path, 'utf8')))
  const write = change => Promise.all(settings.map((path, i) => writeFile(path, change(texts[i]))))
  // Programs write to the folder of the log that they began with.
  const restart = async () => {
    await site.control('web', 'stop')
    await site.control('web', 'start')
  }
  await traffic.stop()
  await write(text => text.replace(/^LOG_TO=.*$/m, 'LOG_TO=/dev/full'))
  await restart()
  const before = (await site.log()).length
  traffic = await startTraffic(site)
  await outage(t, async () => () => {}, { seconds: 3, felt: false })
  assert.equal(traffic.faults, 0)
  // What the file does not take goes to the web server's own log, if it keeps one for programs.
  if (front.stderr) assert.match((await site.log()).slice(before), /token: info: token issued/)
  await write(text => text)
  await register(site)
  await until(async () => (await site.log()).slice(before).includes('register: '))
})

test('metadata and keys need no database', async () => {
  await site.control('database', 'kill')
  try {
    for (const path of ['/.well-known/oauth-authorization-server', '/.well-known/oauth-protected-resource/mcp', '/.well-known/jwks.json']) {
      assert.equal((await send(site.url(path))).status, 200, path)
    }
  } finally {
    await site.control('database', 'start')
  }
  await traffic.calm()
})
