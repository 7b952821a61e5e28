// SPDX-License-Identifier: MIT
// https_host.mjs - a host on the Internet, as far as a site can tell: HTTPS on
// loopback with a certificate authority of its own.
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const names = 'subjectAltName=DNS:localhost,DNS:name.test,IP:127.0.0.1,IP:127.0.0.2,IP:::1'

async function makeCertificates (dir) {
  const openssl = (...args) => run('openssl', args, { cwd: dir })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test CA')
  await openssl('req', ...key, '-keyout', 'host.key', '-out', 'host.csr', '-subj', '/CN=localhost')
  await writeFile(join(dir, 'names'), names + '\n')
  await openssl('x509', '-req', '-in', 'host.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial',
    '-out', 'host.pem', '-days', '2', '-extfile', 'names')
}

/**
 * Options: address. Answers are set by path: host.answers.set('/x', (rq, rs) =>
 * ...) or an object, sent as JSON; host.otherwise, if set, answers the rest.
 * host.requests lists the paths asked for, host.connections counts connections,
 * of whatever end.
 */
export async function startHttpsHost ({ address = '127.0.0.1', port = 0 } = {}) {
  // The programs of the site read the CA as another user.
  const dir = await mkdtemp('/var/tmp/mcp-oauth-host-')
  await chmod(dir, 0o755)
  await makeCertificates(dir)
  const host = { ca: join(dir, 'ca.pem'), answers: new Map(), requests: [], connections: 0 }
  const server = createServer({
    key: await readFile(join(dir, 'host.key')),
    cert: await readFile(join(dir, 'host.pem'))
  }, (rq, rs) => {
    host.requests.push(rq.url)
    const answer = host.answers.get(rq.url)
    if (typeof answer === 'function') return answer(rq, rs)
    if (!answer) return host.otherwise ? host.otherwise(rq, rs) : rs.writeHead(404).end()
    rs.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer))
  })
  server.on('connection', () => { host.connections++ })
  server.on('tlsClientError', () => {})
  await new Promise((resolve, reject) => {
    server.on('error', reject)
    server.listen(port, address, resolve)
  })
  host.port = server.address().port
  host.url = path => `https://localhost:${host.port}${path}`
  host.stop = async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
    await rm(dir, { recursive: true, force: true })
  }
  return host
}

/** The settings that let a site fetch from it. */
export const fetching = host => `FETCH_CA_FILE=${host.ca}\nFETCH_ALLOW_ADDRESSES=127.0.0.1 ::1`
