// SPDX-License-Identifier: MIT
// A program that serves one site and is handed a request for another, as a web
// server does that keeps one kind of program for all its sites.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startFastcgi } from '../lib/fastcgi.mjs'

let folder, worker
before(async () => {
  folder = await mkdtemp('/var/tmp/mcp-oauth-two-')
  for (const name of ['ours', 'theirs']) await settle(name)
  worker = await startFastcgi(join(process.env.BUILD, 'cgi-bin/jwks'), join(folder, 'socket'), { env: { MCP_OAUTH_CONFIG: undefined } })
})
after(async () => {
  await worker?.stop()
  await rm(folder, { recursive: true })
})

const settings = name => join(folder, `${name}.conf`)
const settle = name => writeFile(settings(name), `OAUTH_BASE_URL=https://${name}.example
JWT_SECRET=${randomBytes(32).toString('hex')}
DATABASE_URL=postgresql://x
STATE_DIRECTORY=${folder}/run
`, { mode: 0o600 })
const ask = name => worker.ask({ REQUEST_URI: '/.well-known/jwks.json', MCP_OAUTH_CONFIG: settings(name) })

async function keys () {
  const answer = await ask('ours')
  assert.match(answer, /^Status: 200/)
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))).keys.map(({ kid }) => kid)
}

test('it is refused, and what its own site changed at that moment is in force', { timeout: 20000 }, async () => {
  const before = await keys()
  assert.match(await ask('theirs'), /^Status: 503/)
  await settle('ours')
  await sleep(1020 - Date.now() % 1000) // the file is looked at once a second
  assert.match(await ask('theirs'), /^Status: 503/)
  const now = await keys()
  assert.ok(!now.some(kid => before.includes(kid)))
})
