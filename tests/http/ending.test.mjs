// SPDX-License-Identifier: MIT
// A worker that is told to end: whoever comes to it then is served first.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, afterEach, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connection, output, requestOf, startFastcgi } from '../lib/fastcgi.mjs'
import { freePort } from '../lib/site.mjs'

const program = join(process.env.BUILD, 'cgi-bin/jwks')
const path = `/var/tmp/mcp-oauth-${randomBytes(6).toString('hex')}.sock`
const options = { env: { MCP_OAUTH_CONFIG: '/nowhere' } }

let worker
beforeEach(async () => {
  await rm(path, { force: true })
  worker = await startFastcgi(program, path, options)
})
afterEach(() => worker.stop())
after(() => rm(path, { force: true }))

const variables = { REQUEST_URI: '/.well-known/jwks.json' }
const ask = () => worker.ask(variables)
// What is refused or cut where a worker has ended; the answer then is undefined.
const gone = error => { if (!/ECONNREFUSED|ECONNRESET|EPIPE/.test(error.code)) throw error }

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

test('SIGUSR1 says the same', { timeout: 20000 }, async () => {
  assert.match(await ask(), /^Status: 503/)
  worker.terminate('SIGUSR1')
  assert.match(await ask(), /^Status: 503/)
  assert.equal(await worker.ended, 0)
})

test('SIGTERM is not put off by requests that never cease', { timeout: 20000 }, async () => {
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

test('a worker that stood still with its host still waits for those who did as well', { timeout: 20000 }, async () => {
  assert.match(await ask(), /^Status: 503/)
  worker.terminate()
  await sleep(50) // it has heard of it, and waits
  worker.terminate('SIGSTOP')
  await sleep(1500) // more than it waits for
  worker.terminate('SIGCONT')
  await sleep(100)
  assert.match(await ask(), /^Status: 503/)
  assert.equal(await worker.ended, 0)
})

test('SIGTERM at any step of a request leaves its answer whole', { timeout: 20000 }, async () => {
  const request = requestOf(variables)
  for (const step of [0, 1, 8, 16, 30, 60, request.length - 1]) {
    assert.match(await ask(), /^Status: 503/) // it has started
    const socket = connection(path)
    const closed = once(socket, 'close')
    const parts = []
    socket.on('data', data => parts.push(data))
    socket.on('error', () => {}) // it is answered before all of it is read
    socket.write(request.subarray(0, step))
    await sleep(20) // it is accepted by now, and waits for the rest
    worker.terminate()
    await sleep(20)
    socket.write(request.subarray(step))
    await closed
    assert.match(output(Buffer.concat(parts)), /^Status: 503/, `SIGTERM after byte ${step}`)
    assert.equal(await worker.ended, 0)
    await rm(path, { force: true })
    worker = await startFastcgi(program, path, options)
  }
})

test('a connection that the web server keeps serves again, and holds up no end', { timeout: 20000 }, async () => {
  const socket = connection(path)
  for (let i = 0; i < 3; i++) {
    socket.write(requestOf(variables, { keep: true }))
    let answer = ''
    while (!answer.endsWith('}')) answer += output((await once(socket, 'data'))[0])
    assert.match(answer, /^Status: 503/)
  }
  worker.terminate()
  assert.equal(await worker.ended, 0)
  socket.destroy()
})

test('who connects and says nothing keeps nobody out for long', { timeout: 20000 }, async () => {
  const socket = connection(path)
  await once(socket, 'connect')
  assert.match(await ask(), /^Status: 503/) // there is one worker
  const more = connection(path)
  await once(more, 'connect')
  worker.terminate()
  assert.equal(await worker.ended, 0)
  socket.destroy()
  more.destroy()
})

// As a web server that has more to do than to close a connection at once.
const halfOpen = () => connect({ path, allowHalfOpen: true })

async function answerOn (socket) {
  let answer = ''
  for await (const data of socket.iterator({ destroyOnReturn: false })) answer += output(data)
  return answer
}

const write = (socket, data) => new Promise((resolve, reject) => {
  socket.on('error', reject)
  socket.write(data, error => error ? reject(error) : resolve())
})

test('who is slow to close a connection after its answer keeps nobody waiting', { timeout: 20000 }, async () => {
  const slow = halfOpen()
  slow.write(requestOf(variables))
  assert.match(await answerOn(slow), /^Status: 503/)
  assert.match(await ask(), /^Status: 503/)
  // The worker has not closed it before that: it is there to be written to.
  await write(slow, 'x')
  slow.destroy()
  assert.match(await ask(), /^Status: 503/)
  worker.terminate()
  assert.equal(await worker.ended, 0)
})

test('who was answered last before the worker ends may still finish its request', { timeout: 30000 }, async () => {
  let served = 0
  assert.match(await ask(), /^Status: 503/)
  worker.terminate()
  for (;;) {
    const slow = halfOpen()
    slow.on('error', () => {}) // nobody took it any more
    slow.write(requestOf(variables).subarray(0, -8)) // but for the body's end
    const answer = await answerOn(slow).catch(gone)
    if (!answer) break
    await sleep(20)
    await write(slow, requestOf(variables).subarray(-8))
    slow.destroy()
    served++
  }
  assert.ok(served > 10)
  assert.equal(await worker.ended, 0)
})

test('a body that goes on after the answer is read', { timeout: 20000 }, async () => {
  for (const more of [{ CONTENT_LENGTH: '2000000' }, { HTTP_TRANSFER_ENCODING: 'chunked' }]) {
    const socket = halfOpen()
    socket.write(requestOf({ ...variables, REQUEST_METHOD: 'POST', ...more }).subarray(0, -8)) // but for the body's end
    assert.match(await answerOn(socket), /^Status: 503/)
    await write(socket, Buffer.alloc(2000000)) // far more than a socket holds
    socket.destroy()
  }
})

test('FCGI_WEB_SERVER_ADDRS names who may connect over IP', { timeout: 20000 }, async t => {
  const lists = [['127.0.0.9', false], ['127.0.0.10,127.0.0.,127', false], ['10.0.0.1,127.0.0.1', true], ['', true]]
  for (const [addresses, served] of lists) {
    const where = `127.0.0.1:${await freePort()}`
    const env = { ...options.env, FCGI_WEB_SERVER_ADDRS: addresses }
    const worker = await startFastcgi(program, where, { env })
    t.after(() => worker.stop())
    const answer = await worker.ask(variables).catch(({ code }) => code)
    if (served) assert.match(answer, /^Status: 503/)
    else assert.match(answer, /^(ECONNRESET|EPIPE|)$/)
  }
})
