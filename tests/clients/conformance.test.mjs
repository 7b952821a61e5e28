// SPDX-License-Identifier: MIT
// The official conformance suite's view of the authorization server, and of MCP
// servers behind the guard.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Browser, connect, register } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { freePort, startSite } from '../lib/site.mjs'

const program = new URL('../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url).pathname
let site
before(async () => { site = await startSite() })
after(() => site?.stop())

// The person whom the suite asks to open an address.
async function approve (url) {
  const browser = new Browser(site)
  const at = new URL(url)
  const params = Object.fromEntries(at.searchParams)
  const page = await browser.toConsent(params)
  const answer = await browser.post('/api/oauth/consent', { ...page.fields, decision: 'authorize' })
  await send(answer.headers.location)
}

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
    if (found && /\s/.test(text.slice(found.index + found[0].length, found.index + found[0].length + 1))) asked ??= approve(found[0])
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

describe('MCP servers behind the guard', () => {
  const everything = new URL('../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url).pathname
  let guarded, child, direct
  before(async () => {
    const port = await freePort()
    direct = `http://127.0.0.1:${port}/mcp`
    child = spawn(process.execPath, [everything, 'streamableHttp'], { env: { ...process.env, PORT: String(port) }, stdio: ['ignore', 'ignore', 'pipe'] })
    await new Promise((resolve, reject) => {
      child.once('exit', code => reject(new Error(`server-everything ended: ${code}`)))
      child.stderr.on('data', text => { if (/listening/i.test(text)) resolve() })
    })
    const conf = 'MCP_RESOURCES=/mcp /everything'
    guarded = await startSite({ conf, guardConf: conf, apache: `Use ProxyMCP /everything ${direct}` })
  })
  after(async () => {
    child?.kill()
    await guarded?.stop()
  })

  // The suite brings no token, so this adds one; it changes nothing else.
  async function withToken (path, work) {
    const { tokens } = await connect(guarded, { params: { resource: guarded.url(path) } })
    const bearing = createServer((rq, rs) => {
      const on = request({ host: '127.0.0.1', port: guarded.port, path, method: rq.method, headers: { ...rq.headers, authorization: `Bearer ${tokens.access_token}` } })
      on.on('response', answer => {
        rs.writeHead(answer.statusCode, answer.rawHeaders)
        rs.flushHeaders()
        answer.pipe(rs)
      })
      on.on('error', () => rs.destroy())
      rs.on('close', () => on.destroy())
      rq.pipe(on)
    })
    await new Promise(resolve => bearing.listen(0, '127.0.0.1', resolve))
    try {
      return await work(`http://127.0.0.1:${bearing.address().port}/mcp`)
    } finally {
      bearing.closeAllConnections()
      await new Promise(resolve => bearing.close(resolve))
    }
  }

  // What the suite finds: {scenario: {passed, failed}}.
  async function judged (url, ...args) {
    const out = await mkdtemp(join(tmpdir(), 'mcp-oauth-conformance-'))
    try {
      const suite = spawn(process.execPath, [program, 'server', '--url', url, '-o', out, ...args], { cwd: out, stdio: ['ignore', 'pipe', 'pipe'] })
      let text = ''
      for (const stream of [suite.stdout, suite.stderr]) stream.on('data', data => { text += data })
      await new Promise(resolve => suite.on('close', resolve))
      const found = [...text.matchAll(/^[✓✗] ([\w-]+): (\d+) passed, (\d+) failed/gm)]
      assert.ok(found.length > 0, text)
      return Object.fromEntries(found.map(([, name, passed, failed]) => [name, { passed: Number(passed), failed: Number(failed) }]))
    } finally {
      await rm(out, { recursive: true, force: true })
    }
  }

  test('the demo server compares headers and body, and a page of another site is kept out', { timeout: 60000 }, async () => {
    const found = await withToken('/mcp', url => judged(url, '--suite', 'all'))
    for (const name of ['http-header-validation', 'dns-rebinding-protection', 'server-initialize', 'tools-list', 'ping']) {
      assert.ok(found[name].passed > 0 && found[name].failed === 0, `${name}: ${JSON.stringify(found[name])}`)
    }
  })

  test('a server loses nothing by it, and gains protection against DNS rebinding', { timeout: 120000 }, async () => {
    const alone = await judged(direct, '--suite', 'all')
    const behind = await withToken('/everything', url => judged(url, '--suite', 'all'))
    assert.deepEqual(Object.keys(behind), Object.keys(alone))
    assert.ok(Object.values(alone).filter(({ passed, failed }) => passed > 0 && failed === 0).length > 10)
    const { 'dns-rebinding-protection': rebinding, ...rest } = behind
    assert.equal(rebinding.failed, 0)
    for (const [name, { passed, failed }] of Object.entries(rest)) {
      assert.ok(passed >= alone[name].passed && failed <= alone[name].failed, `${name}: ${JSON.stringify([alone[name], behind[name]])}`)
    }
  })
})
