// SPDX-License-Identifier: MIT
// What a program can still do once somebody has taken it over: a library does
// the trying, in the very process.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { startFastcgi } from '../lib/fastcgi.mjs'
import { startHttpsHost } from '../lib/https_host.mjs'
import { changeSettings, startSite } from '../lib/site.mjs'

const run = promisify(execFile)
const { EPERM, EACCES, EAFNOSUPPORT } = constants.errno
// What starts the program that fetches, as each says in its own source.
const fetching = ['authorize', 'device_authorization', 'introspect', 'par', 'register', 'revoke', 'token']
const withoutNetwork = ['jwks', 'resource_metadata', 'server_metadata']

let site, dir, library, sanitized, landlock
before(async () => {
  site = await startSite({ conf: 'CLIENT_METADATA_DOCUMENTS=on' })
  dir = await mkdtemp(join(tmpdir(), 'mcp-oauth-sandbox-'))
  await chmod(dir, 0o755)
  library = join(dir, 'break_in.so')
  await run('gcc', ['-shared', '-fPIC', '-o', library, new URL('../lib/break_in.c', import.meta.url).pathname])
  const { stdout } = await run('nm', ['-D', join(site.values.STATE, 'usr/libexec/mcp-oauth/cgi-bin/token')])
  sanitized = /__asan_/.test(stdout) && 'a sanitizer needs what a sandbox forbids'
  landlock = !/stay writable: this kernel has no Landlock/.test(await site.log())
})
after(async () => {
  await site?.stop()
  if (dir) await rm(dir, { recursive: true, force: true })
})

const programs = async () => [
  ...(await readdir(join(site.values.STATE, 'usr/libexec/mcp-oauth/cgi-bin'))).map(name => 'cgi-bin/' + name), 'guard/guard']

// Settings of that name, with these lines changed, and a log of their own.
async function configured (name, ...lines) {
  const config = join(site.values.STATE, `etc/mcp-oauth/${name}.conf`)
  const log = join(site.values.STATE, `log/${name}.log`)
  await run('cp', ['-p', site.values.MCP_OAUTH_CONFIG, config])
  await changeSettings(config, [`LOG_TO=${log}`, ...lines])
  return { config, log }
}

// Start it with these variables, ask it once; what it is and what its library said.
async function ask (program, { env = {}, config } = {}) {
  const socket = `/var/tmp/mcp-oauth-${randomBytes(6).toString('hex')}.sock`
  const file = join(site.values.STATE, 'usr/libexec/mcp-oauth', program)
  const guard = program.startsWith('guard')
  const worker = await startFastcgi(file, socket, {
    user: site.values.RUN_AS,
    env: { MCP_OAUTH_CONFIG: config ?? (guard ? site.values.GUARD_CONFIG : site.values.MCP_OAUTH_CONFIG), ...env }
  })
  try {
    const answer = await worker.ask({ REQUEST_URI: '/mcp', REMOTE_ADDR: '127.0.0.1' }, { role: guard ? 'AUTHORIZER' : 'RESPONDER' })
    const pid = (await run('pgrep', ['-f', file + '$'])).stdout.trim().split('\n')
    const states = await Promise.all(pid.map(async p => {
      const text = await readFile(`/proc/${p}/status`, 'utf8').catch(() => '')
      return /^Seccomp:\s+(\d)/m.exec(text)?.[1] + /^NoNewPrivs:\s+(\d)/m.exec(text)?.[1]
    }))
    return { answer, states, tried: triedIn(answer) }
  } finally {
    await worker.stop().catch(() => {})
    await rm(socket, { force: true })
  }
}
const triedIn = text => Object.fromEntries([...text.matchAll(/^Tried-([\w-]+): (\d+)\r?$/gm)].map(m => [m[1], Number(m[2])]))

const breakIn = () => ({
  LD_PRELOAD: library,
  BREAK_IN_FILE: site.values.MCP_OAUTH_CONFIG,
  BREAK_IN_STATE: join(site.values.STATE, 'run/break-in')
})

