// SPDX-License-Identifier: MIT
// The official conformance suite's view of the authorization server.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { runSuite } from '../lib/conformance.mjs'
import { Browser, register } from '../lib/flow.mjs'
import { freePort, startSite } from '../lib/site.mjs'

let site
before(async () => { site = await startSite() })
after(() => site?.stop())

test('metadata and the authorization code grant pass', { timeout: 60000 }, async () => {
  const port = await freePort()
  const client = await register(site, { redirect_uris: [`http://127.0.0.1:${port}/callback`] })
  let asked
  const { code, text } = await runSuite(['authorization', '--url', site.base, '--client-id', client.client_id,
    '--resource', site.mcp, '-p', String(port)], said => {
    const [url] = /http:\S+\/api\/oauth\/authorize\?\S+(?=\s)/.exec(said) ?? []
    if (url) asked ??= new Browser(site).allow(url)
  })
  assert.ok(asked, 'the suite asked for nothing: ' + text)
  await asked
  assert.equal(code, 0, text)
  assert.doesNotMatch(text, /[1-9]\d* failed/)
})
