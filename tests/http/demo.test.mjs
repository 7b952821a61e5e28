// SPDX-License-Identifier: MIT
// What README.md begins with: "make demo", as it is typed, with the demo's MCP
// server and with one of somebody's own.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startEcho } from '../lib/echo_server.mjs'
import { connect, rpc, whoami } from '../lib/flow.mjs'
import { freePort, Site } from '../lib/site.mjs'

const root = new URL('../..', import.meta.url).pathname

// Of a make around this test nothing is for the one inside.
const { MAKEFLAGS, MFLAGS, MAKELEVEL, MAKEOVERRIDES, SITE_FRONT, ...environment } = process.env

let folder, port
before(async () => {
  folder = await mkdtemp('/var/tmp/mcp-oauth-demo-')
  port = await freePort()
})
after(() => rm(folder, { recursive: true, force: true }))

/** make TARGET ..., in a group of its own as a terminal has it: {said, ended, kill}. */
function make (target, ...more) {
  const args = ['--no-print-directory', target, `BUILD=${process.env.BUILD}`, `DEMO_DIR=${folder}`, `PORT=${port}`, ...more]
  const child = spawn('make', args, { cwd: root, env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const run = { said: '', kill: signal => process.kill(-child.pid, signal) }
  const hear = text => { run.said += text; run.look?.() }
  child.stdout.setEncoding('utf8').on('data', hear)
  child.stderr.setEncoding('utf8').on('data', hear)
  run.ended = new Promise(resolve => child.on('close', status => { run.over = true; run.look?.(); resolve(status) }))
  return run
}

/** Until it says something that matches. */
function says (run, pattern) {
  return new Promise((resolve, reject) => {
    run.look = () => {
      if (pattern.test(run.said)) resolve(run.said)
      else if (run.over) reject(new Error(`it ended: ${run.said}`))
    }
    run.look()
  })
}

async function site () {
  const env = await readFile(join(folder, 'env'), 'utf8')
  return new Site(folder, environment, Object.fromEntries([...env.matchAll(/^(\w+)='(.*)'$/gm)].map(m => [m[1], m[2]])))
}
const isGone = path => access(path).then(() => false, () => true)

test('make demo MCP=URL: a server of one\'s own behind the guard, until Ctrl-C', async () => {
  const mine = await startEcho(await freePort())
  const url = `http://127.0.0.1:${mine.port}/mcp`
  const demo = make('demo', `MCP=${url}`)
  try {
    const said = await says(demo, /stop +Ctrl-C\n/)
    const here = await site()
    assert.ok(said.includes(`MCP server   http://127.0.0.1:${port}/mcp, which is ${url} behind the guard\n`), said)
    assert.ok(said.includes(`sign in as   ${here.email}\n`) && said.includes(`password     ${here.password}\n`), said)
    assert.ok(said.includes(`claude mcp add --transport http demo ${here.mcp}\n`), said)

    assert.equal((await rpc(here.mcp, null, 'tools/list')).status, 401)
    const { tokens } = await connect(here)
    const answer = await rpc(here.mcp, tokens.access_token, 'tools/list')
    assert.equal(answer.status, 200, answer.text)
    assert.equal(mine.seen, 1)
    assert.equal(answer.json.url, '/mcp')
    const { headers } = answer.json
    assert.match(headers['x-forwarded-user'], /^[0-9a-f-]{36}$/)
    assert.equal(headers['x-forwarded-email'], here.email)
    assert.equal(headers.authorization, undefined)

    const state = here.values.STATE
    demo.kill('SIGINT')
    await demo.ended
    assert.ok(await isGone(state), 'nothing is left')
  } finally {
    if (!demo.over) demo.kill('SIGTERM')
    await demo.ended
    mine.close()
  }
})

test('make demo-start and demo-stop: in the background, with the tool whoami', async () => {
  const start = make('demo-start')
  assert.equal(await start.ended, 0, start.said)
  const here = await site()
  const { tokens } = await connect(here)
  assert.equal((await whoami(here, tokens.access_token)).email, here.email)

  const stop = make('demo-stop')
  assert.equal(await stop.ended, 0, stop.said)
  assert.ok(await isGone(here.values.STATE) && await isGone(join(folder, 'env')), 'nothing is left')
})

test('an address that is none is named', async () => {
  const demo = make('demo-start', 'MCP=127.0.0.1:9000/mcp')
  assert.notEqual(await demo.ended, 0)
  assert.ok(demo.said.includes("the address of an MCP server begins with http://: '127.0.0.1:9000/mcp'"), demo.said)
})
