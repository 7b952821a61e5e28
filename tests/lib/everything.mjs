// SPDX-License-Identifier: MIT
// everything.mjs - server-everything, an MCP server of others that knows no OAuth.
import { spawn } from 'node:child_process'
import { send } from './http.mjs'

/** Start it on the port; resolves to the process when it answers at /mcp. */
export async function startEverything (port) {
  const program = new URL('../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url).pathname
  const child = spawn(process.execPath, [program, 'streamableHttp'],
    { env: { ...process.env, PORT: String(port) }, stdio: ['ignore', 'ignore', 'pipe'] })
  child.stderr.resume()
  for (let i = 0; i < 200; i++) {
    try {
      await send(`http://127.0.0.1:${port}/mcp`)
      return child
    } catch {
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
  child.kill()
  throw new Error('server-everything did not start')
}
