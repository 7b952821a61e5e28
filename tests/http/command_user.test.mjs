// SPDX-License-Identifier: MIT
// mcp-oauth user: adding people, looking at them, keeping them out.
import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { Browser, connect, refreshing, rpc, token, until } from '../lib/flow.mjs'
import { listed, operate } from '../lib/operator.mjs'
import { browserOf } from '../lib/people.mjs'
import { startSite } from '../lib/site.mjs'

let site
before(async () => { site = await startSite() })
after(() => site?.stop())

const user = (...args) => operate(site, ['user', ...args])
const audited = async (event, email) => (await site.sql(
  `SELECT a.details ->> 'by' AS by FROM oauth.audit a JOIN public.users u ON u.id = a.user_id
    WHERE a.event = $1 AND u.email = $2`, [event, email])).map(row => row.by)
const status = async session => (await rpc(site.mcp, session.tokens.access_token, 'ping', {})).status
const signsIn = async (email, password) => {
  const browser = new Browser(site)
  const at = await browser.follow(await browser.get('/api/oauth/apps'))
  const answer = await browser.signIn(at, email, password)
  return answer.status === 303 && (await browser.follow(answer)).path === '/api/oauth/apps'
}

async function good (...args) {
  const answer = await user(...args)
  assert.equal(answer.status, 0, answer.stderr)
  return answer.stdout
}

async function refused (pattern, ...args) {
  const answer = await user(...args)
  assert.equal(answer.status, 1, answer.stdout)
  assert.match(answer.stderr, pattern)
}

test('a password comes from standard input or a file, and signs in', async () => {
  const added = await operate(site, ['user', 'add', 'ann@example.com', '--name', 'Ann'], { input: 'password of ann\n' })
  assert.match(added.stdout, /^user_id=[0-9a-f-]{36}\n$/)
  assert.ok(await signsIn('ann@example.com', 'password of ann'))

  const folder = await mkdtemp('/var/tmp/mcp-oauth-password-')
  try {
    await chmod(folder, 0o755) // the command runs as the account of the site
    await writeFile(folder + '/password', 'another of ann\nmore\n')
    assert.match(await good('passwd', 'ANN@example.com', '--password-file', folder + '/password'), /signed out of all browsers/)
  } finally {
    await rm(folder, { recursive: true })
  }
  assert.ok(await signsIn('ann@example.com', 'another of ann'))
  assert.ok(!await signsIn('ann@example.com', 'password of ann'))
  assert.deepEqual(await audited('password changed', 'ann@example.com'), ['operator'])

  await refused(/at least 8 characters/, 'passwd', 'ann@example.com') // standard input is empty
  await refused(/at least 8 characters/, 'add', 'ben@example.com', '--password-file', '/nowhere')
  const duplicate = await operate(site, ['user', 'add', 'Ann@example.com'], { input: 'password of ann\n' })
  assert.match(duplicate.stderr, /there is a user Ann@example.com already/)
  const nobody = await operate(site, ['user', 'passwd', 'nobody@example.com'], { input: 'password of nobody\n' })
  assert.equal(nobody.status, 1)
  assert.match(nobody.stderr, /there is no user nobody@example.com/)
})

