// SPDX-License-Identifier: MIT
// site.mjs - a private site of its own for a test file: real web server, real
// PostgreSQL, the shipped configuration.
import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { lookAtInvariants } from './invariants.mjs'

const run = promisify(execFile)
const scriptOf = sources => join(sources, 'demo/site.sh')
const ours = new URL('../..', import.meta.url).pathname

const frontName = process.env.SITE_FRONT || 'apache'

/**
 * The web server in front, unless a site asks for another, and what it does otherwise than Apache:
 * emptyHeaders: passes them on; controls: takes encoded ones in a query; otherHosts: takes a
 * request line that names another host than the Host header; logsToStderr: gives its programs one,
 * for whole lines; stderr: keeps what they write to it;
 * programs: keeps them running, and asks them first where an MCP server is no program.
 * apacheOnly: why a test that is about Apache itself is skipped, or false.
 */
export const front = {
  name: frontName,
  emptyHeaders: frontName !== 'lighttpd',
  controls: frontName !== 'lighttpd',
  otherHosts: frontName !== 'lighttpd',
  logsToStderr: frontName === 'apache',
  stderr: ['apache', 'cgi'].includes(frontName),
  programs: frontName !== 'cgi',
  apacheOnly: frontName === 'apache' ? false : 'this is about Apache itself'
}

// Can the port be listened at? As an error, if another uses it.
async function tryPort (port) {
  const server = createServer()
  await new Promise((resolve, reject) => {
    server.on('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  await new Promise(resolve => server.close(resolve))
}

// The port is this process's until it ends: a test that runs beside it, or a
// later call, may ask before anybody listens there. It is marked by UDP, which
// keeps no server from it; as an error, if another has marked it.
async function markPort (port) {
  const mark = createSocket('udp4')
  try {
    await new Promise((resolve, reject) => {
      mark.on('error', reject)
      mark.bind({ port, address: '127.0.0.1', exclusive: true }, resolve)
    })
  } catch (error) {
    mark.close()
    throw error
  }
  mark.unref()
}

/**
 * A port of 127.0.0.1 that nobody uses now, nor was given by this to others who
 * run; below those that the kernel lends to clients, one of which could take it
 * before the server is up.
 */
export async function freePort () {
  for (;;) {
    const port = randomInt(12000, 32768)
    try {
      await markPort(port)
      await tryPort(port)
      return port
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error
    }
  }
}

// Lines KEY='value', as site.sh writes them.
function parseEnv (text) {
  return Object.fromEntries(
    [...text.matchAll(/^(\w+)='(.*)'$/gm)].map(m => [m[1], m[2]]))
}

/** Put lines KEY=value into a file of settings, instead of those of that name. */
export async function changeSettings (path, lines) {
  const kept = (await readFile(path, 'utf8')).split('\n')
    .filter(line => !lines.some(ours => line.startsWith(ours.split('=')[0] + '=')))
  await writeFile(path, [...kept.filter(Boolean), ...lines, ''].join('\n'))
}

/**
 * Start a site. Options: conf, guardConf (lines to add; @PORT@ becomes the site's port), serve
 * (MCP servers by path: an http URL, 'cgi:FILE' or 'whoami'), front (the web server; Apache, or
 * what SITE_FRONT says), apacheBefore, apache (lines for Apache alone), modules (of Apache, for those lines), sqlBefore (a file),
 * plain (no demo server), sources (another version's folder), extra (environment of site.sh).
 */
export async function startSite (options = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'mcp-oauth-test-'))
  const script = scriptOf(options.sources ?? ours)
  const port = options.port ?? await freePort()
  const lines = text => (text ?? '').replaceAll('@PORT@', String(port))
  const env = {
    ...process.env,
    SITE_CONF_EXTRA: lines(options.conf),
    SITE_GUARD_EXTRA: lines(options.guardConf),
    ...(options.front ? { SITE_FRONT: options.front } : {}),
    SITE_SERVE: Object.entries(options.serve ?? {}).map(pair => pair.join(' ')).join('\n'),
    SITE_APACHE_BEFORE: lines(options.apacheBefore),
    SITE_APACHE_EXTRA: lines(options.apache),
    SITE_MODULES: options.modules ?? '',
    SITE_SQL_BEFORE: options.sqlBefore ?? '',
    SITE_PLAIN: options.plain ? '1' : '',
    ...options.extra
  }
  try {
    await run(script, ['start', dir, String(port)], { env })
  } catch (error) {
    await rm(dir, { recursive: true, force: true })
    const kept = /^kept: (\/var\/tmp\/mcp-oauth\.\w+)$/m.exec(error.stdout)
    if (kept && !process.env.SITE_KEEP) await rm(kept[1], { recursive: true, force: true })
    throw error
  }
  return new Site(dir, env, parseEnv(await readFile(join(dir, 'env'), 'utf8')), script)
}

export class Site {
  constructor (dir, environment, values, script = scriptOf(ours)) {
    this.script = script
    this.dir = dir
    this.environment = environment
    this.values = values
    this.base = values.BASE_URL
    this.mcp = values.MCP_URL
    this.port = Number(values.PORT)
    this.email = values.DEMO_EMAIL
    this.password = values.DEMO_PASSWORD
  }

  url (path) { return this.base + path }

  // verb of site.sh: web start|stop|reload, database start|stop|kill
  async control (...verb) {
    await run(this.script, [verb[0], this.dir, ...verb.slice(1)], { env: this.environment })
  }

  // Run the operator's command as the account of the site.
  async command (...args) {
    const all = [this.values.MCP_OAUTH, '--config', this.values.MCP_OAUTH_CONFIG, ...args]
    return process.getuid() === 0
      ? run('runuser', ['-u', this.values.RUN_AS, '--', ...all])
      : run(all[0], all.slice(1))
  }

  // Rows of a statement, as the database's superuser unless a URL is given.
  async sql (text, values = [], url = this.values.SUPERUSER_DATABASE_URL) {
    const parsed = new URL(url.replace('@/', '@localhost/'))
    const client = new pg.Client({
      user: parsed.username,
      database: parsed.pathname.slice(1),
      host: parsed.searchParams.get('host')
    })
    await client.connect()
    try {
      return (await client.query(text, values)).rows
    } finally {
      await client.end()
    }
  }

  log () { return readFile(this.values.ERROR_LOG, 'utf8') }

  // End it; fails when something does not hold that always must.
  async stop () {
    try {
      await lookAtInvariants(this)
    } finally {
      await this.end()
    }
  }

  async end () {
    await run(this.script, ['stop', this.dir], { env: this.environment })
    await rm(this.dir, { recursive: true, force: true })
  }
}

/** mcp-oauth client add; returns {client_id, client_secret}. */
export async function addClient (site, ...args) {
  const { stdout } = await site.command('client', 'add', ...args)
  return Object.fromEntries(stdout.trim().split('\n').map(line => line.split('=')))
}

/** The same for a client that signs, with this public key (a JWK). */
export async function addSigner (site, jwk, ...args) {
  const folder = await mkdtemp('/var/tmp/mcp-oauth-jwks-')
  const file = join(folder, 'jwks.json')
  try {
    await chmod(folder, 0o755) // the command runs as the account of the site
    await writeFile(file, JSON.stringify({ keys: [jwk] }))
    return await addClient(site, '--jwks', file, ...args)
  } finally {
    await rm(folder, { recursive: true })
  }
}
