// SPDX-License-Identifier: MIT
// Health and metrics: what they say, to whom, and with the database away.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { runCgi } from '../lib/cgi.mjs'
import { connect, refreshing, rpc, token } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { parseLog } from '../lib/log.mjs'
import { front, startSite } from '../lib/site.mjs'

let site
before(async () => { site = await startSite({ conf: 'METRICS_FROM=127.0.0.1 192.0.2.0/24' }) })
after(() => site?.stop())

const path = '/api/oauth/metrics'

// OpenMetrics, as strictly as we write it: {families, samples}.
function parse (text) {
  const lines = text.split('\n')
  assert.deepEqual(lines.splice(-2), ['# EOF', ''])
  const families = new Map()
  const samples = new Map()
  let family
  for (const line of lines) {
    let m
    if ((m = /^# TYPE (mcp_oauth_[a-z_]+) (gauge|counter|info)$/.exec(line))) {
      assert.ok(!families.has(m[1]), line)
      family = { name: m[1], type: m[2] }
      families.set(m[1], family)
    } else if ((m = /^# HELP (mcp_oauth_[a-z_]+) .+$/.exec(line))) {
      assert.equal(m[1], family.name)
    } else {
      m = /^(mcp_oauth_[a-z_]+)(\{(?:[a-z]+="[^"\\]*",?)+\})? (\d+(?:\.\d+)?)$/.exec(line)
      assert.ok(m, line)
      const suffix = { gauge: '', counter: '_total', info: '_info' }[family.type]
      assert.equal(m[1], family.name + suffix)
      assert.ok(!samples.has(m[1] + (m[2] ?? '')), line)
      samples.set(m[1] + (m[2] ?? ''), Number(m[3]))
    }
  }
  return { families, samples }
}

async function metrics () {
  const answer = await send(site.url(path))
  assert.equal(answer.status, 200, answer.text)
  return parse(answer.text).samples
}
const requests = (program, event, status) =>
  `mcp_oauth_requests_total{program="${program}",event="${event}",status="${status}"}`

test('OpenMetrics text, with what the database knows', async () => {
  await connect(site)
  const answer = await send(site.url(path))
  assert.equal(answer.headers['content-type'], 'application/openmetrics-text; version=1.0.0; charset=utf-8')
  assert.equal(answer.headers['cache-control'], 'no-store')
  const { families, samples } = parse(answer.text)
  assert.equal(families.get('mcp_oauth_requests').type, 'counter')
  const [expected] = await site.sql(`SELECT (SELECT count(*)::int FROM public.mcp_server_sessions) AS sessions,
    (SELECT count(*)::int FROM public.users) AS users, (SELECT count(*)::int FROM oauth.client) AS clients,
    (SELECT max(number) FROM oauth.migration) AS migration, current_setting('max_connections')::int AS database_connections_max`)
  for (const [name, value] of Object.entries(expected)) assert.equal(samples.get('mcp_oauth_' + name), value, name)
  assert.equal(samples.get('mcp_oauth_database_up'), 1)
  assert.equal(samples.get('mcp_oauth_purge_overdue_seconds'), 0)
  assert.ok(samples.get('mcp_oauth_database_connections') >= 1)
})

test('an expired session that nobody purges shows', async () => {
  const { client } = await connect(site)
  await site.sql("UPDATE public.mcp_server_sessions SET expires_at = now() - interval '1 hour' WHERE client_identifier = $1", [client.client_id])
  assert.ok((await metrics()).get('mcp_oauth_purge_overdue_seconds') >= 3600)
  await site.sql('SELECT oauth.purge()')
  assert.equal((await metrics()).get('mcp_oauth_purge_overdue_seconds'), 0)
})

test('requests are counted once each, whichever process answers', async () => {
  const { client, tokens } = await connect(site)
  const before = await metrics()
  const grown = (after, key) => (after.get(key) ?? 0) - (before.get(key) ?? 0)
  let current = tokens
  for (let i = 0; i < 3; i++) current = (await token(site, refreshing(client, current))).json
  await Promise.all(Array.from({ length: 24 }, () => token(site, { grant_type: 'refresh_token', refresh_token: 'x', client_id: client.client_id })))
  await Promise.all(Array.from({ length: 24 }, () => rpc(site.mcp, current.access_token, 'ping', {})))
  await Promise.all(Array.from({ length: 12 }, () => send(site.mcp)))
  const after = await metrics()
  assert.equal(grown(after, requests('token', 'token issued', 200)), 3)
  assert.equal(grown(after, requests('token', 'refused', 400)), 24)
  assert.equal(grown(after, requests('guard', 'allowed', 200)), 24)
  assert.equal(grown(after, requests('guard', 'refused', 401)), 12)
  assert.equal(grown(after, requests('metrics', 'done', 200)), 1)
  const seconds = requests('guard', 'allowed', 200).replace('requests', 'request_seconds')
  assert.ok(after.get(seconds) > before.get(seconds) || !before.has(seconds))
})

test('every count is a line of the log', async () => {
  const samples = await metrics()
  const lines = parseLog(await site.log()).filter(l => l.fields.status && l.program !== 'whoami')
  const counts = new Map()
  for (const l of lines) {
    const key = requests(l.program, l.event, l.fields.status)
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  // The answer that holds the counts is not among them yet.
  const own = requests('metrics', 'done', 200)
  counts.set(own, counts.get(own) - 1)
  for (const [key, value] of samples) if (key.startsWith('mcp_oauth_requests_total')) assert.equal(value, counts.get(key), key)
})

test('nothing that a client says becomes a label', async () => {
  const word = 'x",status="9'
  await send(site.url('/api/oauth/authorize?' + new URLSearchParams({ client_id: word, scope: word })), { headers: { 'User-Agent': word } })
  await send(site.url(`/api/oauth/metrics/${encodeURIComponent(word)}`))
  await token(site, { grant_type: word, client_id: word })
  const { text } = await send(site.url(path))
  assert.ok(!text.includes('status="9"'))
  parse(text)
})

test('strangers hear that there is nothing, and so does who comes through a proxy', async () => {
  const ask = (remote, headers = {}) => runCgi(site, 'metrics', { path, headers: { REMOTE_ADDR: remote, ...headers } })
  assert.equal((await ask('192.0.2.77')).status, 200)
  for (const remote of ['198.51.100.7', '::1', '::ffff:127.0.0.1', '', '127.0.0.1, 198.51.100.7']) {
    const answer = await ask(remote)
    assert.equal(answer.status, 404, remote)
    assert.equal(answer.headers['content-type'], 'application/json')
    assert.ok(!answer.text.includes('mcp_oauth'))
  }
  for (const name of ['X-Forwarded-For', 'X-Real-IP', 'Forwarded', 'Via', 'X-Forwarded-Proto', 'X-Forwarded-Host']) {
    for (const value of front.emptyHeaders ? ['127.0.0.1', ''] : ['127.0.0.1']) {
      assert.equal((await send(site.url(path), { headers: { [name]: value } })).status, 404, `${name}: ${value}`)
    }
  }
  assert.equal((await send(site.url(path), { method: 'POST' })).status, 405)
  assert.equal((await send(site.url(path + '/x'))).status, 404)
})

test('the web login may ask for the figures, the guard\'s may not', async () => {
  assert.equal((await site.sql('SELECT * FROM oauth.metrics()', [], site.values.WEB_DATABASE_URL)).length, 1)
  await assert.rejects(site.sql('SELECT * FROM oauth.metrics()', [], site.values.GUARD_DATABASE_URL), { code: '42501' })
})

test('with the database away: alive, not ready, and the metrics say so', async () => {
  const health = name => send(site.url('/api/oauth/health' + name))
  for (const name of ['', '/ready', '/live']) {
    const answer = await health(name)
    assert.equal(answer.status, 200)
    assert.equal(answer.json.status, 'ok')
  }
  assert.equal((await health('/other')).status, 404)
  await site.control('database', 'stop')
  try {
    assert.equal((await health('/live')).status, 200)
    for (const name of ['', '/ready']) {
      const answer = await health(name)
      assert.equal(answer.status, 503)
      assert.equal(answer.json.error, 'temporarily_unavailable')
    }
    const samples = await metrics()
    assert.equal(samples.get('mcp_oauth_database_up'), 0)
    assert.ok(!samples.has('mcp_oauth_sessions'))
    assert.ok(samples.get(requests('health', 'refused', 503)) >= 2)
  } finally {
    await site.control('database', 'start')
  }
  const samples = await metrics()
  assert.equal(samples.get('mcp_oauth_database_up'), 1)
})

test('METRICS_FROM=none is for nobody', async () => {
  const other = await startSite({ conf: 'METRICS_FROM=none', plain: true })
  try {
    assert.equal((await send(other.url(path))).status, 404)
  } finally {
    await other.stop()
  }
})
