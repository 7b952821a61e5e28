// SPDX-License-Identifier: MIT
// A worker that is told to end: whoever comes to it then is served first.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { startFastcgi } from '../lib/fastcgi.mjs'

const program = join(process.env.BUILD, 'cgi-bin/jwks')
const socket = `/var/tmp/mcp-oauth-${randomBytes(6).toString('hex')}.sock`

let worker
beforeEach(async () => {
  await rm(socket, { force: true })
  worker = await startFastcgi(program, socket, { env: { MCP_OAUTH_CONFIG: '/nowhere' } })
})
after(() => rm(socket, { force: true }))

const ask = () => worker.ask({ REQUEST_URI: '/.well-known/jwks.json' })

test('who comes after SIGTERM, while the worker was busy lately, is answered', { timeout: 20000 }, async () => {
  assert.match(await ask(), /^Status: 503/)
  worker.terminate()
  assert.match(await ask(), /^Status: 503/)
  assert.equal(await worker.ended, 0)
})

test('a worker that nobody asks any more ends, told once or twice', { timeout: 20000 }, async () => {
  assert.match(await ask(), /^Status: 503/)
  worker.terminate()
  worker.terminate()
  assert.equal(await worker.ended, 0)
  await assert.rejects(ask(), { code: 'ECONNREFUSED' })
})

test('SIGTERM is not put off by requests that never cease', { timeout: 20000 }, async () => {
  const gone = error => { if (!/ECONNREFUSED|ECONNRESET|EPIPE/.test(error.code)) throw error }
  let served = 0
  assert.match(await ask(), /^Status: 503/)
  worker.terminate()
  for (let answer; (answer = await ask().catch(gone));) {
    assert.match(answer, /^Status: 503/)
    served++
  }
  assert.ok(served > 0)
  assert.equal(await worker.ended, 0)
})
