// SPDX-License-Identifier: MIT
// desktop.mjs - the person's computer, as far as a command can tell: a home
// folder, and a browser that it opens.
import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const modules = new URL('../node_modules/', import.meta.url).pathname

/** The JavaScript of a program in node_modules. */
export const program = path => join(modules, path)

// A browser that only tells which address it was asked to open.
async function makeBrowser (home, port) {
  const file = join(home, 'xdg-open')
  await writeFile(file, `#!/bin/sh\nexec curl -s --data-binary "$1" http://127.0.0.1:${port}/\n`)
  await chmod(file, 0o755)
  return file
}

/**
 * env is what programs are to be started with; opened lists the addresses that
 * they opened, and person is asked to deal with each.
 */
export async function startDesktop (person) {
  const home = await mkdtemp(join(tmpdir(), 'mcp-oauth-home-'))
  const opened = []
  const failures = []
  const server = createServer(async (rq, rs) => {
    let url = ''
    for await (const part of rq) url += part
    rs.end()
    opened.push(url)
    try {
      await person(url)
    } catch (error) {
      failures.push(error)
    }
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const browser = await makeBrowser(home, server.address().port)
  return {
    home,
    opened,
    env: { HOME: home, PATH: `${home}:${process.env.PATH}`, BROWSER: browser },
    async stop () {
      server.close()
      await rm(home, { recursive: true, force: true })
      if (failures.length) throw failures[0]
    }
  }
}

/** Run a program of node_modules to its end: {code, stdout, stderr}. */
export function runProgram (path, args, env) {
  const child = spawn(process.execPath, [program(path), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  return new Promise((resolve, reject) => {
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', data => { stdout += data })
    child.stderr.on('data', data => { stderr += data })
    child.on('error', reject)
    child.on('close', code => resolve({ code, stdout, stderr }))
  })
}
