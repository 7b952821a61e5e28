// SPDX-License-Identifier: MIT
// The version before this one goes on serving while its database is migrated;
// then both serve it side by side, and then the new one is installed over the
// old. Clients keep at it all the time.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { connect, refreshing, rpc, token } from '../lib/flow.mjs'
import { startLoad } from '../lib/load.mjs'
import { startSite } from '../lib/site.mjs'
import { balanced, startSecondHost } from '../lib/web_hosts.mjs'

// What counts as released: its programs have to work on every later database.
const released = process.env.UPGRADE_FROM ?? 'ff7c3d4b6b2310d2d1c9db810f4dd096e6eb7ce5'

const run = promisify(execFile)
const root = new URL('../..', import.meta.url).pathname
const there = await run('git', ['-C', root, 'cat-file', '-e', `${released}^{commit}`]).then(() => true, () => false)

describe('from the version before', { skip: !there && `the history here has no ${released}` }, () => {
  let sources, old, fresh, load

  before(async () => {
    sources = await mkdtemp('/var/tmp/mcp-oauth-released-')
    await run('sh', ['-c', 'git -C "$1" archive "$2" | tar -x -C "$3"', 'sh', root, released, sources])
    await run('make', ['-C', sources, '-s', '-j2', `BUILD=${sources}/build`, 'all'], { maxBuffer: 64 << 20 })
    old = await startSite({ sources, conf: 'LOGIN_LIMIT_REMOTE=10000', extra: { BUILD: join(sources, 'build') } })
    load = await startLoad(old, 4)
  }, { timeout: 600000 })
  after(async () => {
    await load?.stop()
    await fresh?.stop()
    await old?.stop()
    if (sources) await rm(sources, { recursive: true })
  })

  // At most one request in a thousand fails, by a 503, or by the 500 of mod_fcgid
  // for one that it gave to a program that ended.
  function fewFailed (answers = load.answers) {
    const { 200: good, 503: unavailable = 0, 500: lost = 0, ...others } = answers
    assert.deepEqual(others, {}, JSON.stringify(answers))
    assert.ok(unavailable + lost <= good / 1000, JSON.stringify(answers))
  }

  test('the new version migrates the database of the old one, which serves on', { timeout: 120000 }, async t => {
    await load.more(10)
    const command = [join(process.env.BUILD, 'admin/mcp-oauth'), '--database', old.values.DATABASE_URL, 'migrate', '--roles']
    if (process.getuid() === 0) command.unshift('setpriv', `--reuid=${old.values.RUN_AS}`, '--clear-groups')
    const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'inherit'], cwd: '/' })
    assert.equal(await new Promise(resolve => child.on('exit', resolve)), 0)
    await load.more(50)
    fewFailed()
    // Whoever is new finds its way too.
    await connect(old)
    t.diagnostic(JSON.stringify(load.answers))
  })

  test('old and new side by side: what one began the other continues', { timeout: 120000 }, async () => {
    fresh = await startSecondHost(old, { conf: 'LOGIN_LIMIT_REMOTE=10000' })
    const both = balanced(old, fresh)
    const mixed = await startLoad(both, 4)
    await mixed.more(25)
    await mixed.stop()
    fewFailed(mixed.answers)
    for (const [one, other] of [[old, fresh], [fresh, old]]) {
      const session = await connect(both)
      const first = await token(one, refreshing(session.client, session.tokens))
      assert.equal(first.status, 200, first.text)
      assert.equal((await rpc(other.mcp, first.json.access_token, 'ping')).status, 200)
      const second = await token(other, refreshing(session.client, first.json))
      assert.equal(second.status, 200, second.text)
      // What one spent is spent at the other, too.
      assert.equal((await token(one, refreshing(session.client, session.tokens))).json.error, 'invalid_grant')
      assert.equal((await token(other, refreshing(session.client, second.json))).json.error, 'invalid_grant')
    }
  })

  test('the new version is installed over the old, and Apache reloaded', { timeout: 180000 }, async t => {
    await run('make', ['-C', root, '-s', `BUILD=${process.env.BUILD}`, 'install', 'install-demo',
      `prefix=${old.values.STATE}/usr`, `sysconfdir=${old.values.STATE}/etc`], { maxBuffer: 64 << 20 })
    await load.more(50)
    await old.control('web', 'reload')
    await load.more(50)
    fewFailed()
    t.diagnostic(JSON.stringify(load.answers))
  })
})
