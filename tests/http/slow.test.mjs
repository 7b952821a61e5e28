// SPDX-License-Identifier: MIT
// Requests that take their time, and too many at once.
import assert from 'node:assert/strict'
import { connect as connectTcp } from 'node:net'
import { after, before, test } from 'node:test'
import { authorizationRequest, Browser, newVerifier, register } from '../lib/flow.mjs'
import { postForm, send } from '../lib/http.mjs'
import { startSite } from '../lib/site.mjs'
import { stillServing } from '../lib/still_serving.mjs'

let site
before(async () => { site = await startSite({ plain: true, conf: 'LOGIN_LIMIT_ACCOUNT=10000\nLOGIN_LIMIT_REMOTE=10000' }) })
after(() => site?.stop())
stillServing(() => site)

// Sends the start of a request and waits for the other side to give up.
function dawdle (text) {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(site.port, '127.0.0.1', () => socket.write(text))
    let all = ''
    socket.on('data', data => { all += data })
    socket.on('close', () => resolve(all))
    socket.on('error', reject)
  })
}

test('half a request is cut off, and others are served meanwhile', { timeout: 40000 }, async () => {
  const slow = [
    dawdle('POST /api/oauth/token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ngrant'),
    dawdle('GET /api/oauth/health HTTP/1.1\r\nHost: 127')
  ]
  assert.equal((await send(site.url('/api/oauth/health'))).status, 200)
  for (const answer of await Promise.all(slow)) assert.doesNotMatch(answer, /^HTTP\/1\.1 200/)
  assert.equal((await send(site.url('/api/oauth/token'), { method: 'POST' })).status, 400)
})

test('a flood of sign-ins: each is answered, and the token endpoint with them', { timeout: 120000 }, async () => {
  const client = await register(site)
  const browser = new Browser(site)
  const at = await browser.follow(await browser.authorize(authorizationRequest(client, newVerifier())))
  // The last in the queue waits longer than others would: the processors hash.
  const guess = () => postForm(site.url('/api/oauth/login'), { ...at.fields, email: site.email, password: 'a wrong password' },
    { ...browser.headers(), Origin: site.base }, { timeout: 60000 })
  const flood = Promise.all(Array.from({ length: 100 }, guess))
  assert.equal((await send(site.url('/api/oauth/token'), { method: 'POST' })).status, 400)
  const answers = await flood
  const counts = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  for (const { status, headers } of answers) {
    assert.ok([200, 401, 403, 429, 503].includes(status), JSON.stringify(counts))
    if (status === 429 || status === 503) assert.ok(Number(headers['retry-after']) > 0)
  }
  assert.equal((await browser.signIn(at)).status, 303)
})
