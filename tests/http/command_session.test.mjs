// SPDX-License-Identifier: MIT
// mcp-oauth session and consent: looking at them, and ending them for the guard.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { connect, refreshing, rpc, token, until } from '../lib/flow.mjs'
import { listed, operate } from '../lib/operator.mjs'
import { addUser } from '../lib/people.mjs'
import { startSite } from '../lib/site.mjs'

let site
before(async () => { site = await startSite() })
after(() => site?.stop())

const status = async session => (await rpc(site.mcp, session.tokens.access_token, 'ping', {})).status
const ended = session => until(async () => await status(session) === 401)

async function good (...args) {
  const answer = await operate(site, args)
  assert.equal(answer.status, 0, answer.stderr)
  return answer.stdout
}

// A session that the guard lets in: a token of the second of a revocation is
// refused as well, for iat counts seconds.
async function start (options) {
  const session = await connect(site, options)
  await until(async () => {
    if (await status(session) === 200) return true
    session.tokens = (await token(site, refreshing(session.client, session.tokens))).json
  })
  return session
}

test('sessions are listed of a user, of a client and of all', async () => {
  const mine = await start()
  const theirs = await start({ browser: await addUser(site, 'list@example.com') })
  const all = await listed(site, 'session', 'list')
  assert.deepEqual(all.map(row => row.email).sort(), ['demo@example.com', 'list@example.com'])
  const [row] = await listed(site, 'session', 'list', '--user', 'LIST@example.com')
  assert.equal(row.client_id, theirs.client.client_id)
  assert.equal(row.resource, site.mcp)
  assert.equal(row.last_used_from, '127.0.0.1')
  assert.deepEqual(await listed(site, 'session', 'list', '--client', theirs.client.client_id), [row])
  assert.deepEqual(await listed(site, 'session', 'list', '--client', theirs.client.client_id, '--user', 'demo@example.com'), [])
  assert.match(await good('session', 'list', '--client', mine.client.client_id), /^[0-9a-f-]{36}\tdemo@example.com\t/)
  for (const limit of ['--user', '--client']) {
    const answer = await operate(site, ['session', 'list', limit, 'nobody'])
    assert.equal(answer.status, 1)
    assert.match(answer.stderr, /^mcp-oauth: there is no (user|client) nobody$/m)
  }
})

test('one session, those of a user, of a client and all are revoked', async () => {
  const one = await start()
  const [{ session_id: id }] = await listed(site, 'session', 'list', '--client', one.client.client_id)
  assert.equal(await good('session', 'revoke', id), `${id} ended\n`)
  await ended(one)
  const again = await operate(site, ['session', 'revoke', id])
  assert.equal(again.status, 1)
  assert.match(again.stderr, /there is no session/)

  const theirs = await start({ browser: await addUser(site, 'revoke@example.com') })
  const mine = await start()
  assert.equal(await good('session', 'revoke', '--user', 'revoke@example.com'), 'revoke@example.com is signed out; sessions that ended: 1\n')
  await ended(theirs)
  assert.equal(await status(mine), 200)
  assert.match(await good('session', 'revoke', '--client', mine.client.client_id), /is disconnected; sessions that ended: 1\n/)
  await ended(mine)

  const last = await start()
  const unconfirmed = await operate(site, ['session', 'revoke', '--all'])
  assert.equal(unconfirmed.status, 1)
  assert.match(unconfirmed.stderr, /--yes/)
  assert.equal(await status(last), 200)
  assert.match(await good('session', 'revoke', '--all', '--yes'), /^everybody is signed out; sessions that ended: \d+\n$/)
  await ended(last)
  assert.deepEqual(await listed(site, 'session', 'list'), [])
})

test('which ones are meant must be said', async () => {
  for (const words of [[], ['--user', 'a@example.com', '--all'], ['--user', 'a@example.com', '--client', 'b'], ['1', '--all']]) {
    const answer = await operate(site, ['session', 'revoke', ...words])
    assert.equal(answer.status, 2, answer.stdout)
    assert.match(answer.stderr, /which ones\?/)
  }
  assert.equal((await operate(site, ['session', 'revoke', 'nonsense'])).status, 1)
})

test('a consent is listed, and taken back with its sessions', async () => {
  const session = await start({ metadata: { redirect_uris: ['https://app.example/cb'] } })
  const id = session.client.client_id
  const [row] = await listed(site, 'consent', 'list', '--client', id)
  assert.equal(row.email, 'demo@example.com')
  assert.equal(row.redirect_uri, 'https://app.example/cb')
  const ofUser = await listed(site, 'consent', 'list', '--user', 'demo@example.com')
  assert.deepEqual(ofUser.filter(other => other.client_id === id), [row])
  assert.deepEqual((await listed(site, 'consent', 'list')).filter(other => other.email === 'demo@example.com'), ofUser)
  assert.match(await good('consent', 'list'), new RegExp(`^demo@example.com\t${id}\t`, 'm'))
  assert.equal(await good('consent', 'revoke', 'demo@example.com', id), 'demo@example.com allows it no more; sessions that ended: 1\n')
  await ended(session)
  assert.deepEqual(await listed(site, 'consent', 'list', '--client', id), [])
  assert.match(await good('consent', 'revoke', 'demo@example.com', id), /had allowed it nothing/)
  assert.equal((await operate(site, ['consent', 'revoke', 'nobody@example.com', id])).status, 1)
})
