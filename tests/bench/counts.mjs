// SPDX-License-Identifier: MIT
// counts.mjs - what one request costs a program, in numbers that do not depend on
// what else the machine does: instructions (callgrind), allocations (memcheck),
// system calls (strace), statements (pg_stat_statements). Each is counted over a
// few requests and over more of them; the difference is what the latter cost.
// Ours first, then the floors.
//
// ONLY, of the environment, is a regular expression for names of cases; KEEP a
// folder that gets callgrind's files.
import assert from 'node:assert/strict'
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { as, startFastcgi } from '../lib/fastcgi.mjs'
import { meterOf } from './measure.mjs'
import { fronts } from './fronts.mjs'
import { floorsFolder, floorsOf, newTokens, stopFloors } from './floors.mjs'
import { newSessions, oursOf, startOurs } from './ours.mjs'
import { table } from './report.mjs'

const FEW = 5
const MANY = 45
const build = process.env.BUILD ?? 'build'
const only = new RegExp(process.env.ONLY || '')

// What web servers tell a program of each request besides, with the headers of an MCP client.
const usual = {
  GATEWAY_INTERFACE: 'CGI/1.1',
  SERVER_SOFTWARE: 'lighttpd',
  SERVER_PROTOCOL: 'HTTP/1.1',
  SERVER_NAME: '127.0.0.1',
  SERVER_ADDR: '127.0.0.1',
  SERVER_PORT: '8080',
  REMOTE_ADDR: '127.0.0.1',
  REMOTE_PORT: '40000',
  REQUEST_SCHEME: 'http',
  REDIRECT_STATUS: '200',
  DOCUMENT_ROOT: '/var/www/html',
  SCRIPT_FILENAME: '/var/www/html/mcp',
  SCRIPT_NAME: '/mcp',
  QUERY_STRING: '',
  UNIQUE_ID: 'aAaAaAaAaAaAaAaAaAaAaAaA',
  HTTP_HOST: '127.0.0.1:8080',
  HTTP_USER_AGENT: 'node',
  HTTP_ACCEPT: 'application/json, text/event-stream',
  HTTP_ACCEPT_ENCODING: 'gzip, deflate',
  HTTP_ACCEPT_LANGUAGE: '*',
  HTTP_SEC_FETCH_MODE: 'cors',
  HTTP_MCP_PROTOCOL_VERSION: '2025-11-25',
  HTTP_MCP_SESSION_ID: '3b7d3c9a-0d5e-4f39-9d50-7c5a2c7e9b10'
}

const programs = site => join(site.values.STATE, 'usr/libexec/mcp-oauth')
const once = list => {
  const rest = [...list]
  return () => rest.pop()
}

