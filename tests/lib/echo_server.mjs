// SPDX-License-Identifier: MIT
// echo_server.mjs - an MCP server's place: backends that tell what reached them.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'

/**
 * Over HTTP: {method, url, headers, bytes} of each request as JSON; below /stream an event stream,
 * whose next event say() sends. Resolves to {port, seen, say, close}; seen counts requests.
 */
export async function startEcho (port) {
  const streams = []
  const echo = { port, seen: 0 }
  const server = createServer(async (rq, response) => {
    echo.seen++
    if (rq.url.includes('/stream')) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
      response.write('data: begun\n\n')
      streams.push(response)
      return
    }
    let bytes = 0
    for await (const chunk of rq) bytes += chunk.length
    response.setHeader('Mcp-Session-Id', 'theirs')
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ method: rq.method, url: rq.url, headers: rq.headers, rawHeaders: rq.rawHeaders, bytes }))
  })
  await new Promise(resolve => server.listen(port, '127.0.0.1', resolve))
  echo.say = text => streams.forEach(stream => stream.write(`data: ${text}\n\n`))
  echo.close = () => {
    server.closeAllConnections()
    server.close()
  }
  return echo
}

// JSON without a JSON library: a variable a line, the length of the body last.
const program = `#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
env
echo "BYTES=$(wc -c)"
`

/** The same as a CGI program, with the variables of its environment: {file, remove}. */
export async function writeEchoProgram () {
  const folder = await mkdtemp('/var/tmp/mcp-oauth-cgi-')
  const file = join(folder, 'echo.cgi')
  await chmod(folder, 0o755) // it runs as the account of the site
  await writeFile(file, program)
  await chmod(file, 0o755)
  return { file, remove: () => rm(folder, { recursive: true }) }
}

/** What it said, as an object. */
export const variablesOf = text => Object.fromEntries(text.trim().split('\n').map(line => {
  const at = line.indexOf('=')
  return [line.slice(0, at), line.slice(at + 1)]
}))
