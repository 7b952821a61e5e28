// SPDX-License-Identifier: MIT
// pool.conf: workers that are few, that die, that are replaced, that are gone.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { connect, rpc, until } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { startLoad } from '../lib/load.mjs'
import { freePort, startSite } from '../lib/site.mjs'
import { workersOf } from '../lib/workers.mjs'

const workers = 4 // of each program, see demo/site/front/pool.sh
let site, backend, session
const bearer = () => ({ Authorization: `Bearer ${session.tokens.access_token}` })

before(async () => {
  const port = await freePort()
  backend = createServer((request, response) => {
    response.writeHead(Number(request.url.slice(1)), { 'Content-Type': 'text/plain' }).end('theirs')
  }).listen(port, '127.0.0.1')
  site = await startSite({
    front: 'pool',
    conf: 'MCP_RESOURCES=/mcp /plain\nLOGIN_LIMIT_REMOTE=10000',
    guardConf: 'MCP_RESOURCES=/mcp /plain',
    serve: { '/plain': `http://127.0.0.1:${port}` }
  })
  session = await connect(site, { params: { resource: site.url('/plain') } })
})
after(async () => {
  await site?.stop()
  backend?.close()
})

// Process ids of a program of this site.
const pidsOf = async wanted => (await workersOf(site)).filter(({ program }) => program === wanted).map(({ pid }) => pid)

const killAll = async (program, signal) => {
  for (const pid of await pidsOf(program)) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if (error.code !== 'ESRCH') throw error // it has just ended
    }
  }
}

test('more requests than workers wait for one, and none opens more connections', async () => {
  const answers = await Promise.all(Array.from({ length: 64 }, () => send(site.url('/api/oauth/health/ready'))))
  assert.ok(answers.every(({ status }) => status === 200))
  assert.equal((await pidsOf('health')).length, workers)
  const [{ n }] = await site.sql("SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = 'mcp_web'")
  const programs = (await readdir(join(site.values.STATE, 'usr/libexec/mcp-oauth/cgi-bin'))).length
  assert.ok(n <= workers * programs, `${n} connections`)
})

test('workers that were killed come back', { timeout: 60000 }, async () => {
  for (const [program, path] of [['jwks', '/.well-known/jwks.json'], ['guard', '/plain/200']]) {
    // Oftener than multiwatch would try again by default.
    for (let i = 0; i < 5; i++) {
      const before = await pidsOf(program)
      assert.equal(before.length, workers)
      await killAll(program, 'SIGKILL')
      await until(async () => {
        const now = await pidsOf(program)
        return now.length === workers && now.every(pid => !before.includes(pid))
      })
    }
    assert.equal((await send(site.url(path), { headers: bearer() })).status, 200)
  }
})

test('workers are replaced under load, and no request is lost', { timeout: 120000 }, async () => {
  const load = await startLoad(site)
  for (let i = 0; i < 30; i++) {
    await load.more(5)
    for (const program of ['token', 'guard', 'whoami']) await killAll(program, 'SIGTERM')
    if (i % 10 === 9) await site.control('web', 'reload')
  }
  await load.more(5)
  await load.stop()
  assert.deepEqual(Object.keys(load.answers), ['200'], JSON.stringify(load.answers))
})

test('what an MCP server answers stays as it is, its errors too', async () => {
  for (const status of [200, 401, 403, 404, 500, 503]) {
    const answer = await send(site.url(`/plain/${status}`), { headers: bearer() })
    assert.equal(answer.status, status)
    assert.equal(answer.headers['content-type'], 'text/plain')
    assert.equal(answer.text, 'theirs')
  }
})

test('no workers: JSON 503 at an endpoint and where the guard was', { timeout: 60000 }, async () => {
  for (const name of ['token', 'guard']) {
    process.kill(Number(await readFile(join(site.values.STATE, `pool/run/${name}.pid`), 'utf8')))
  }
  await until(async () => (await pidsOf('token')).length + (await pidsOf('guard')).length === 0)
  const answer = await send(site.url('/api/oauth/token'), { method: 'POST' })
  assert.equal(answer.status, 503)
  assert.equal(answer.headers['content-type'], 'application/json')
  assert.equal(answer.json.error, 'temporarily_unavailable')
  assert.ok(Number(answer.headers['retry-after']) > 0)
  for (const headers of [{}, bearer()]) {
    const answer = await send(site.url('/plain/200'), { headers })
    assert.equal(answer.status, 503, answer.text)
    assert.equal(answer.headers['content-type'], 'application/json')
    assert.equal(answer.json.error, 'temporarily_unavailable')
    assert.ok(Number(answer.headers['retry-after']) > 0)
  }
  // That answer is there for nobody who asks for it.
  assert.equal((await send(site.url('/api/oauth/unavailable'))).status, 404)
  await site.control('web', 'stop')
  await site.control('web', 'start')
  assert.equal((await send(site.url('/plain/200'), { headers: bearer() })).status, 200)
  assert.equal((await rpc(site.mcp, undefined, 'ping')).status, 401)
})
