// SPDX-License-Identifier: MIT
// mcp-oauth doctor --as-client: it connects as a client does, finds what only
// shows on the way, and leaves nothing behind.
// This is about Apache itself, whose virtual hosts are broken for it.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { only, startBrokenSite } from '../lib/doctor.mjs'
import { until } from '../lib/flow.mjs'
import { makeHtpasswd, startHtpasswdSite } from '../lib/remote_login.mjs'
import { changeSettings, freePort } from '../lib/site.mjs'

const byHand = `<Location "/mcp">
  CGIPassAuth On
  FcgidAccessChecker "\${MCP_OAUTH_LIBEXEC}/guard/guard"
  ErrorDocument 401 /api/oauth/refusal
</Location>
<Location "/mcp/.well-known">
  ErrorDocument 401 /api/oauth/not-found
</Location>`

// Answers each message with what it has for the method.
const answering = bodies => createServer((rq, rs) => {
  let body = ''
  rq.on('data', data => { body += data })
  rq.on('end', () => rs.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(bodies[JSON.parse(body).method] ?? {})))
})
const opened = { jsonrpc: '2.0', id: 1, result: { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'x', version: '1' } } }

let broken, site, hanging, others, atFirst
before(async () => {
  // An MCP server that takes the first message and never answers.
  hanging = createServer((rq, rs) => {
    let body = ''
    rq.on('data', data => { body += data })
    rq.on('end', () => body.includes('"initialize"') ? hanging.emit('initialize') : rs.writeHead(400).end())
  })
  hanging.listen(0, '127.0.0.1')
  await once(hanging, 'listening')
  // One that is no MCP server, and one that has no tools.
  others = [answering({}), answering({ initialize: opened, 'tools/list': { jsonrpc: '2.0', id: 2, error: { code: -32601, message: 'Method not found' } } })]
  for (const server of others) await once(server.listen(0, '127.0.0.1'), 'listening')
  const [noServer, noTools] = others.map(server => ({ guard: `Use ProxyMCP /mcp http://127.0.0.1:${server.address().port}/mcp` }))
  broken = await startBrokenSite({
    good: {},
    'no-server': noServer,
    'no-tools': noTools,
    hanging: { guard: `Use ProxyMCP /mcp http://127.0.0.1:${hanging.address().port}/mcp` },
    gone: { guard: `Use ProxyMCP /mcp http://127.0.0.1:${await freePort()}/mcp` },
    elsewhere: { guard: 'Use GuardMCP /mcp\n<Location "/mcp">\n  Alias ${SHARE}/nothing-here\n</Location>' },
    'origin-unset': { lines: 'RequestHeader unset Origin early' },
    'by-hand': { guard: byHand },
    'query-to-header': {
      guard: '',
      lines: `RewriteEngine On
RewriteCond %{QUERY_STRING} ^access_token=(.+)$
RewriteRule ^/mcp http://127.0.0.1:@good@/mcp? [P,E=token:%1]
RequestHeader set Authorization "Bearer %{token}e" env=token
ProxyPass / http://127.0.0.1:@good@/`
    },
    'iss-lost': { lines: 'Header edit Location [&?]iss=[^&]* ""' },
    'consent-form': { lines: '<Location "/api/oauth/consent">\n  Header always set Content-Security-Policy "form-action \'self\'"\n</Location>' }
  }, { apache: 'Listen 127.0.0.2:@PORT@' })
  site = broken.site
  atFirst = await counts()
})
after(async () => {
  hanging?.closeAllConnections()
  hanging?.close()
  for (const server of others ?? []) server.close()
  await broken?.stop()
})

const owner = () => ['--database', site.values.DATABASE_URL]
const walk = (name, ...args) => broken.look(name, '--as-client', ...owner(), ...args)

