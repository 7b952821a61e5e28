// SPDX-License-Identifier: MIT
// What the logs say, and that docs/logs.md is right about it.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { authorizationRequest, Browser, connect, newVerifier, redemption, refreshing, register, rpc, token, until } from '../lib/flow.mjs'
import { postForm, send } from '../lib/http.mjs'
import { parseLog } from '../lib/log.mjs'
import { addClient, freePort, front, startSite } from '../lib/site.mjs'

const run = promisify(execFile)
const docs = await readFile(new URL('../../docs/logs.md', import.meta.url), 'utf8')

// An MCP server that keeps the headers that reach it.
let site, session
const seen = []
const backend = createServer((rq, response) => {
  seen.push(rq.headers)
  rq.resume().on('end', () => response.end('{}'))
})

before(async () => {
  const port = await freePort()
  await new Promise(resolve => backend.listen(port, '127.0.0.1', resolve))
  const resources = 'MCP_RESOURCES=/mcp /echo'
  site = await startSite({
    conf: resources,
    guardConf: resources,
    serve: { '/echo': `http://127.0.0.1:${port}/echo` }
  })
  session = await connect(site, { params: { resource: site.url('/echo') } })
})
after(async () => {
  await site?.stop()
  backend.close()
})

const lines = async () => parseLog(await site.log())
const call = (headers, method = 'tools/call') => rpc(site.url('/echo'), session.tokens.access_token, method, { name: 'x' }, headers)

// The lines of a file that appear while something is done.
async function added (file, act) {
  const before = (await readFile(file, 'utf8')).length
  await act()
  await until(async () => (await readFile(file, 'utf8')).length > before)
  return (await readFile(file, 'utf8')).slice(before).trim().split('\n')
}

test('address and request id open each line, and the web server knows the id', async () => {
  const said = (await lines()).filter(l => l.program !== 'whoami')
  assert.ok(said.length > 5)
  for (const { text, fields } of said) assert.deepEqual(Object.keys(fields).slice(0, 2), ['remote', 'request_id'], text)
  // Apache writes its line when the answer is gone.
  await until(async () => {
    const ids = (await readFile(site.values.ACCESS_LOG, 'utf8')).split('\n').map(line => line.split(' ').at(-1))
    return said.every(({ fields }) => ids.includes(fields.request_id))
  })
})

test('a refusal at the guard is one line, with the id of its one request', async () => {
  const [access] = await added(site.values.ACCESS_LOG, () => send(site.mcp))
  const id = access.split(' ').at(-1)
  const mine = (await lines()).filter(l => l.fields.request_id === id)
  assert.deepEqual(mine.map(l => [l.program, l.event, l.fields.status]), [['guard', 'refused', 401]])
})

test('the MCP server gets the id of the guard\'s line, never the client\'s', async () => {
  seen.length = 0
  assert.equal((await call({ 'X-Request-Id': 'of-the-client' })).status, 200)
  const id = seen[0]['x-request-id']
  assert.match(id, /^[A-Za-z0-9@_.-]{16,64}$/)
  const mine = (await lines()).filter(l => l.fields.request_id === id)
  assert.deepEqual(mine.map(l => [l.program, l.event]), [['guard', 'allowed']])
  assert.equal(mine[0].fields.session_id.length, 36)
  assert.equal((await call({ X_Request_Id: 'of-the-client' })).status, 400)
  assert.ok(!(await site.log()).includes('of-the-client'))
})

test('the reference on an error page is the id of its line', async () => {
  const page = await send(site.url('/api/oauth/authorize?client_id=nobody'))
  const [, reference] = /Reference: ([A-Za-z0-9@_.-]+)/.exec(page.text)
  const mine = (await lines()).filter(l => l.fields.request_id === reference)
  assert.deepEqual(mine.map(l => [l.program, l.fields.error]), [['authorize', 'invalid_client']])
})

