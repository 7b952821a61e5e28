// SPDX-License-Identifier: MIT
// The program that fetches what others point to, and names that lie.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { connect } from 'node:net'
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
async function fetchWith (answers, { url = `https://name.test:${vetted.port}/x.json`, allow = '127.0.0.2', proxy = '', ca = vetted.ca } = {}) {
  const log = join(dir, 'lookups')
  const connectLog = join(dir, 'connections')
  await rm(log, { force: true })
  await rm(connectLog, { force: true })
  const env = {
    LD_PRELOAD: library,
    FAKE_DNS: answers,
    FAKE_DNS_LOG: log,
    CONNECT_LOG: connectLog,
    ASAN_OPTIONS: 'verify_asan_link_order=0:detect_leaks=0',
    http_proxy: 'http://127.0.0.1:1',
    https_proxy: 'http://127.0.0.1:1',
    ALL_PROXY: 'http://127.0.0.1:1'
  }
  const { stdout } = await run(program, ['5120', '4000', ca, allow, proxy, url], { env }).catch(error => error)
  const lines = async file => (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(0, -1)
  return { stdout, lookups: (await lines(log)).length, connections: await lines(connectLog) }
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

// One of each special-purpose network (RFC 6890), as written and translated.
const inner = ['0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1', '192.0.0.1', '192.0.0.170',
  '192.0.2.1', '192.88.99.1', '192.168.0.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.250', '240.0.0.1', '255.255.255.255',
  '::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::127.0.0.1', '64:ff9b:1::1', '100::1', '2001::1', '2001:2::1', '2001:10::1',
  '2001:20::1', '2001:db8::1', '2002:7f00:1::', '2002:a00:1::1', '2a00::5efe:127.0.0.1', '3fff::1', '5f00::1', 'fc00::1', 'fd00::1', 'fe80::1', 'fec0::1', 'ff02::1']

test('to no address that is not public is anything sent, by name or by number (case 65)', async () => {
  const { connections } = await fetchWith('127.0.0.2')
  assert.deepEqual(connections, ['127.0.0.2'], 'what is sent is seen')
  for (const address of inner) {
    const named = await fetchWith(address)
    assert.equal(named.stdout, 'refused an address of the host is not public\n', address)
    const literal = address.includes(':') ? `[${address}]` : address
    const numbered = await fetchWith('', { url: `https://${literal}:${vetted.port}/x.json` })
    assert.match(numbered.stdout, /^refused (an address of the host is not public|the URL is not acceptable)\n$/, address)
    assert.deepEqual([...named.connections, ...numbered.connections], [], address)
  }
  assert.equal(hidden.connections, 0)
})

test('a host in an odd spelling is not even looked up', async () => {
  for (const host of ['2130706433', '0x7f000001', '0x7f.1', '127.1', '0177.0.0.1', 'name.test.', 'n%61me.test', 'name_.test', '[0:0:0:0:0:0:0:1]', 'n\u00e4me.test']) {
    const { stdout, lookups, connections } = await fetchWith('127.0.0.2', { url: `https://${host}:${vetted.port}/x.json` })
    assert.equal(stdout, 'refused the URL is not acceptable\n', host)
    assert.deepEqual([lookups, connections], [0, []], host)
  }
})

test('a redirect to an inner address is not followed', async () => {
  vetted.answers.set('/away', (rq, rs) => rs.writeHead(302, { Location: `https://127.0.0.1:${hidden.port}/x.json` }).end())
  const { stdout } = await fetchWith('127.0.0.2', { url: `https://name.test:${vetted.port}/away` })
  assert.equal(stdout, 'refused the answer has status 302\n')
  assert.equal(hidden.connections, 0)
})

test('behind a proxy it is the proxy that looks names up and connects, and addresses are refused as ever', async () => {
  const asked = []
  const server = createServer().on('connect', (rq, client) => {
    asked.push(rq.url)
    const socket = connect(vetted.port, '127.0.0.2', () => {
      client.write('HTTP/1.1 200 OK\r\nCache-Control: max-age=7\r\n\r\n')
      socket.pipe(client).pipe(socket)
    })
    for (const end of [socket, client]) end.on('error', () => {})
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const proxy = `http://127.0.0.1:${server.address().port}`
  try {
    const { stdout, lookups, connections } = await fetchWith('', { proxy, allow: '' })
    assert.equal(stdout, 'good -1\n{"here":true}')
    assert.deepEqual([lookups, connections], [0, ['127.0.0.1']])
    for (const host of ['10.0.0.1', '127.0.0.1', '[fd00::1]']) {
      assert.equal((await fetchWith('', { proxy, url: `https://${host}/x.json` })).stdout, 'refused an address of the host is not public\n')
    }
    assert.deepEqual(asked, [`name.test:${vetted.port}`])
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test('only https, and no credentials in the URL', async () => {
  for (const url of ['http://name.test/x', 'ftp://name.test/x', 'file:///etc/passwd', 'https://u:p@name.test/x', 'gopher://name.test/']) {
    const { stdout, lookups } = await fetchWith('127.0.0.2', { url })
    assert.equal(stdout, 'refused the URL is not acceptable\n')
    assert.equal(lookups, 0)
  }
})

test('an address of IPv6 is connected to as any other', async t => {
  const host = await startHttpsHost({ address: '::1' }).catch(error => error)
  if (host.code === 'EADDRNOTAVAIL') return t.skip('no IPv6 here')
  try {
    host.answers.set('/x.json', { six: true })
    const url = `https://[::1]:${host.port}/x.json`
    assert.equal((await fetchWith('', { url, ca: host.ca, allow: '::1' })).stdout, 'good -1\n{"six":true}')
    assert.equal((await fetchWith('', { url, ca: host.ca })).stdout, 'refused an address of the host is not public\n')
  } finally {
    await host.stop()
  }
})

test('the operator\'s own URL: https anywhere, http on loopback alone', async () => {
  const plain = createServer((rq, rs) => rs.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(rq.headers)))
  await new Promise(resolve => plain.listen(0, '127.0.0.1', resolve))
  const { port } = plain.address()
  const own = async (answers, url) => (await fetchWith(answers, { allow: 'own', url })).stdout
  try {
    assert.equal(await own('127.0.0.2', `https://name.test:${vetted.port}/x.json`), 'good -1\n{"here":true}')
    for (const host of ['127.0.0.1', 'localhost']) {
      assert.match(await own('127.0.0.1', `http://${host}:${port}/`), /^good -1\n.*"cache-control":"no-cache"/, host)
    }
    // A name server says where localhost is: not wherever it likes.
    assert.equal(await own('192.0.2.1', `http://localhost:${port}/`), 'refused an address of the host is not public\n')
    for (const url of ['http://name.test/', 'http://192.0.2.1/', 'ftp://127.0.0.1/', 'file:///etc/passwd']) {
      assert.equal(await own('127.0.0.1', url), 'refused the URL is not acceptable\n', url)
    }
  } finally {
    plain.close()
  }
})