test('list and show tell all but secrets', async () => {
  await site.sql("INSERT INTO public.users (email, name) VALUES ('zoe@example.com', E'Zo\\u00eb\\t\\x1b[31m\\u202e')")
  const text = await good('list')
  assert.match(text, /^zoe@example.com\tZoë\\t\\x1b\[31m\\u202e\t[0-9a-f-]{36}\t-\tno\tno\t0$/m)
  assert.match(text, /^demo@example.com\t[^\t]*\t[0-9a-f-]{36}\t-\tyes\tno\t\d+$/m)
  const rows = await listed(site, 'user', 'list')
  assert.deepEqual(rows.map(row => row.email), text.trim().split('\n').map(line => line.split('\t')[0]))
  assert.deepEqual(rows.find(row => row.email === 'zoe@example.com'), {
    email: 'zoe@example.com',
    name: 'Zoë\t\x1b[31m\u202e',
    user_id: rows.find(row => row.email === 'zoe@example.com').user_id,
    disabled_at: null,
    password: false,
    second_factor: false,
    sessions: 0
  })
  const raw = (await operate(site, ['user', 'list', '--json'])).stdout
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(raw, /[\x00-\x09\x0b-\x1f\u202e]/)

  const [shown] = await listed(site, 'user', 'show', 'DEMO@example.com')
  assert.equal(shown.email, 'demo@example.com')
  assert.match(shown.password_changed_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  assert.doesNotMatch(JSON.stringify(shown), /argon2/)
  assert.match(await good('show', 'demo@example.com'), /^user_id\t[0-9a-f-]{36}$/m)
  await refused(/there is no user nobody@example.com/, 'show', 'nobody@example.com')
})

test('a list stops at --limit, says so, and goes on from its cursor', async () => {
  await site.sql("INSERT INTO public.users (email) SELECT 'p' || i || '@people.example' FROM generate_series(1, 2500) i")
  const all = (await listed(site, 'user', 'list', '--limit', '0')).map(row => row.email)
  assert.equal(all.length, (await site.sql('SELECT count(*)::int AS n FROM public.users'))[0].n)
  assert.deepEqual(all, [...all].sort())

  const pages = []
  let after = []
  do {
    const answer = await operate(site, ['user', 'list', '--limit', '1111', ...after])
    assert.equal(answer.status, 0)
    pages.push(answer.stdout.trim().split('\n').map(line => line.split('\t')[0]))
    after = /there is more: .*--after (\S+) /.exec(answer.stderr)?.slice(1) ?? []
    if (after.length) after.unshift('--after')
  } while (after.length)
  assert.deepEqual(pages.map(page => page.length), [1111, 1111, all.length - 2222])
  assert.deepEqual(pages.flat(), all)
  assert.match((await user('list')).stderr, /there is more/)
  assert.equal((await user('list', '--after', '!')).status, 2)
})

test('a disabled user is out everywhere, and back when enabled', async () => {
  await operate(site, ['user', 'add', 'out@example.com'], { input: site.password })
  const session = await connect(site, { browser: browserOf(site, 'out@example.com') })
  assert.equal(await status(session), 200)
  assert.equal(await good('disable', 'out@example.com'), 'out@example.com is disabled; sessions that stand still: 1\n')
  await until(async () => await status(session) === 401)
  assert.equal((await token(site, refreshing(session.client, session.tokens))).json.error, 'invalid_grant')
  assert.deepEqual((await listed(site, 'user', 'list', '--disabled')).map(row => row.email), ['out@example.com'])
  assert.match(await good('disable', 'out@example.com'), /already/)

  assert.equal(await good('enable', 'out@example.com'), 'out@example.com is enabled\n')
  assert.equal((await token(site, refreshing(session.client, session.tokens))).status, 200)
  assert.deepEqual(await audited('user disabled', 'out@example.com'), ['operator'])
  assert.deepEqual(await audited('user enabled', 'out@example.com'), ['operator'])
  await refused(/there is no user/, 'enable', 'nobody@example.com')
})

test('a deleted user is gone, with sessions, and only with --yes', async () => {
  await operate(site, ['user', 'add', 'gone@example.com'], { input: site.password })
  const session = await connect(site, { browser: browserOf(site, 'gone@example.com') })
  assert.equal(await status(session), 200)
  await refused(/--yes/, 'delete', 'gone@example.com')
  assert.equal(await status(session), 200)
  assert.equal(await good('delete', 'gone@example.com', '--yes'), 'gone@example.com is deleted; sessions that ended: 1\n')
  await until(async () => await status(session) === 401)
  await refused(/there is no user gone@example.com/, 'show', 'gone@example.com')
  const [row] = await site.sql("SELECT details FROM oauth.audit WHERE event = 'user deleted'")
  assert.deepEqual(row.details, { by: 'operator', email: 'gone@example.com', sessions: 1 })
})

test('a login that may not, and a database that is not there, are told apart', async () => {
  const { MCP_OAUTH: program, WEB_DATABASE_URL: web } = site.values
  assert.ok(program)
  await assert.rejects(site.command('user', 'list', '--database', web), error => {
    assert.equal(error.code, 1)
    assert.match(error.stderr, /permission denied for function user_list; --database names a login/)
    return true
  })
  await assert.rejects(site.command('user', 'list', '--database', 'postgresql://operator@127.0.0.1:1/mcp_oauth'), error => error.code === 3)
})
