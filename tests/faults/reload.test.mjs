// SPDX-License-Identifier: MIT
// The web server reads its configuration anew, and programs are replaced, while
// eight clients keep at it.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { startLoad } from '../lib/load.mjs'
import { startSite } from '../lib/site.mjs'

const run = promisify(execFile)
const root = new URL('../..', import.meta.url).pathname

let site, load
before(async () => {
  site = await startSite({ conf: 'LOGIN_LIMIT_REMOTE=10000' })
  load = await startLoad(site)
})
after(async () => {
  await load?.stop()
  await site?.stop()
})

// At most one request in a thousand fails: by a 503 of ours that says when to
// come back, or by the 500 of mod_fcgid for one that it gave to a program that
// ended. At most two of them hang: where more wake at once than there are
// programs, mod_fcgid asks its ended manager for another. None is cut off.
function fewFailed () {
  const { 200: good, 503: unavailable = 0, 500: lost = 0, 'no answer in time': hung = 0, ...others } = load.answers
  assert.deepEqual(others, {}, JSON.stringify(load.answers))
  assert.ok(unavailable + lost + hung <= good / 1000, JSON.stringify(load.answers))
  assert.ok(hung <= 2, JSON.stringify(load.answers))
}

test('a reload loses next to no request', { timeout: 120000 }, async () => {
  for (let i = 0; i < 2; i++) {
    await load.more(50)
    await site.control('web', 'reload')
  }
  await load.more(50)
  fewFailed()
})

test('make install over a running site, and a reload', { timeout: 120000 }, async () => {
  const { STATE } = site.values
  const guard = join(STATE, 'usr/libexec/mcp-oauth/guard/guard')
  const before = (await stat(guard)).ino
  await run('make', ['-C', root, '-s', `BUILD=${process.env.BUILD}`, 'install', 'install-demo',
    `prefix=${STATE}/usr`, `sysconfdir=${STATE}/etc`])
  assert.notEqual((await stat(guard)).ino, before)
  await load.more(50)
  await site.control('web', 'reload')
  await load.more(50)
  fewFailed()
})
