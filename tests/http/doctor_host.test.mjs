// SPDX-License-Identifier: MIT
// What mcp-oauth doctor finds beside the virtual host: files, database, clocks,
// what stands in front, and what can be reached past the guard.
// This is about Apache itself, whose virtual hosts are broken for it.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { request } from 'node:http'
import { chmod, chown, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { doctor, only, startBrokenSite } from '../lib/doctor.mjs'
import { until } from '../lib/flow.mjs'
import { startHttpsHost } from '../lib/https_host.mjs'
import { changeSettings, freePort } from '../lib/site.mjs'

const run = promisify(execFile)
let broken, site
const look = (...args) => broken.look('good', ...args)
const shell = line => run('sh', ['-c', line.replace(/^#.*$/gm, '')])

before(async () => {
  broken = await startBrokenSite({
    good: {},
    backend: { guard: '' },
    asking: { guard: '<Location "/mcp">\n  Require expr "%{HTTP:X-MCP-Guard} == \'a secret\'"\n</Location>' }
  })
  site = broken.site
})
after(() => broken?.stop())

test('a good site has no problem, and each check says so', async () => {
  const { findings, problems } = await look()
  assert.deepEqual(problems, [])
  const codes = findings.map(finding => finding.code)
  for (const code of ['settings', 'migrations', 'connections', 'clock-web', 'clock-database', 'authorization-token', 'authorization-guard',
    'unguarded', 'well-known-swallowed', 'token-cached', 'request-too-long', 'unique-id', 'csp-form-action']) {
    assert.ok(codes.includes(code), code)
  }
  assert.equal(findings.find(finding => finding.code === 'backend-open').level, 'note')
})

test('the same in words: what to paste stands below the problem, its code behind it', async () => {
  const { stdout } = await site.command('doctor', '--url', broken.url('good'))
  assert.match(stdout, /^ok: .*\n[^]*all is well\n$/)
  await assert.rejects(site.command('doctor', '--url', broken.url('backend')), error => {
    assert.equal(error.code, 1)
    assert.match(error.stdout, /^problem: \/mcp answers status 405 without a token, not 401 \[unguarded\]\n {4}Use GuardMCP \/mcp\n {4}# or/m)
    assert.match(error.stdout, /\n1 problem\n$/)
    return true
  })
  await assert.rejects(site.command('doctor', '--connections', '0'), error => error.code === 2)
})

test('where nothing answers it says so, once', async () => {
  const { problems } = await doctor(site, '--url', `http://127.0.0.1:${await freePort()}`)
  assert.match(only(problems, 'no-answer', /nothing answers at http:\/\/127\.0\.0\.1:\d+ \(Couldn't connect to server\)/), /--url/)
})

test('a slash at the end of OAUTH_BASE_URL', async () => {
  const { MCP_OAUTH_CONFIG: file } = site.values
  const before = await readFile(file, 'utf8')
  await changeSettings(file, [`OAUTH_BASE_URL=${site.base}/`])
  try {
    const { problems } = await look()
    only(problems, 'settings', /OAUTH_BASE_URL must be an origin in lower case without path or trailing slash/)
  } finally {
    await writeFile(file, before)
  }
})

test('no settings where they are looked for', async () => {
  const { code, stdout } = await run(site.values.MCP_OAUTH, ['--config', '/nonexistent/mcp-oauth.conf', 'doctor', '--json']).catch(error => error)
  assert.equal(code, 1)
  const problems = JSON.parse(stdout)
  assert.deepEqual(problems.map(p => p.code), ['settings', 'settings'])
  assert.match(problems[0].text, /\/nonexistent\/mcp-oauth\.conf: No such file/)
  assert.match(problems[1].text, /\/nonexistent\/guard\.conf: No such file/)
  for (const { fix } of problems) assert.match(fix, /MCP_OAUTH_CONFIG in the environment/)
})

test('an issuer with a path that the virtual host was not told of, and several resources', async () => {
  const files = [site.values.MCP_OAUTH_CONFIG, site.values.GUARD_CONFIG]
  const before = await Promise.all(files.map(file => readFile(file, 'utf8')))
  for (const file of files) await changeSettings(file, [`OAUTH_ISSUER=${site.base}/auth/v1`, 'MCP_RESOURCES=/mcp /files'])
  await site.command('render') // keys are those of an issuer
  try {
    let problems // programs notice within a second, the guard's among them
    await until(async () => {
      ({ problems } = await look())
      return !problems.some(({ code }) => ['document-differs', 'authorization-guard', 'token-refused'].includes(code))
    })
    assert.deepEqual(problems.map(p => p.code), ['well-known-swallowed', 'unguarded'])
    assert.match(problems[0].text, /^\/auth\/v1\/\.well-known\/openid-configuration is answered by something that is not ours \(status 404/)
    assert.match(problems[0].fix, /^Define MCP_OAUTH_ISSUER_PATH \/auth\/v1\n/)
    assert.match(problems[1].fix, /^Use GuardMCP \/files\n/)
  } finally {
    for (const [i, file] of files.entries()) await writeFile(file, before[i])
    await site.command('render')
  }
  await until(async () => (await look()).problems.length === 0)
})

describe('behind a proxy that speaks TLS', () => {
  let front
  const handOver = (rq, rs) => {
    const { hostname, port } = new URL(broken.url('good'))
    rq.pipe(request({ hostname, port, path: rq.url, method: rq.method, headers: rq.headers }, answer => {
      rs.writeHead(answer.statusCode, answer.headers)
      answer.pipe(rs)
    }))
  }
  before(async () => {
    front = await startHttpsHost()
    front.otherwise = handOver
  })
  after(() => front?.stop())

  test('an issuer of http is no address that clients know', async () => {
    const origin = front.url('')
    const { problems } = await doctor(site, '--url', origin, '--ca-file', front.ca)
    const fix = only(problems, 'issuer-address', /reached at https:.*, but its documents name http:/)
    assert.equal(fix.split('\n')[0], `OAUTH_BASE_URL=${origin}`)
  })

  test('a certificate that nobody vouches for', async () => {
    const { problems } = await doctor(site, '--url', front.url(''))
    assert.deepEqual(problems.map(p => p.code), ['issuer-address', 'certificate'])
    assert.match(problems[1].fix, /SSLCertificateFile[^]*--ca-file/)
  })
})

describe('the database', () => {
  test('migrations that were not applied', async () => {
    const [row] = await site.sql('DELETE FROM oauth.migration WHERE number = (SELECT max(number) FROM oauth.migration) RETURNING *')
    try {
      const fix = only((await look()).problems, 'migrations', /the database is at migration \d+, this version at \d+/)
      assert.match(fix, /^mcp-oauth migrate --database /)
    } finally {
      const columns = Object.keys(row)
      await site.sql(`INSERT INTO oauth.migration (${columns}) VALUES (${columns.map((_, i) => `$${i + 1}`)})`, Object.values(row))
    }
    assert.deepEqual((await look()).problems, [])
  })

  test('fewer connections than the processes may open: of the login, the database, the server', async () => {
    const profile = await readFile(new URL('../../apache-conf/mcp-oauth.conf', import.meta.url), 'utf8')
    const [, endpoints] = /endpoints?:\s+#\s*(\d+) with these numbers|(\d+) with these numbers/.exec(profile).filter(Boolean)
    const needed = Number(endpoints) + 1
    assert.match((await look()).findings.find(f => f.code === 'connections').text, new RegExp(`the ${needed} connections`))

    await site.sql('ALTER ROLE mcp_web CONNECTION LIMIT 20')
    let fix = only((await look()).problems, 'connections', /its login lets only 20 in/)
    await site.sql(fix.split('\n')[0])
    assert.deepEqual((await look()).problems, [])
    await site.sql('ALTER ROLE mcp_web CONNECTION LIMIT -1')

    await site.sql('ALTER DATABASE mcp_oauth CONNECTION LIMIT 30')
    fix = only((await look()).problems, 'connections', /the database lets only 30 in/)
    await site.sql(fix.split('\n')[0])
    assert.deepEqual((await look()).problems, [])
    await site.sql('ALTER DATABASE mcp_oauth CONNECTION LIMIT -1')

    fix = only((await look('--connections', '200')).problems, 'connections',
      /the endpoints may open 200 connections, but PostgreSQL \(max_connections\) lets only \d+ in/)
    assert.match(fix, /^ALTER SYSTEM SET max_connections = 2\d\d;\n# and restart/)
  })

  test('away', async () => {
    await site.control('database', 'stop')
    try {
      const { problems } = await look()
      const codes = problems.map(p => p.code)
      assert.deepEqual(codes.slice(0, 2), ['database', 'database-guard'])
      assert.match(problems[0].text, /cannot use the database: connection to server/)
      assert.ok(codes.includes('unavailable'))
    } finally {
      await site.control('database', 'start')
    }
  })
})

describe('files', () => {
  const modes = [
    ['MCP_OAUTH_CONFIG', 0o660, /has mode 0660: others may change it/],
    ['GUARD_CONFIG', 0o620, /has mode 0620: others may change it/],
    ['JWKS_FILE', 0o666, /has mode 0666: others may change it/]
  ]
  for (const [name, mode, text] of modes) {
    test(`${name} that others may write`, async () => {
      const file = site.values[name]
      const before = (await stat(file)).mode & 0o7777
      await chmod(file, mode)
      try {
        const fix = only((await look()).problems, 'file-mode', text)
        await shell(fix)
        assert.deepEqual((await look()).problems, [])
      } finally {
        await chmod(file, before)
      }
    })
  }

  test('a key that others may read, and a state folder that is open', async () => {
    const key = join(site.values.MCP_OAUTH_CONFIG, '../signing-key.pem')
    const state = join(site.values.STATE, 'run')
    await chmod(key, 0o644)
    await chmod(state, 0o755)
    const { problems } = await look()
    // Programs that notice the key's mode meanwhile are unavailable too.
    assert.deepEqual(problems.map(p => p.code).filter(code => code !== 'unavailable'), ['state-directory', 'file-mode'])
    assert.match(problems[1].text, /signing-key\.pem has mode 0644: others may read it/)
    for (const { fix } of problems.slice(0, 2)) await shell(fix)
    assert.deepEqual((await look()).problems, [])
  })

  for (const [what, path, says] of [
    ['a file', v => v.GUARD_CONFIG, /guard\.conf cannot be read by www-data/],
    ['their folder', v => dirname(v.GUARD_CONFIG), /cannot be entered by www-data/]
  ]) {
    test(`settings that the programs cannot read: ${what}`, { skip: process.getuid() !== 0 && 'needs root' }, async () => {
      const file = path(site.values)
      const { MCP_OAUTH, MCP_OAUTH_CONFIG } = site.values
      const { uid, gid, mode } = await stat(file)
      await chown(file, 0, 0)
      await chmod(file, mode & 0o750)
      try {
        const args = ['--config', MCP_OAUTH_CONFIG, 'doctor', '--json', '--url', broken.url('good')]
        const { stdout } = await run(MCP_OAUTH, args).catch(error => error)
        const [problem] = JSON.parse(stdout).filter(f => f.level === 'problem')
        assert.equal(problem.code, 'file-unreadable')
        assert.match(problem.text, says)
        await shell(problem.fix)
        assert.deepEqual((await look()).problems, [])
      } finally {
        await chown(file, uid, gid)
        await chmod(file, mode & 0o7777)
      }
    })
  }
})

describe('the web server as a whole', () => {
  const restart = async () => {
    await site.control('web', 'stop')
    await site.control('web', 'start')
  }

  test('mod_unique_id is missing', async () => {
    const { APACHE_CONF: file } = site.values
    const before = await readFile(file, 'utf8')
    await writeFile(file, before.replace(/^LoadModule unique_id_module .*\n/m, ''))
    await restart()
    try {
      assert.match(only((await look()).problems, 'unique-id', /mod_unique_id is missing/), /^a2enmod unique_id/)
    } finally {
      await writeFile(file, before)
      await restart()
    }
    assert.deepEqual((await look()).problems, [])
  })

  test('the MCP server can be reached past the guard', async () => {
    const fix = only((await look('--backend', broken.url('backend') + '/mcp')).problems, 'backend-open',
      /\/mcp answers status 200 to whoever says who he is/)
    assert.match(fix, /^GUARD_BACKEND_SECRET=[A-Za-z0-9_-]{43}\n/)
    const { findings, problems } = await look('--backend', broken.url('asking') + '/mcp', '--backend', `http://127.0.0.1:${await freePort()}/mcp`)
    assert.deepEqual(problems, [])
    const told = findings.filter(finding => finding.code === 'backend-open').map(finding => finding.text)
    assert.match(told[0], /refuses whoever does not come from the guard/)
    assert.match(told[1], /cannot be reached past the guard/)
  })
})

describe('clocks that are wrong', () => {
  let dir
  before(async () => {
    dir = await mkdtemp('/var/tmp/mcp-oauth-clock-')
    await chmod(dir, 0o755)
    await run('gcc', ['-shared', '-fPIC', '-o', join(dir, 'fake_clock.so'), new URL('../lib/fake_clock.c', import.meta.url).pathname])
  })
  after(() => rm(dir, { recursive: true, force: true }))

  // Start one half of the site as if its host's clock were ahead.
  async function startAhead (half, seconds) {
    await site.control(half, 'stop')
    Object.assign(site.environment, {
      LD_PRELOAD: join(dir, 'fake_clock.so'), FAKE_CLOCK_AHEAD_S: String(seconds), ASAN_OPTIONS: 'verify_asan_link_order=0:detect_leaks=0'
    })
    try {
      await site.control(half, 'start')
    } finally {
      for (const name of ['LD_PRELOAD', 'FAKE_CLOCK_AHEAD_S', 'ASAN_OPTIONS']) delete site.environment[name]
    }
  }

  test('that of the web server', async () => {
    await startAhead('web', 100)
    try {
      const fix = only((await look()).problems, 'clock-web', /the web server is (99|100|101) seconds ahead of this host's/)
      assert.equal(fix, 'timedatectl set-ntp true')
    } finally {
      await site.control('web', 'stop')
      await site.control('web', 'start')
    }
  })

  test('that of the database', async () => {
    await startAhead('database', -100)
    try {
      only((await look()).problems, 'clock-database', /the database is (99|100|101) seconds behind/)
    } finally {
      await site.control('database', 'stop')
      await site.control('database', 'start')
    }
    assert.deepEqual((await look()).problems, [])
  })
})
