// SPDX-License-Identifier: MIT
// The official conformance suite's view of an MCP server behind the guard: of
// the demo's, and of one of others, which it also sees without.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startBearerProxy } from '../../lib/bearer_proxy.mjs'
import { runSuite } from '../../lib/conformance.mjs'
import { startEverything } from '../../lib/everything.mjs'
import { connect } from '../../lib/flow.mjs'
import { freePort, startSite } from '../../lib/site.mjs'

let site, everything, direct
before(async () => {
  const port = await freePort()
  direct = `http://127.0.0.1:${port}/mcp`
  everything = await startEverything(port)
  const resources = 'MCP_RESOURCES=/mcp /everything'
  site = await startSite({ conf: resources, guardConf: resources, serve: { '/everything': direct } })
})
after(async () => {
  everything?.kill()
  await site?.stop()
})

// A proxy to what is behind the guard at path, with a token for it.
async function authorized (path) {
  const { tokens } = await connect(site, { params: { resource: site.url(path) } })
  return startBearerProxy(site, tokens.access_token)
}

describe('the demo behind the guard', () => {
  let proxy
  before(async () => { proxy = await authorized('/mcp') })
  after(() => proxy?.stop())

  // Of the rest, most want a server made for the suite, with tools of its own.
  for (const [version, names] of Object.entries({
    '2025-11-25': ['server-initialize', 'ping', 'tools-list', 'dns-rebinding-protection'],
    '2026-07-28': ['server-stateless', 'tools-list', 'http-header-validation', 'dns-rebinding-protection']
  })) {
    for (const name of names) {
      test(`${name}, ${version}`, async () => {
        const { found, text } = await runSuite(['server', '--url', proxy.url('/mcp'), '--scenario', name, '--spec-version', version])
        const checks = found[name]
        assert.ok(checks, text)
        assert.deepEqual(checks.filter(c => c.status === 'FAILURE' && !c.details?.untestable), [])
        assert.ok(checks.some(c => c.status === 'SUCCESS'))
      })
    }
  }
})

test('a server of others is behind the guard what it is without, but for foreign origins', async () => {
  const proxy = await authorized('/everything')
  try {
    const results = async url => {
      const { found } = await runSuite(['server', '--url', url, '--requirements', '2025-11-25'])
      return Object.fromEntries(Object.entries(found).map(([name, checks]) => [name, checks.map(c => `${c.id} ${c.status}`).sort()]))
    }
    const { 'dns-rebinding-protection': bare, ...without } = await results(direct)
    const { 'dns-rebinding-protection': guarded, ...behind } = await results(proxy.url('/everything'))
    assert.deepEqual(behind, without)
    assert.ok(Object.keys(behind).length > 20)
    assert.ok(bare.some(result => result.endsWith(' FAILURE')))
    assert.ok(guarded.every(result => result.endsWith(' SUCCESS')), guarded.join())
  } finally {
    proxy.stop()
  }
})
