// SPDX-License-Identifier: MIT
// Workers hold after many requests, good ones and refused ones, what they held
// after some: the same descriptors, and the same memory. A descriptor or a
// kilobyte lost with each request is more than what is let pass. LEAK_ROUNDS
// makes it longer.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { authorizationRequest, Browser, connect, newVerifier, redemption, refreshing, rpc, token } from '../lib/flow.mjs'
import { postForm, postJson, send } from '../lib/http.mjs'
import { addClient, startSite } from '../lib/site.mjs'
import { workersOf } from '../lib/workers.mjs'

const ROUNDS = Number(process.env.LEAK_ROUNDS ?? 200)
const WARM_UP = 60
const FDS = 2
// What malloc keeps beside what is asked for; a kilobyte a round is more.
const KB = Math.floor(Math.min(256, ROUNDS * 0.8))

let site
before(async () => { site = await startSite({ conf: 'LOGIN_LIMIT_REMOTE=1000000\nREGISTRATION_LIMIT=1000000' }) })
after(() => site?.stop())

const skip = /asan/.test(process.env.BUILD ?? '') && 'a sanitizer keeps what was freed'
test('descriptors and memory are back where they were', { skip, timeout: 600000 }, async t => {
  const { client, tokens, browser } = await connect(site)
  const server = await addClient(site, '--name', 'Server', '--introspect', '/mcp')
  const basic = { Authorization: 'Basic ' + Buffer.from(`${server.client_id}:${server.client_secret}`).toString('base64') }
  const query = () => '/api/oauth/authorize?' + new URLSearchParams(authorizationRequest(client, newVerifier()))
  const long = 'x'.repeat(30000)
  let last = tokens

  // What each program is asked in a round, one after the other.
  const asked = [
    async () => { last = (await token(site, refreshing(client, last))).json },
    () => token(site, refreshing(client, { refresh_token: 'A'.repeat(64) })),
    () => token(site, redemption(client, 'B'.repeat(43), newVerifier())),
    () => postForm(site.url('/api/oauth/token'), { grant_type: long }),
    () => postForm(site.url('/api/oauth/revoke'), { client_id: client.client_id, token: 'nothing' }),
    () => postForm(site.url('/api/oauth/introspect'), { token: last.access_token }, basic),
    () => postForm(site.url('/api/oauth/introspect'), { token: long }, basic),
    () => postJson(site.url('/api/oauth/register'), { redirect_uris: ['javascript:x'] }),
    () => postJson(site.url('/api/oauth/register'), `{"client_name": "${long}`),
    () => browser.get(query()),
    () => new Browser(site).get(query()),
    () => send(site.url('/api/oauth/authorize?client_id=nobody')),
    () => postForm(site.url('/api/oauth/par'), authorizationRequest(client, newVerifier())),
    () => postForm(site.url('/api/oauth/device_authorization'), { client_id: client.client_id }),
    () => browser.get('/api/oauth/apps'),
    () => browser.post('/api/oauth/consent', { request: 'nothing', csrf: 'x', decision: 'authorize' }),
    () => browser.post('/api/oauth/login', { request: 'nothing', csrf: 'x', email: 'x', password: 'x' }),
    () => send(site.url('/.well-known/oauth-authorization-server')),
    () => send(site.url('/.well-known/oauth-protected-resource/mcp')),
    () => send(site.url('/.well-known/jwks.json')),
    () => send(site.url('/api/oauth/userinfo'), { headers: { Authorization: `Bearer ${last.access_token}` } }),
    () => rpc(site.mcp, last.access_token, 'ping', {}),
    () => rpc(site.mcp, `${last.access_token}x`, 'ping', {}),
    () => rpc(site.mcp, null, 'ping', {})
  ]
  const rounds = async n => { for (let i = 0; i < n; i++) for (const ask of asked) await ask() }
  const byPid = async () => new Map((await workersOf(site)).map(worker => [worker.pid, worker]))

  await rounds(WARM_UP)
  const before = await byPid()
  await rounds(ROUNDS)
  const now = await byPid()
  let compared = 0
  for (const [pid, { program, fds, memory_kb: memoryKb }] of before) {
    const later = now.get(pid)
    if (!later) continue
    compared++
    assert.ok(later.fds.length <= fds.length + FDS, `${program}: ${fds.length} descriptors became ${later.fds.length}: ${later.fds.join(' ')}`)
    assert.ok(later.memory_kb <= memoryKb + KB, `${program}: ${memoryKb} kB became ${later.memory_kb} kB`)
  }
  const grown = [...before].map(([pid, { memory_kb: kb }]) => (now.get(pid)?.memory_kb ?? kb) - kb)
  t.diagnostic(`${compared} workers, ${ROUNDS} rounds of ${asked.length} requests; the most that one grew is ${Math.max(...grown)} kB`)
  assert.ok(compared >= 12, `${compared} workers to compare`)
})
