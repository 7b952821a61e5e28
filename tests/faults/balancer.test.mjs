// SPDX-License-Identifier: MIT
// HAProxy with the lines of docs/several-machines.md before two web hosts.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { connect, refreshing, rpc, token, until } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { changeSettings, freePort, startSite } from '../lib/site.mjs'
import { balanced, startSecondHost } from '../lib/web_hosts.mjs'

const page = await readFile(new URL('../../docs/several-machines.md', import.meta.url), 'utf8')
const [, lines] = /^```haproxy\n([^]*?)^```$/m.exec(page)

let first, second, folder, haproxy, session
let site // as clients see it
before(async () => {
  first = await startSite()
  second = await startSecondHost(first)
  session = await connect(balanced(first, second))
  const port = await freePort()
  const http = `http://127.0.0.1:${port}`
  site = { url: path => http + path, mcp: http + new URL(first.mcp).pathname }
  folder = await mkdtemp('/var/tmp/mcp-oauth-haproxy-')
  await writeFile(join(folder, 'haproxy.cfg'), `global\n  stats socket ${folder}/stats\n` + lines
    .replace(/bind .*/, `bind 127.0.0.1:${port}`)
    .replaceAll('web1.example.com:80', `127.0.0.1:${first.port}`)
    .replaceAll('web2.example.com:80', `127.0.0.1:${second.port}`))
  haproxy = spawn('/usr/sbin/haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], { stdio: ['ignore', 'inherit', 'inherit'] })
  await until(() => send(site.url('/api/oauth/health')).then(({ status }) => status === 200, () => false))
})
after(async () => {
  if (haproxy?.exitCode === null) {
    haproxy.kill()
    await once(haproxy, 'exit')
  }
  if (folder) await rm(folder, { recursive: true })
  await second?.stop()
  await first?.stop()
})

async function refresh () {
  const answer = await token(site, refreshing(session.client, session.tokens))
  if (answer.status === 200) session.tokens = answer.json
  return answer
}
const statuses = async (n, ask) => {
  const found = new Set()
  for (let i = 0; i < n; i++) found.add((await ask()).status)
  return [...found].join()
}
const call = () => rpc(site.mcp, session.tokens.access_token, 'ping')
const served = async site => (await readFile(site.values.ACCESS_LOG, 'utf8')).split('\n').filter(line => /"POST/.test(line)).length

// How many hosts of a backend HAProxy thinks well of.
async function up (backend) {
  const socket = createConnection(join(folder, 'stats'))
  socket.end('show stat\n')
  let text = ''
  for await (const part of socket) text += part
  return text.split('\n').map(line => line.split(',')).filter(([name, host, ...rest]) =>
    name === backend && /^web/.test(host) && /^UP/.test(rest[15])).length
}

test('both hosts serve, and one person at both', async () => {
  assert.equal(await statuses(10, refresh), '200')
  assert.equal(await statuses(10, call), '200')
  for (const host of [first, second]) assert.ok(await served(host) > 0)
})

test('a host that does not reach the database is left out', async () => {
  const [line] = /^DATABASE_URL=.*/m.exec(await readFile(second.values.MCP_OAUTH_CONFIG, 'utf8'))
  await changeSettings(second.values.MCP_OAUTH_CONFIG, ['DATABASE_URL=postgresql://mcp_web@/mcp_oauth?host=/nowhere'])
  await until(async () => await up('ready') === 1, 30)
  const before = await served(second)
  assert.equal(await statuses(8, refresh), '200')
  assert.equal(await served(second), before)
  await changeSettings(second.values.MCP_OAUTH_CONFIG, [line])
  await until(async () => await up('ready') === 2, 30)
  assert.equal(await statuses(8, refresh), '200')
  assert.ok(await served(second) > before)
})

test('without a database both say so, and guarded calls go on', async () => {
  await first.control('database', 'stop')
  for (let noticed = false; ;) {
    const answer = await refresh()
    assert.equal(answer.status, 503)
    assert.equal(answer.json.error, 'temporarily_unavailable')
    assert.ok(Number(answer.headers['retry-after']) > 0)
    assert.equal((await call()).status, 200)
    // Once more when the balancer knows that neither is ready.
    if (noticed) break
    noticed = await up('ready') === 0
  }
  assert.equal(await up('live'), 2)
  await first.control('database', 'start')
  await until(async () => await up('ready') === 2, 30)
  assert.equal(await statuses(4, refresh), '200')
})

test('a host that is gone is missed by nobody', async () => {
  await second.control('web', 'stop')
  assert.equal(await statuses(20, refresh), '200')
  assert.equal(await statuses(20, call), '200')
})
