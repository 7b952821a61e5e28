// SPDX-License-Identifier: MIT
// The official conformance suite's view of the authorization server.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Browser, register } from '../lib/flow.mjs'
import { freePort, startSite } from '../lib/site.mjs'

const program = new URL('../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url).pathname
let site
before(async () => { site = await startSite() })
after(() => site?.stop())

test('metadata and the authorization code grant pass', { timeout: 60000 }, async () => {
  const port = await freePort()
  const client = await register(site, { redirect_uris: [`http://127.0.0.1:${port}/callback`] })
  const out = await mkdtemp(join(tmpdir(), 'mcp-oauth-conformance-'))
  const child = spawn(process.execPath, [program, 'authorization', '--url', site.base, '--client-id', client.client_id,
    '--resource', site.mcp, '-p', String(port), '-o', out], { cwd: out, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  let asked
  const read = data => {
    text += data
    const found = /http:\/\/127\.0\.0\.1:\d+\/api\/oauth\/authorize\?\S+/.exec(text)
    if (found && /\s/.test(text.slice(found.index + found[0].length, found.index + found[0].length + 1))) asked ??= new Browser(site).allow(found[0])
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  try {
    const code = await new Promise(resolve => child.on('close', resolve))
    assert.ok(asked, 'the suite asked for nothing: ' + text)
    await asked
    assert.equal(code, 0, text)
    assert.doesNotMatch(text, /[1-9]\d* failed/)
  } finally {
    child.kill()
    await rm(out, { recursive: true, force: true })
  }
})