// How many of each there are: what a walk makes is gone when it ends.
async function counts (of = site) {
  const tables = ['public.users', 'public.mcp_server_sessions', 'oauth.client', 'oauth.consent', 'oauth.credential', 'oauth.login']
  const [row] = await of.sql('SELECT ' + tables.map(t => `(SELECT count(*)::int FROM ${t}) AS "${t}"`).join(', '))
  // Of an address it stays counted what it asked for.
  const [guesses] = await of.sql("SELECT count(*)::int AS account FROM oauth.attempt WHERE key LIKE 'account:%'")
  return { ...row, ...guesses }
}
const nothingLeft = async () => assert.deepEqual(await counts(), atFirst)

// Run it as a process that can be written to and interrupted.
function start (args, input) {
  const { MCP_OAUTH, MCP_OAUTH_CONFIG, RUN_AS } = site.values
  const command = [MCP_OAUTH, '--config', MCP_OAUTH_CONFIG, 'doctor', '--json', '--as-client', ...args]
  const all = process.getuid() === 0 ? ['setpriv', '--reuid', RUN_AS, '--regid', RUN_AS, '--clear-groups', ...command] : command
  const child = spawn(all[0], all.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', data => { stdout += data })
  child.stderr.on('data', data => { stderr += data })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return { child, ended: once(child, 'close').then(([status]) => ({ status, stderr, findings: stdout && JSON.parse(stdout) })) }
}

test('the whole way at a good site, and nothing is left of it', async () => {
  const { findings, problems } = await walk('good')
  assert.deepEqual(problems, [])
  const said = findings.map(finding => finding.text).join('\n')
  for (const text of [/challenge of \/mcp leads to the token endpoint/, /a client registers itself/, /the client has its code/,
    /initialize and tools\/list come through/, /pages of other sites are refused/, /identity headers of a client's own are refused/,
    /a token in the address is refused/, /the refresh token buys new ones/, /the guard refuses the token that was revoked/,
    /a client connects to \/mcp, uses it, and is refused once it is revoked/]) assert.match(said, text)
  assert.doesNotMatch(said, /eyJ/, 'no token is shown')
  await nothingLeft()
  const events = await site.sql('SELECT event FROM oauth.audit ORDER BY at')
  for (const event of ['user added', 'session started', 'user deleted']) assert.ok(events.some(row => row.event === event), event)
})

test('without --as-client nothing is written', async () => {
  const [{ n }] = await site.sql('SELECT count(*)::int AS n FROM oauth.audit')
  assert.deepEqual((await broken.look('good')).problems, [])
  assert.equal((await site.sql('SELECT count(*)::int AS n FROM oauth.audit'))[0].n, n)
  await assert.rejects(site.command('doctor', '--user', site.email), error => error.code === 2 && /for --as-client/.test(error.stderr))
})

describe('somebody who is there already signs in', () => {
  const url = () => ['--url', broken.url('good')]

  test('with the password on standard input; signed out afterwards', async () => {
    const { status, findings } = await start([...url(), '--user', site.email], site.password + '\n').ended
    assert.deepEqual(findings.filter(f => f.level === 'problem'), [])
    assert.equal(status, 0)
    await nothingLeft()
  })

  test('with a wrong one, and with none', async () => {
    const wrong = await start([...url(), '--user', site.email], 'not the password\n').ended
    const [problem] = wrong.findings.filter(f => f.level === 'problem')
    assert.equal(problem.code, 'sign-in')
    assert.match(problem.text, /demo@example\.com could not sign in: status 401/)
    const none = await start([...url(), '--user', site.email], '').ended
    assert.equal(none.status, 1)
    assert.match(none.stderr, /the password, the first line of standard input/)
    // No name of this host that the doctor could know.
    const open = await start(['--url', `http://127.0.0.2:${site.port}`, '--user', site.email], site.password + '\n').ended
    assert.ok(open.findings.some(f => /the password would go to http:\/\/127\.0\.0\.2:\d+ in the clear/.test(f.text)), JSON.stringify(open.findings.slice(-2)))
    await site.sql('DELETE FROM oauth.attempt')
    await nothingLeft()
  })
})

test('the endpoints\' own login makes nobody', async () => {
  const { problems } = await broken.look('good', '--as-client')
  const fix = only(problems, 'user-not-made', /permission denied for function user_add/)
  assert.match(fix, /--database postgresql:[^]*--user EMAIL/)
})

test('where clients do not register themselves one is added by hand', async () => {
  const file = site.values.MCP_OAUTH_CONFIG
  const text = await readFile(file, 'utf8')
  await changeSettings(file, ['OAUTH_REGISTRATION=off'])
  try {
    await until(async () => (await broken.look('good')).problems.length === 0)
    assert.deepEqual((await walk('good')).problems, [])
    await nothingLeft()
  } finally {
    await writeFile(file, text)
  }
  await until(async () => (await broken.look('good')).problems.length === 0)
})

test('interrupted in the middle it removes what it made', async () => {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    const asked = once(hanging, 'initialize')
    const { child, ended } = start(['--url', broken.url('hanging'), ...owner()])
    await Promise.race([asked, ended])
    child.kill(signal)
    const { status, findings } = await ended
    assert.equal(status, 1)
    assert.equal(findings.at(-1).code, 'interrupted', JSON.stringify(findings.slice(-3)))
    await nothingLeft()
  }
})