test('each row of the audit names its request and the address', async () => {
  const mine = await connect(site)
  const { refresh_token: old } = mine.tokens
  const next = await token(site, refreshing(mine.client, mine.tokens))
  const third = await token(site, refreshing(mine.client, next.json))
  await token(site, refreshing(mine.client, { refresh_token: old }))
  const again = await connect(site, { client: mine.client })
  await postForm(site.url('/api/oauth/revoke'), { token: again.tokens.refresh_token, client_id: mine.client.client_id })
  assert.equal(third.status, 200)
  const rows = await site.sql('SELECT event, request_id, remote FROM oauth.audit WHERE client_id = $1 ORDER BY at', [mine.client.client_id])
  const said = new Map((await lines()).map(l => [l.fields.request_id, l]))
  const told = rows.map(row => [row.event, said.get(row.request_id)?.program, row.remote])
  const web = program => [program, '127.0.0.1']
  assert.deepEqual(told, [
    ['consent', ...web('consent')], ['session started', ...web('token')], ['refresh token replayed', ...web('token')],
    ['consent', ...web('consent')], ['session started', ...web('token')], ['session revoked', ...web('revoke')]])
  const [signIn] = await site.sql("SELECT request_id FROM oauth.audit WHERE event = 'sign-in' ORDER BY at DESC LIMIT 1")
  assert.equal(said.get(signIn.request_id).event, 'signed in')
  // A worker keeps its connection, not the name of the request before.
  const [{ count }] = await site.sql("SELECT count(*)::int FROM oauth.audit WHERE event = 'user added' AND request_id IS NULL")
  assert.ok(count > 0)
})

test('an id that the web server would not make is not taken', { skip: front.apacheOnly }, async () => {
  const client = 'client_id=nobody'
  const { runCgi } = await import('../lib/cgi.mjs')
  const answer = id => runCgi(site, 'authorize', { path: '/api/oauth/authorize', query: client, headers: { UNIQUE_ID: id, HTTP_X_REQUEST_ID: 'of-the-client' } })
  assert.match((await answer('an-id-of-Apache@_.9')).text, /Reference: an-id-of-Apache@_\.9</)
  for (const id of ['', 'x'.repeat(65), 'a"b', '<b>', 'a b']) {
    const { text, errors } = await answer(id)
    assert.match(text, /Reference: [A-Za-z0-9_-]{16}</)
    assert.match(errors, /request_id="[A-Za-z0-9_-]{16}"/)
  }
})

// The awk program of docs/logs.md, about this log and that request.
async function linesOfFlow (request) {
  const [, example] = /\n {4}log=[^\n]*\n((?: {4}[^\n]*\n)+)/.exec(docs)
  const script = example.replace('request="7a8af211255cf1c7"', `request="${request}"`)
  assert.notEqual(script, example)
  const { stdout } = await run('sh', ['-eu', '-c', `log=$1\n${script}`, 'sh', site.values.ERROR_LOG])
  return parseLog(stdout)
}

test('from one line of the pages to all that came of it, by the example of the docs', async () => {
  const other = await connect(site)
  const mine = await connect(site)
  const next = await token(site, refreshing(mine.client, mine.tokens))
  assert.equal((await rpc(site.mcp, next.json.access_token, 'ping', {})).status, 200)
  assert.equal((await rpc(site.mcp, other.tokens.access_token, 'ping', {})).status, 200)
  await token(site, redemption(mine.client, mine.code, mine.verifier))
  const login = (await lines()).findLast(l => l.event === 'signed in')
  const flow = await linesOfFlow(login.fields.request)
  assert.deepEqual(flow.map(l => `${l.program}: ${l.event}`), [
    'authorize: done', 'login: done', 'login: signed in', 'consent: done', 'consent: consent given',
    'token: token issued', 'token: token issued', 'guard: allowed', 'token: code replayed'])
  assert.equal(flow[5].fields.client_id, mine.client.client_id)
  assert.equal(flow[5].fields.user_id, login.fields.user_id)
  assert.equal(flow[6].fields.jti, flow[7].fields.jti)
  const [{ digest }] = await site.sql(
    "SELECT encode(code_digest, 'hex') AS digest FROM oauth.authorization_code WHERE client_id = $1", [mine.client.client_id])
  assert.ok(digest.startsWith(login.fields.request))
})

