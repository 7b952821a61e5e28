// SPDX-License-Identifier: MIT
// conformance.mjs - the official conformance suite of MCP, as a program.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { program } from './desktop.mjs'

// Run it to its end; hear is called with all that it said so far.
async function run (args, cwd, hear = () => {}) {
  const child = spawn(process.execPath, [program('@modelcontextprotocol/conformance/dist/index.js'), ...args],
    { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  const read = data => hear(text += data)
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const code = await new Promise(resolve => child.on('close', resolve))
  return { code, text }
}

// What each check of a server found, by scenario.
async function readFound (folder) {
  const found = {}
  for (const name of await readdir(folder)) {
    const scenario = name.replace(/^server-|-\d{4}-\d\d-\d\dT.*$/g, '')
    found[scenario] = JSON.parse(await readFile(join(folder, name, 'checks.json'), 'utf8'))
  }
  return found
}

/**
 * Run it with these arguments: {code, text, found}, where found holds, of a
 * server, the checks by scenario. hear is called with all that it said so far.
 */
export async function runSuite (args, hear) {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-oauth-conformance-'))
  try {
    const { code, text } = await run([...args, '-o', folder], folder, hear)
    return { code, text, found: args[0] === 'server' ? await readFound(folder) : {} }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
