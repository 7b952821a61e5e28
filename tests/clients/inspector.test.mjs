// SPDX-License-Identifier: MIT
// MCP Inspector: its command, which signs in with a browser and keeps what it
// got, and its pages in Chromium.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, before, test } from 'node:test'
import { allow, openBrowser, signIn } from '../lib/chromium.mjs'
import { program, runProgram, startDesktop } from '../lib/desktop.mjs'
import { until } from '../lib/flow.mjs'
import { fetching, startHttpsHost } from '../lib/https_host.mjs'
import { addClient, freePort, startSite } from '../lib/site.mjs'

const launcher = '@modelcontextprotocol/inspector/clients/launcher/build/index.js'
let host, site, chromium
before(async () => {
  host = await startHttpsHost()
  site = await startSite({ conf: fetching(host) })
  chromium = await openBrowser()
})
after(async () => {
  await chromium?.close()
  await site?.stop()
  await host?.stop()
})

// Without a terminal it opens a browser only when told to.
const environment = (desktop, more) => ({
  ...desktop.env, MCP_AUTO_OPEN_ENABLED: 'true', MCP_INSPECTOR_SECRET_STORE: 'file', ...more
})

/** Runs of the command on one computer: run(method and options) is the result. */
async function commandLine (options = []) {
  const desktop = await startDesktop(url => allow(chromium, site, url))
  const callback = `http://127.0.0.1:${await freePort()}/oauth/callback`
  const run = async (...args) => {
    const { code, stdout, stderr } = await runProgram(launcher,
      ['--cli', site.mcp, '--transport', 'http', '--callback-url', callback, '--format', 'json', ...options, ...args], environment(desktop))
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout).result
  }
  return { desktop, callback, run }
}
const whoami = ['--method', 'tools/call', '--tool-name', 'whoami']

test('the command registers, opens a browser once, lists and calls, in both eras', async () => {
  const { desktop, callback, run } = await commandLine()
  try {
    assert.deepEqual((await run('--method', 'tools/list')).tools.map(t => t.name), ['whoami', 'echo'])
    const { structuredContent: said } = await run(...whoami)
    assert.equal(said.email, site.email)
    const { structuredContent: modern } = await run('--protocol-era', 'modern', ...whoami)
    assert.deepEqual(modern, said)
    const [asked] = desktop.opened.map(url => new URL(url).searchParams)
    assert.equal(asked.get('client_id'), said.client)
    assert.equal(asked.get('redirect_uri'), callback)
    assert.equal(asked.get('resource'), site.mcp)
    assert.equal(desktop.opened.length, 1)
  } finally {
    await desktop.stop()
  }
})

test('the command with a client that the operator made, and with a published one', async () => {
  const client = await addClient(site, '--name', 'Inspector', '--redirect-uri', 'http://127.0.0.1/oauth/callback', '--confidential')
  const published = host.url('/inspector.json')
  host.answers.set('/inspector.json', {
    client_id: published,
    client_name: 'Inspector',
    redirect_uris: ['http://127.0.0.1/oauth/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none'
  })
  for (const [id, options] of [
    [client.client_id, ['--client-id', client.client_id, '--client-secret', client.client_secret]],
    [published, ['--client-metadata-url', published]]
  ]) {
    const { desktop, run } = await commandLine(options)
    try {
      assert.equal((await run(...whoami)).structuredContent.client, id)
    } finally {
      await desktop.stop()
    }
  }
})

// Start its web part; where it is served.
async function startWeb (env) {
  const child = spawn(process.execPath, [program(launcher), '--web', '--server-url', site.mcp, '--transport', 'http'],
    { env, stdio: ['ignore', 'pipe', 'ignore'] })
  let told = ''
  const url = await new Promise((resolve, reject) => {
    child.on('exit', code => reject(new Error(`it ended with ${code}: ${told}`)))
    child.stdout.on('data', data => {
      told += data
      const [found] = /http:\S+MCP_INSPECTOR_API_TOKEN=\w+(?=\s)/.exec(told) ?? []
      if (found) resolve(found)
    })
  })
  return { url, stop: () => child.kill() }
}

test('its pages sign in and call a tool', async () => {
  const desktop = await startDesktop(() => {})
  const web = await startWeb(environment(desktop, {
    MCP_AUTO_OPEN_ENABLED: 'false', CLIENT_PORT: String(await freePort()), MCP_SANDBOX_PORT: String(await freePort())
  }))
  const page = await chromium.newPage()
  const execute = page.getByRole('button', { name: 'Execute Tool' })
  try {
    await page.goto(web.url)
    await page.getByRole('switch').dispatchEvent('click') // drawn by something else, it is not visible itself
    await signIn(page, site)
    assert.match(await page.textContent('body'), /MCP Inspector/)
    await page.getByRole('button', { name: 'Authorize' }).click()
    await page.waitForURL(address => address.origin === new URL(web.url).origin)
    await page.getByText('Connected', { exact: true }).waitFor()
    await page.getByText('Tools', { exact: true }).click()
    await until(async () => {
      // Its list is drawn anew while it loads, and loses a click then.
      await page.getByText('whoami', { exact: true }).last().click()
      return execute.waitFor({ timeout: 3000 }).then(() => true, () => false)
    }, 30)
    await execute.click()
    await page.getByText(site.email).first().waitFor()
  } finally {
    await page.close()
    web.stop()
    await desktop.stop()
  }
})