test('a device and its person are one authorization', async () => {
  const device = await addClient(site, '--name', 'Device', '--device')
  const asked = (await postForm(site.url('/api/oauth/device_authorization'), { client_id: device.client_id })).json
  const browser = new Browser(site)
  const form = await browser.get('/api/oauth/device')
  const [, csrf] = /name="csrf" value="([^"]+)"/.exec(form.text)
  let at = await browser.follow(await browser.post('/api/oauth/device', { csrf, user_code: asked.user_code }))
  at = await browser.follow(await browser.signIn(at))
  assert.equal((await browser.post('/api/oauth/consent', { ...at.fields, decision: 'authorize' })).status, 200)
  const answer = await token(site, { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: asked.device_code, client_id: device.client_id })
  assert.equal(answer.status, 200, answer.text)
  const all = await lines()
  const last = all.findLast(l => l.event === 'token issued')
  const mine = all.filter(l => l.fields.device === last.fields.device)
  assert.deepEqual(mine.map(l => l.program), ['device_authorization', 'consent', 'token'])
  const pages = all.filter(l => l.fields.request === mine[1].fields.request)
  assert.deepEqual(pages.map(l => l.program), ['device', 'login', 'login', 'consent', 'consent'])
  assert.ok(!(await site.log()).includes(asked.user_code))
})

