// SPDX-License-Identifier: MIT
// mcp_remote.mjs - mcp-remote, through which a program that knows only stdio
// talks to a guarded server.
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { program } from './desktop.mjs'

/**
 * Start it on a desktop for the server at url and shake hands; says is called
 * with all that it has told so far. Resolves to the SDK's client.
 */
export async function startRemote (desktop, url, args = [], says = () => {}) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program('mcp-remote/dist/proxy.js'), url, ...args],
    env: desktop.env,
    stderr: 'pipe'
  })
  let told = ''
  transport.stderr.on('data', data => says(told += data))
  const client = new Client({ name: 'test', version: '1.0.0' })
  await client.connect(transport).catch(error => { throw new Error(`${error.message}: ${told}`) })
  return client
}

/** What whoami says. */
export const whoami = async client => (await client.callTool({ name: 'whoami', arguments: {} })).structuredContent
