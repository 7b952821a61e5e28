// SPDX-License-Identifier: MIT
// The program that fetches what others point to, and names that lie.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { startHttpsHost } from '../lib/https_host.mjs'

const run = promisify(execFile)
const program = join(process.env.BUILD ?? 'build', 'fetch/fetch')
let dir, library, vetted, hidden
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mcp-oauth-dns-'))
  library = join(dir, 'fake_dns.so')
  await run('gcc', ['-shared', '-fPIC', '-o', library, new URL('../lib/fake_dns.c', import.meta.url).pathname])
  vetted = await startHttpsHost({ address: '127.0.0.2' })
  hidden = await startHttpsHost({ address: '127.0.0.1', port: vetted.port })
  vetted.answers.set('/x.json', { here: true })
  hidden.answers.set('/x.json', { secret: true })
})
after(async () => {
  await vetted?.stop()
  await hidden?.stop()
  await rm(dir, { recursive: true, force: true })
})

// What fetch says, with these answers to its lookups; 127.0.0.2 stands for an
// address that may be connected to, 127.0.0.1 for one that may not.
async function fetchWith (answers, { url = `https://name.test:${vetted.port}/x.json`, allow = '127.0.0.2' } = {}) {
  const log = join(dir, 'lookups')
  await rm(log, { force: true })
  const env = {
    LD_PRELOAD: library,
    FAKE_DNS: answers,
    FAKE_DNS_LOG: log,
    ASAN_OPTIONS: 'verify_asan_link_order=0:detect_leaks=0',
    http_proxy: 'http://127.0.0.1:1',
    https_proxy: 'http://127.0.0.1:1',
    ALL_PROXY: 'http://127.0.0.1:1'
  }
  const { stdout } = await run(program, ['5120', '4000', vetted.ca, allow, url], { env }).catch(error => error)
  const lookups = (await readFile(log, 'utf8').catch(() => '')).split('\n').length - 1
  return { stdout, lookups }
}

test('a name is looked up once, and the connection goes where that answer said (case 66)', async () => {
  const { stdout, lookups } = await fetchWith('127.0.0.2 127.0.0.1')
  assert.equal(stdout, 'good -1\n{"here":true}')
  assert.equal(lookups, 1)
  assert.equal(hidden.connections, 0)
})

test('one address that is not public refuses all of them (case 66)', async () => {
  const seen = vetted.connections
  for (const answers of ['127.0.0.2,127.0.0.1', '127.0.0.1,127.0.0.2', '8.8.8.8,10.0.0.1', '127.0.0.2,fd00::1', '127.0.0.2,::ffff:10.0.0.1',
    '127.0.0.2,169.254.169.254', '127.0.0.2,64:ff9b::1', '127.0.0.1']) {
    const { stdout } = await fetchWith(answers)
    assert.equal(stdout, 'refused an address of the host is not public\n', answers)
  }
  assert.equal(hidden.connections, 0)
  assert.equal(vetted.connections, seen)
})

test('a redirect to an inner address is not followed', async () => {
  vetted.answers.set('/away', (rq, rs) => rs.writeHead(302, { Location: `https://127.0.0.1:${hidden.port}/x.json` }).end())
  const { stdout } = await fetchWith('127.0.0.2', { url: `https://name.test:${vetted.port}/away` })
  assert.equal(stdout, 'refused the answer has status 302\n')
  assert.equal(hidden.connections, 0)
})

test('only https, and no credentials in the URL', async () => {
  for (const url of ['http://name.test/x', 'ftp://name.test/x', 'file:///etc/passwd', 'https://u:p@name.test/x', 'gopher://name.test/']) {
    const { stdout, lookups } = await fetchWith('127.0.0.2', { url })
    assert.equal(stdout, 'refused the URL is not acceptable\n')
    assert.equal(lookups, 0)
  }
})