test('each program is locked in: nothing that a thief tries from inside works, and the answer comes all the same', async t => {
  if (sanitized) return t.skip(sanitized)
  await Promise.all((await programs()).map(async program => {
    const { answer, states, tried } = await ask(program, { env: breakIn() })
    const name = program.split('/')[1]
    const fetches = fetching.includes(name)
    const expected = {
      fork: fetches ? 0 : EPERM,
      execve: fetches ? (landlock ? EACCES : tried.execve) : EPERM,
      execveat: EPERM,
      ptrace: EPERM,
      process_vm_readv: EPERM,
      unshare: EPERM,
      memfd_create: EPERM,
      io_uring_setup: EPERM,
      bpf: EPERM,
      packet: EAFNOSUPPORT,
      netlink: EAFNOSUPPORT,
      inet: withoutNetwork.includes(name) ? EAFNOSUPPORT : 0,
      bind: EPERM,
      listen: EPERM,
      chmod: EPERM,
      'run-data': EPERM,
      'map-code': EPERM,
      'other-file': landlock ? EACCES : 0,
      'state-file': 0
    }
    assert.deepEqual(tried, expected, `${program}: ${answer}`)
    assert.deepEqual([...new Set(states)], ['21'], `${program}: Seccomp, NoNewPrivs`)
    assert.match(answer, /^Status: \d{3}/m, program)
  }))
})

test('a call that is refused is told in the log, with its number', async t => {
  if (sanitized) return t.skip(sanitized)
  const { config, log } = await configured('logging')
  await ask('cgi-bin/jwks', { config, env: breakIn() })
  const lines = (await readFile(log, 'utf8')).split('\n')
  const execve = process.arch === 'arm64' ? 221 : 59
  assert.ok(lines.some(line => line.endsWith(` jwks: error: the sandbox refused system call ${execve}`)), lines.join('\n'))
  assert.ok(lines.filter(line => /the sandbox refused/.test(line)).length <= 20)
  await rm(log) // no other log may say so
})

test('SANDBOX=off leaves a program as it was', async () => {
  const { config } = await configured('open', 'SANDBOX=off')
  const { states } = await ask('cgi-bin/jwks', { config })
  assert.deepEqual([...new Set(states)], ['00'])
})

test('where STATE_DIRECTORY is not there yet, calls are limited and files are not, and the log says so', async t => {
  if (sanitized) return t.skip(sanitized)
  const { config, log } = await configured('early', `STATE_DIRECTORY=${site.values.STATE}/run/not/there`)
  const { states, tried } = await ask('cgi-bin/jwks', { config, env: breakIn() })
  assert.deepEqual([...new Set(states)], ['21'])
  assert.equal(tried.execve, EPERM)
  assert.equal(tried['other-file'], 0)
  assert.match(await readFile(log, 'utf8'), /jwks: notice: the sandbox is not whole: files .* stay writable/)
  await rm(log)
})

test('settings that the sandbox is too small for are told of', async t => {
  if (sanitized) return t.skip(sanitized)
  const { config, log } = await configured('moving')
  const socket = `/var/tmp/mcp-oauth-${randomBytes(6).toString('hex')}.sock`
  const worker = await startFastcgi(join(site.values.STATE, 'usr/libexec/mcp-oauth/cgi-bin/jwks'), socket,
    { user: site.values.RUN_AS, env: { MCP_OAUTH_CONFIG: config } })
  const jwks = () => worker.ask({ REQUEST_URI: '/.well-known/jwks.json', REMOTE_ADDR: '127.0.0.1' })
  try {
    assert.match(await jwks(), /^Status: 200/)
    await changeSettings(config, ['STATE_DIRECTORY=/var/tmp'])
    const end = Date.now() + 20000
    while (!/the sandbox stays as it was/.test(await readFile(log, 'utf8'))) {
      assert.ok(Date.now() < end, 'the change was not told of')
      assert.match(await jwks(), /^Status: 200/)
    }
  } finally {
    await worker.stop().catch(() => {})
    await rm(socket, { force: true })
  }
})

test('the program that fetches writes no file, and starts nothing', async t => {
  if (sanitized) return t.skip(sanitized)
  const host = await startHttpsHost({ address: '127.0.0.1' })
  const file = join(dir, 'written')
  await writeFile(file, '')
  host.answers.set('/x.json', { here: true })
  try {
    const { stdout, stderr } = await run(join(process.env.BUILD, 'fetch/fetch'),
      ['5120', '4000', host.ca, '127.0.0.1', '', `https://127.0.0.1:${host.port}/x.json`],
      { env: { LD_PRELOAD: library, BREAK_IN_FILE: file, BREAK_IN_STATE: join(dir, 'state') } })
    assert.equal(stdout, 'good -1\n{"here":true}')
    const tried = triedIn(stderr)
    assert.deepEqual({ fork: tried.fork, execve: tried.execve, bind: tried.bind, inet: tried.inet, 'run-data': tried['run-data'], 'other-file': tried['other-file'], 'state-file': tried['state-file'] },
      { fork: EPERM, execve: EPERM, bind: EPERM, inet: 0, 'run-data': EPERM, 'other-file': EACCES, 'state-file': EACCES })
  } finally {
    await host.stop()
  }
})
