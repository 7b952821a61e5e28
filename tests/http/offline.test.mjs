// SPDX-License-Identifier: MIT
// The guard while the database is away.
import assert from 'node:assert/strict'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect, rpc } from '../lib/flow.mjs'
import { startSite } from '../lib/site.mjs'

const ping = (site, tokens) => rpc(site.mcp, tokens.access_token, 'ping', {})

async function until (status, site, tokens) {
  let answer
  for (let i = 0; i < 100; i++) {
    answer = await ping(site, tokens)
    if (answer.status === status) return answer
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  assert.fail(`${answer.status} ${answer.text}`)
}

test('it serves for a while, then it is unavailable, then it recovers', async () => {
  const site = await startSite({ guardConf: 'GUARD_OFFLINE_MAX=5' })
  try {
    const { tokens } = await connect(site)
    const ended = await connect(site)
    await site.sql('DELETE FROM public.mcp_server_sessions WHERE client_identifier = $1', [ended.client.client_id])
    await until(401, site, ended.tokens)
    await site.control('database', 'stop')
    assert.equal((await ping(site, tokens)).status, 200)
    const away = await until(503, site, tokens)
    assert.ok(Number(away.headers['retry-after']) > 0)
    assert.equal(away.json.error, 'temporarily_unavailable')
    assert.equal((await rpc(site.mcp, 'garbage', 'ping', {})).status, 401)
    await site.control('database', 'start')
    await until(200, site, tokens)
    assert.equal((await ping(site, ended.tokens)).status, 401)
  } finally {
    await site.stop()
  }
})

test('strict, it is unavailable at once', async () => {
  const site = await startSite({ guardConf: 'GUARD_OFFLINE=deny' })
  try {
    const { tokens } = await connect(site)
    assert.equal((await ping(site, tokens)).status, 200)
    await site.control('database', 'stop')
    await until(503, site, tokens)
    await site.control('database', 'start')
    await until(200, site, tokens)
  } finally {
    await site.stop()
  }
})

test('a guard that never heard of revocations lets nobody in', async () => {
  const site = await startSite()
  try {
    const { tokens } = await connect(site)
    await site.control('web', 'stop')
    await site.control('database', 'stop')
    const folder = join(site.values.STATE, 'run')
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true })
    await site.control('web', 'start')
    assert.equal((await ping(site, tokens)).status, 503)
    await site.control('database', 'start')
    await until(200, site, tokens)
  } finally {
    await site.stop()
  }
})