/** Requests by name: {program, config, role, variables, body, answer}; begin() comes before the first, seen() after each. */
function casesOf (site, { client, machine, reader, valid, expired, garbage, redeeming }) {
  const endpoint = { config: site.values.MCP_OAUTH_CONFIG, role: 'RESPONDER' }
  const post = (program, path, body, answer) => ({
    ...endpoint,
    program: join(programs(site), 'cgi-bin', program),
    variables: { REQUEST_METHOD: 'POST', REQUEST_URI: path, CONTENT_TYPE: 'application/x-www-form-urlencoded' },
    body,
    answer
  })
  const get = (program, path, answer) => ({ ...endpoint, program: join(programs(site), 'cgi-bin', program), variables: { REQUEST_URI: path }, answer })
  const guard = (token, answer) => ({
    program: join(programs(site), 'guard/guard'),
    config: site.values.GUARD_CONFIG,
    role: 'AUTHORIZER',
    variables: () => ({ REQUEST_METHOD: 'POST', REQUEST_URI: '/mcp', FCGI_APACHE_ROLE: 'ACCESS_CHECKER', HTTP_AUTHORIZATION: 'Bearer ' + token() }),
    answer
  })
  const turns = list => {
    let at = 0
    return () => list[at++ % list.length]
  }
  let refresh
  const form = fields => () => new URLSearchParams(fields).toString()
  return {
    metadata: get('server_metadata', '/.well-known/oauth-authorization-server', '"issuer"'),
    'resource metadata': get('resource_metadata', '/.well-known/oauth-protected-resource/mcp', '"resource"'),
    jwks: get('jwks', '/.well-known/jwks.json', '"keys"'),
    refresh: {
      ...post('token', '/api/oauth/token', () => `grant_type=refresh_token&client_id=${client.client_id}&refresh_token=${refresh}`, '"access_token"'),
      async begin () { refresh = (await newSessions(site, client, 1))[0].refresh_token },
      seen: answer => { refresh = /"refresh_token":"([^"]+)"/.exec(answer)[1] }
    },
    'code redemption': {
      ...post('token', '/api/oauth/token', null, '"access_token"'),
      async begin () {
        const { body, values } = await redeeming(FEW + MANY)
        const code = once(values)
        this.body = () => body + code()
      }
    },
    client_credentials: post('token', '/api/oauth/token',
      form({ grant_type: 'client_credentials', client_id: machine.client_id, client_secret: machine.client_secret }), '"access_token"'),
    introspection: post('introspect', '/api/oauth/introspect',
      form({ token: valid[0], client_id: reader.client_id, client_secret: reader.client_secret }), '"active":true'),
    registration: {
      ...post('register', '/api/oauth/register', () => '{"client_name":"Bench","redirect_uris":["http://127.0.0.1:7777/callback"],"token_endpoint_auth_method":"none"}', '"client_id"'),
      variables: { REQUEST_METHOD: 'POST', REQUEST_URI: '/api/oauth/register', CONTENT_TYPE: 'application/json' }
    },
    'guard, verified': guard(turns(valid), 'Status: 200'),
    'guard, remembered': guard(turns(valid.slice(0, 1)), 'Status: 200'),
    'guard, expired': guard(turns(expired), 'Status: 401'),
    'guard, garbage': guard(turns(garbage), 'Status: 401')
  }
}

/** The same of the floors, which lie in a folder; token is an access token of ours. */
function floorCasesOf (site, folder, token) {
  const floor = (name, role, answer, more) => ({ program: join(folder, 'bin', name), role, answer, variables: { REQUEST_URI: '/' }, ...more })
  const guarded = { variables: { REQUEST_METHOD: 'POST', REQUEST_URI: '/', HTTP_AUTHORIZATION: `Bearer ${token}` } }
  let refresh
  return {
    'floor: FastCGI responder': floor('responder', 'RESPONDER', '"issuer"'),
    'floor: C refresh': floor('refresh', 'RESPONDER', '"access_token"', {
      variables: { REQUEST_METHOD: 'POST', REQUEST_URI: '/' },
      async begin () { refresh = (await newTokens(site, 1))[0] },
      body: () => `grant_type=refresh_token&client_id=client&refresh_token=${refresh}`,
      seen: answer => { refresh = /"refresh_token":"([^"]+)"/.exec(answer)[1] }
    }),
    'floor: C introspection': floor('introspect', 'RESPONDER', '"active":true', {
      variables: { REQUEST_METHOD: 'POST', REQUEST_URI: '/' },
      body: () => `client_id=client&token=${token}`
    }),
    'floor: verifies Ed25519': floor('authorizer', 'AUTHORIZER', 'Status: 200', guarded),
    'floor: says yes': floor('checker', 'AUTHORIZER', 'Status: 200', guarded)
  }
}

// Start the case's program under a tool, ask it n times, and end it.
async function runCase (site, which, under, n) {
  const folder = await mkdtemp('/var/tmp/mcp-oauth-counts-')
  const socket = join(folder, 'socket')
  const account = await as(site.values.RUN_AS)
  if (account.uid) await chown(folder, account.uid, account.gid)
  const tool = under(join(folder, 'out'))
  await which.begin?.()
  const running = await startFastcgi([...tool, which.program], socket, { user: site.values.RUN_AS, env: which.config && { MCP_OAUTH_CONFIG: which.config } })
  try {
    for (let i = 0; i < n; i++) {
      const body = which.body?.() ?? ''
      const given = typeof which.variables === 'function' ? which.variables() : which.variables
      const answer = await running.ask({ ...usual, CONTENT_LENGTH: String(body.length), ...given }, { body, role: which.role })
      assert.ok(answer.includes(which.answer), answer)
      which.seen?.(answer)
    }
  } finally {
    await running.stop()
  }
  const told = await readFile(join(folder, 'out'), 'utf8')
  return { told, folder }
}

