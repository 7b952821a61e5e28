// SPDX-License-Identifier: MIT
// No name server answers: who names a metadata document hears in time that it
// cannot be had, and others hear nothing of it.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { Browser } from '../lib/flow.mjs'
import { startSite } from '../lib/site.mjs'
import { startTraffic } from '../lib/traffic.mjs'

const run = promisify(execFile)
let site, dir
before(async () => {
  dir = await mkdtemp('/var/tmp/mcp-oauth-names-')
  await chmod(dir, 0o777)
  await run('gcc', ['-shared', '-fPIC', '-O1', '-o', join(dir, 'fake_dns.so'), new URL('../lib/fake_dns.c', import.meta.url).pathname])
  // What a locked in program starts is the one that fetches, and no line of shell.
  site = await startSite({ conf: 'SANDBOX=off' })
})
after(async () => {
  await site?.stop()
  if (dir) await rm(dir, { recursive: true })
})

const ask = i => new Browser(site).authorize({
  response_type: 'code',
  client_id: `https://client${i}.test/client.json`,
  redirect_uri: 'https://client.test/cb',
  code_challenge: 'x'.repeat(43),
  code_challenge_method: 'S256'
})

test('who names a document hears of it in time, others nothing', { timeout: 240000 }, async t => {
  const fetcher = join(site.values.STATE, 'usr/libexec/mcp-oauth/fetch/fetch')
  const lookups = join(dir, 'lookups')
  await rename(fetcher, `${fetcher}.real`)
  await writeFile(fetcher, `#!/bin/sh\nLD_PRELOAD=${dir}/fake_dns.so FAKE_DNS=never FAKE_DNS_LOG=${lookups} exec ${fetcher}.real "$@"\n`, { mode: 0o755 })
  const traffic = await startTraffic(site)
  await traffic.calm()
  for (const answer of await Promise.all([1, 2, 3].map(ask))) {
    assert.ok(answer.status >= 400, `${answer.status}`)
    assert.equal(answer.headers.location, undefined)
  }
  await traffic.calm()
  await traffic.stop()
  const names = (await readFile(lookups, 'utf8')).trim().split('\n')
  assert.ok(names.some(name => name.endsWith('.test')), `looked up: ${names}`)
  assert.deepEqual([traffic.wrong, traffic.faults], [[], 0])
  t.diagnostic(`${traffic.rounds} rounds of clients, the longest answer took ${Math.round(traffic.longest_ms)} ms`)
})
