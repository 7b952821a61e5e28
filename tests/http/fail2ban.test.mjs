// SPDX-License-Identifier: MIT
// The real fail2ban, with the filter and the jail that we ship, at a site's log:
// who guesses is banned, and nobody else.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { authorizationRequest, Browser, newVerifier, register, until } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { startSite } from '../lib/site.mjs'

const run = promisify(execFile)
let site, folder, server, output = ''
const client = (...args) => run('fail2ban-client', ['-c', folder, '-s', join(folder, 'socket'), '-p', join(folder, 'pid'), ...args])
const banned = async () => (await readFile(join(folder, 'banned'), 'utf8').catch(() => '')).split('\n').filter(Boolean)

// The system's configuration with our jail alone. What it would tell the
// firewall goes into a file.
async function makeConfiguration () {
  await cp('/etc/fail2ban', folder, { recursive: true })
  await rm(join(folder, 'jail.d'), { recursive: true })
  await rm(join(folder, 'jail.local'), { force: true })
  await mkdir(join(folder, 'jail.d'))
  const shipped = `${site.values.STATE}/usr/share/mcp-oauth/fail2ban`
  await cp(`${shipped}/filter.d/mcp-oauth.conf`, join(folder, 'filter.d/mcp-oauth.conf'))
  const jail = await readFile(`${shipped}/jail.d/mcp-oauth.conf`, 'utf8')
  // All clients of this test come from this host, which is spared otherwise.
  await writeFile(join(folder, 'jail.d/mcp-oauth.conf'),
    jail.replace(/^logpath = .*$/m, `logpath = ${site.values.ERROR_LOG}`) + 'banaction = into-a-file\nignoreself = false\n')
  await writeFile(join(folder, 'action.d/into-a-file.conf'),
    `[Definition]\nactionban = echo <ip> >>${folder}/banned\nactionunban = sed -i '/^<ip>$/d' ${folder}/banned\n`)
  await writeFile(join(folder, 'fail2ban.local'),
    `[Definition]\nlogtarget = STDOUT\nsocket = ${folder}/socket\npidfile = ${folder}/pid\ndbfile = ${folder}/bans.sqlite3\n`)
  return Number(/^maxretry = (\d+)$/m.exec(jail)[1])
}

async function startFail2ban () {
  server = spawn('fail2ban-server', ['-c', folder, '-s', join(folder, 'socket'), '-p', join(folder, 'pid'), '-f', 'start'])
  for (const stream of [server.stdout, server.stderr]) stream.on('data', data => { output += data })
  await until(async () => {
    if (server.exitCode !== null) throw new Error(output)
    return client('status', 'mcp-oauth').then(() => true, () => false)
  }, 30)
}

async function stopFail2ban () {
  const ended = once(server, 'exit')
  server.kill('SIGTERM')
  await ended
}

let maxretry
before(async () => {
  site = await startSite({ plain: true })
  folder = await mkdtemp('/var/tmp/mcp-oauth-fail2ban-')
  maxretry = await makeConfiguration()
  await startFail2ban()
})
after(async () => {
  if (server?.exitCode === null) await stopFail2ban()
  await site?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

// A sign-in that fails, from this address; the fields are those of the page.
async function guess (localAddress, { browser, fields }, email = site.email) {
  const body = new URLSearchParams({ ...fields, email, password: 'wrong' }).toString()
  return send(site.url('/api/oauth/login'), {
    method: 'POST',
    body,
    localAddress,
    headers: { ...browser.headers(), Origin: site.base, 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length }
  })
}

async function openPage () {
  const browser = new Browser(site)
  const { fields } = await browser.follow(await browser.authorize(authorizationRequest(await register(site), newVerifier())))
  return { browser, fields }
}

// How many failures fail2ban has counted.
async function counted () {
  const { stdout } = await client('status', 'mcp-oauth')
  return Number(/Total failed:\s+(\d+)/.exec(stdout)[1])
}

test('who guesses is banned at the last try of the jail, and nobody else is', async () => {
  assert.equal(maxretry, 20)
  const page = await openPage()
  // Somebody mistypes, says what could look like another's guess, and signs in.
  for (let i = 0; i < 3; i++) await guess('127.0.0.1', page, 'x" login: warning: login failed remote="127.0.0.9" request_id="')
  for (let i = 1; i < maxretry; i++) assert.ok([401, 429].includes((await guess('127.0.0.3', page, `nobody-${i}@example.com`)).status))
  await until(async () => await counted() === maxretry + 2, 30)
  assert.deepEqual(await banned(), [])
  await guess('127.0.0.3', page, 'nobody@example.com')
  await until(async () => (await banned()).length > 0, 30)
  assert.deepEqual(await banned(), ['127.0.0.3'])
  const { stdout } = await client('get', 'mcp-oauth', 'banip')
  assert.equal(stdout.trim(), '127.0.0.3')
})

test('the ban outlives a restart of fail2ban, and ends by hand', async () => {
  await stopFail2ban()
  assert.deepEqual(await banned(), [])
  await startFail2ban()
  await until(async () => (await banned()).length > 0, 30)
  assert.deepEqual(await banned(), ['127.0.0.3'])
  await client('set', 'mcp-oauth', 'unbanip', '127.0.0.3')
  await until(async () => (await banned()).length === 0, 30)
})