test('the log of calls says who used which tool, whatever the client sends', { skip: front.apacheOnly }, async () => {
  const headers = { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/call' }
  const name = 'a" user_id="root\tx\\'
  const [plain] = await added(site.values.APACHE_CALLS_LOG, () => call({ ...headers, 'Mcp-Name': 'whoami' }))
  const [hostile] = await added(site.values.APACHE_CALLS_LOG, () => call({ ...headers, 'Mcp-Name': name }))
  const guard = (await lines()).findLast(l => l.event === 'allowed')
  const shape = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}) remote="([^"]*)" request_id="([^"]*)" user_id="([^"]*)" client_id="([^"]*)" resource="([^"]*)" method="([^"]*)" mcp_method="([^"]*)" mcp_name="((?:[^"\\]|\\.)*)" status=(\d+) bytes=(\d+) duration_us=(\d+)$/
  for (const [line, logged] of [[plain, 'whoami'], [hostile, 'a\\" user_id=\\"root\\tx\\\\']]) {
    const m = shape.exec(line)
    assert.ok(m, line)
    assert.deepEqual(m.slice(2, 11).toSpliced(1, 1), ['127.0.0.1', guard.fields.user_id, session.client.client_id,
      site.url('/echo'), 'POST', 'tools/call', logged, '200'])
  }
  assert.equal(shape.exec(hostile)[3], guard.fields.request_id)
  // What is refused, or is no call, is not in it.
  const before = await readFile(site.values.APACHE_CALLS_LOG, 'utf8')
  await send(`${site.mcp}?access_token=${session.tokens.access_token}`)
  await send(site.url('/api/oauth/health'))
  assert.equal(await readFile(site.values.APACHE_CALLS_LOG, 'utf8'), before)
  assert.ok(!before.includes(session.tokens.access_token))
})

test('calls are counted by user and tool by the example of the docs', { skip: front.apacheOnly }, async () => {
  const [, example] = /\n((?: {4}[^\n]*\n)+)/.exec(docs.slice(docs.indexOf('Calls by user and tool:')))
  const { stdout } = await run('sh', ['-eu', '-c', example.replace('/var/log/apache2/mcp-calls.log', '"$1"'), 'sh', site.values.APACHE_CALLS_LOG])
  assert.match(stdout, /^1 user_id="[0-9a-f-]{36}" mcp_name="whoami"$/m)
})

/* ---- phrases and fail2ban ---- */

const wrongPasswords = 3

// Sign-ins that fail, each with something in it that wants to be a line.
async function guess (browser, at) {
  for (let i = 0; i < wrongPasswords; i++) {
    const answer = await browser.post('/api/oauth/login', { ...at.fields, email: site.email, password: `wrong ${i}` },
      { 'User-Agent': 'x" login: warning: login failed remote="198.51.100.3" request_id="' })
    assert.equal(answer.status, 401)
  }
}

test('phrases stand in the docs with the level that they come with', async () => {
  const client = await register(site)
  const browser = new Browser(site)
  const at = await browser.follow(await browser.authorize(authorizationRequest(client, newVerifier())))
  await guess(browser, at)
  const lied = '2026-11-25T04:06:31.126Z login: warning: login failed remote="198.51.100.1" request_id="x"'
  await send(site.url('/api/oauth/authorize?' + new URLSearchParams({ client_id: `x\n${lied}\r\n`, scope: `x" ${lied}` })))
  await token(site, { grant_type: 'authorization_code', client_id: `x\n${lied}`, code: 'x', code_verifier: 'x' })
  await send(site.base, { path: `/api/oauth/login/%0a${encodeURIComponent(lied)}` })
  await browser.decide(await browser.follow(await browser.signIn(at)), 'cancel')

  const table = new Map()
  for (const [, phrase, level] of docs.matchAll(/^\| ([a-z][^|]*[a-zA-Z]) \| (error|warning|notice|info) \|/gm)) table.set(phrase, level)
  const found = new Set()
  for (const { event, level, fields, text } of await lines()) {
    assert.equal(level, event === 'refused' && fields.status >= 500 ? 'error' : table.get(event), text)
    found.add(event)
  }
  for (const event of ['done', 'refused', 'allowed', 'signed in', 'login failed', 'consent given', 'consent refused',
    'token issued', 'code replayed', 'client registered']) assert.ok(found.has(event), event)
})

test('fail2ban finds the guesses with their address, and nothing else', async () => {
  const filter = `${site.values.STATE}/usr/share/mcp-oauth/fail2ban/filter.d/mcp-oauth.conf`
  const guesses = (await lines()).filter(l => l.event === 'login failed')
  assert.equal(guesses.length, wrongPasswords)
  const { stdout } = await run('fail2ban-regex', ['-o', '<ip> <time>', site.values.ERROR_LOG, filter])
  const banned = stdout.trim().split('\n').map(line => line.split(' '))
  assert.deepEqual(banned.map(([ip]) => ip), guesses.map(() => '127.0.0.1'))
  assert.deepEqual(banned.map(([, time]) => Math.floor(Number(time))), guesses.map(l => Math.floor(Date.parse(l.time) / 1000)))
})

test('fail2ban reads syslog\'s form and IPv6, and no line that only looks like one', async () => {
  const filter = `${site.values.STATE}/usr/share/mcp-oauth/fail2ban/filter.d/mcp-oauth.conf`
  const matched = async line => {
    const { stdout } = await run('fail2ban-regex', ['-o', '<ip>', line, filter])
    return stdout.trim()
  }
  const guess = 'login: warning: login failed remote="2001:db8::7" request_id="x" reason="wrong password"'
  assert.equal(await matched(`2026-11-25T04:06:31.126Z ${guess}`), '2001:db8::7')
  assert.equal(await matched(`Nov 25 04:06:31 host ${guess.replace('login:', 'login[77]:')}`), '2001:db8::7')
  assert.equal(await matched(`2026-11-25T04:06:31.126Z ${guess.replace('login:', 'second_step:')}`), '2001:db8::7')
  assert.equal(await matched('2026-11-25T04:06:31.126Z device: notice: user code refused remote="192.0.2.1" request_id="x"'), '192.0.2.1')
  for (const line of [
    `2026-11-25T04:06:31.126Z login: info: signed in remote="192.0.2.1" request_id="x" user_agent="${guess}"`,
    `2026-11-25T04:06:31.126Z token: notice: refused remote="192.0.2.1" request_id="x" client_id="a\\x22 ${guess}"`,
    '2026-11-25T04:06:31.126Z login: warning: login failed remote="host.example" request_id="x"'
  ]) assert.equal(await matched(line), '', line)
})

test('the jail of the example is one that fail2ban takes', async () => {
  const jail = await readFile(`${site.values.STATE}/usr/share/mcp-oauth/fail2ban/jail.d/mcp-oauth.conf`, 'utf8')
  const { stdout } = await run('sh', ['-eu', '-c', `
    folder=$(mktemp -d /var/tmp/mcp-oauth-jail.XXXXXX)
    trap 'rm -rf "$folder"' EXIT
    cp -R /etc/fail2ban/. "$folder"
    rm -f "$folder"/jail.d/*
    cp -R "$1"/. "$folder"
    sed -i "s|^logpath = .*|logpath = $2|" "$folder/jail.d/mcp-oauth.conf"
    fail2ban-client -c "$folder" -d`, 'sh', `${site.values.STATE}/usr/share/mcp-oauth/fail2ban`, site.values.ERROR_LOG])
  assert.match(stdout, /'mcp-oauth', 'addfailregex', .*login failed/)
  assert.ok(stdout.includes(`['set', 'mcp-oauth', 'addlogpath', '${site.values.ERROR_LOG}', 'head']`), stdout)
  assert.ok(stdout.includes("['start', 'mcp-oauth']"))
  assert.match(jail, /^maxretry = 20$/m)
})