describe('what only shows on the way', () => {
  test('no MCP server behind the guard', async () => {
    only((await walk('gone')).problems, 'backend-missing', /lets a client through, but no MCP server answers at \/mcp \(status 50[23]\)/)
    only((await walk('elsewhere')).problems, 'backend-missing', /\(status 403\)/)
    await nothingLeft()
  })

  test('something that is no MCP server, and one without tools', async () => {
    const { problems, findings } = await walk('no-server')
    only(problems, 'backend-missing', /what answers at \/mcp is no MCP server/)
    assert.ok(!findings.some(f => /uses it/.test(f.text)), 'it was not used')
    assert.deepEqual((await walk('no-tools')).problems, [])
    await nothingLeft()
  })

  test('the guard does not see where a page comes from', async () => {
    const fix = only((await walk('origin-unset')).problems, 'origin-accepted', /answers a page of another site \(status 200\)/)
    assert.match(fix, /RequestHeader unset Origin/)
  })

  test('a guard of somebody\'s own making does not look for forged identities', async () => {
    const fix = only((await walk('by-hand')).problems, 'identity-forged', /X_Forwarded_User \(status 200\)/)
    assert.equal(fix, 'Use GuardMCP /mcp')
    await broken.paste('by-hand', fix)
    await broken.restart()
    assert.deepEqual((await walk('by-hand')).problems, [])
  })

  test('a token in the address is made a header in front', async () => {
    only((await walk('query-to-header')).problems, 'token-in-query', /takes a token in the address \(status 200\)/)
  })

  test('the answer to the client is rewritten', async () => {
    only((await walk('iss-lost')).problems, 'answer-changed', /state or iss come back changed/)
    await nothingLeft()
  })

  test('a policy that only the consent page has', async () => {
    const fix = only((await walk('consent-form')).problems, 'csp-form-action', /form-action 'self'/)
    assert.match(fix, /^<Location "\/api\/oauth\/">/)
  })

  test('the guard\'s variables reach clients, the secret of the backend among them', async () => {
    const snippet = join(site.values.STATE, 'usr/share/mcp-oauth/apache-conf/mcp-oauth.conf')
    const text = await readFile(snippet, 'utf8')
    await writeFile(snippet, text.replace(/^Header always unset Variable-.*\n/gm, ''))
    await broken.restart()
    try {
      const fix = only((await walk('good')).problems, 'variables-leak', /hold the guard's own variables, such as variable-mcp_/)
      await broken.paste('good', fix)
      await broken.restart()
      assert.deepEqual((await walk('good')).problems, [])
    } finally {
      await writeFile(snippet, text)
      await broken.restart()
    }
  })

  test('a guard that reads the revocations of another database', async () => {
    const url = (role, name) => site.values.DATABASE_URL.replace('mcp_owner', role).replace('/mcp_oauth?', `/${name}?`)
    await site.sql('CREATE DATABASE other OWNER mcp_owner')
    await site.command('migrate', '--database', url('mcp_owner', 'other'))
    const file = site.values.GUARD_CONFIG
    const text = await readFile(file, 'utf8')
    await changeSettings(file, [`DATABASE_URL=${url('mcp_guard', 'other')}`])
    await broken.restart()
    try {
      const fix = only((await walk('good')).problems, 'revocation-not-felt', /ten seconds after a token was revoked the guard of \/mcp still lets it through/)
      assert.match(fix, /DATABASE_URL of guard\.conf must be the database of mcp-oauth\.conf/)
      await nothingLeft()
    } finally {
      await writeFile(file, text)
      await broken.restart()
    }
  })

  test('rules that want headers, and more than is granted at first', async () => {
    const rules = join(site.values.STATE, 'guard.rules')
    const files = [site.values.MCP_OAUTH_CONFIG, site.values.GUARD_CONFIG]
    const texts = await Promise.all(files.map(file => readFile(file, 'utf8')))
    const write = async scope => {
      await writeFile(rules, `/mcp tools/list * ${scope}\n`)
      await chmod(rules, 0o644)
    }
    const scopes = ['MCP_RESOURCE_SCOPES=/mcp notes:write', 'MCP_RESOURCE_BASE_SCOPES=/mcp openid email profile']
    await write('email')
    for (const file of files) await changeSettings(file, scopes)
    await changeSettings(site.values.GUARD_CONFIG, [...scopes, `GUARD_RULES=${rules}`])
    await broken.restart()
    try {
      const strict = await walk('good')
      assert.deepEqual(strict.problems, [])
      assert.ok(strict.findings.some(f => /tools\/list of 2026-07-28 comes through/.test(f.text)))
      await write('notes:write')
      await broken.restart()
      const { findings, problems } = await walk('good')
      assert.deepEqual(problems, [])
      assert.ok(findings.some(f => f.level === 'note' && /is not enough for \/mcp: its rules ask for more/.test(f.text)))
      await nothingLeft()
    } finally {
      for (const [i, file] of files.entries()) await writeFile(file, texts[i])
      await broken.restart()
    }
  })
})

describe('where the web server signs people in', () => {
  let htpasswd, other
  before(async () => {
    htpasswd = await makeHtpasswd(['alice'])
    other = await startHtpasswdSite(htpasswd)
    await other.command('identity', 'add', 'alice', 'alice@example.com', '--database', other.values.DATABASE_URL)
  })
  after(async () => {
    await other?.stop()
    await htpasswd?.remove()
  })

  test('somebody it knows goes the whole way; without, it ends at the sign-in', async () => {
    const first = await counts(other)
    const file = join(other.values.STATE, 'run', 'password')
    await writeFile(file, 'password of alice\n')
    await chmod(file, 0o644)
    const { stdout } = await other.command('doctor', '--as-client', '--user', 'alice', '--password-file', file)
    assert.match(stdout, /ok: a client connects to \/mcp, uses it, and is refused once it is revoked\nall is well\n$/)
    const { stdout: short } = await other.command('doctor', '--as-client')
    assert.match(short, /note: not walked further than the sign-in: the web server signs people in, and --user names nobody that it knows\nall is well\n$/)
    assert.deepEqual(await counts(other), first)
    await writeFile(file, 'not hers\n')
    await assert.rejects(other.command('doctor', '--as-client', '--user', 'alice', '--password-file', file), error => {
      assert.match(error.stdout, /problem: alice could not sign in: status 401 \[sign-in\]/)
      return true
    })
  })
})