const tools = {
  instructions: {
    under: out => ['valgrind', '--tool=callgrind', `--callgrind-out-file=${out}`, '--dump-instr=no'],
    read: told => ({ instructions: Number(/^(?:summary|totals): (\d+)/m.exec(told)[1]) })
  },
  allocations: {
    under: out => ['valgrind', `--log-file=${out}`],
    read: told => ({ allocations: Number(/total heap usage: ([\d,]+) allocs/.exec(told)[1].replaceAll(',', '')) })
  },
  calls: {
    under: out => ['strace', '-D', '-f', '-c', '-U', 'calls,name', '-o', out],
    read: told => Object.fromEntries([...told.matchAll(/^\s+(\d+) (\w+)$/gm)].map(m => [m[2], Number(m[1])]))
  }
}

async function count (site, which, { under, read }, keep) {
  const few = await runCase(site, which, under, FEW)
  const many = await runCase(site, which, under, MANY)
  if (keep) await writeFile(keep, many.told)
  const a = read(few.told)
  const b = read(many.told)
  await Promise.all([few, many].map(r => rm(r.folder, { recursive: true })))
  return Object.fromEntries(Object.keys(b).map(k => [k, (b[k] - (a[k] ?? 0)) / (MANY - FEW)]))
}

async function statements (site, meter, which) {
  const readAround = async n => {
    const before = (await meter.read()).calls
    await rm((await runCase(site, which, out => ['sh', '-c', `: >${out}; exec "$@"`, 'sh'], n)).folder, { recursive: true })
    return (await meter.read()).calls - before
  }
  const few = await readAround(FEW)
  return (await readAround(MANY) - few) / (MANY - FEW)
}

const shown = calls => Object.entries(calls).filter(([name, n]) => name !== 'total' && n >= 0.5)
  .sort((a, b) => b[1] - a[1]).map(([name, n]) => `${Math.round(n)} ${name}`).join(', ')

const floors = await floorsFolder()
// Valgrind makes calls of its own.
const site = await startOurs(fronts.mod_fcgid.options(floors), '\nSANDBOX=off')
const meter = await meterOf(site.values.SUPERUSER_DATABASE_URL)
try {
  const rows = []
  const result = {}
  const ours = await oursOf(site, { tokens: 600 })
  await floorsOf(site, floors, fronts.mod_fcgid, ours.accessToken)
  const cases = { ...casesOf(site, ours.parts), ...floorCasesOf(site, floors, ours.accessToken) }
  for (const [name, which] of Object.entries(cases).filter(([name]) => only.test(name))) {
    if (process.env.KEEP) await mkdir(process.env.KEEP, { recursive: true })
    const { instructions } = await count(site, which, tools.instructions, process.env.KEEP && join(process.env.KEEP, name.replaceAll(/\W+/g, '-') + '.callgrind'))
    const { allocations } = await count(site, which, tools.allocations)
    const calls = await count(site, which, tools.calls)
    const asked = await statements(site, meter, which)
    result[name] = { instructions, allocations, calls, statements: asked }
    const sum = Object.entries(calls).filter(([k]) => k !== 'total').reduce((all, [, n]) => all + n, 0)
    rows.push([name, Math.round(instructions / 1000), Math.round(allocations), Math.round(sum), shown(calls), Math.round(asked)])
    console.error(rows.at(-1).join(' | '))
  }
  await mkdir(join(build, 'bench'), { recursive: true })
  const text = table(['request', 'thousand instructions', 'allocations', 'system calls', 'which', 'statements'], rows)
  await writeFile(join(build, 'bench/counts.md'), text)
  await writeFile(join(build, 'bench/counts.json'), JSON.stringify(result, null, 1) + '\n')
  console.log(text)
} finally {
  await meter.end()
  await site.stop()
  await stopFloors(floors)
}
