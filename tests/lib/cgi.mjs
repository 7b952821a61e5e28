// SPDX-License-Identifier: MIT
// cgi.mjs - a program run as plain CGI, the way a shared host does.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** Resolves to {status, headers, text, errors}; under are words to run it under, such as ['env', '-i']. */
export function runCgi (site, program, { method = 'GET', path, query = '', body = '', headers = {}, under = [] }) {
  const command = [...under, join(site.values.STATE, 'usr/libexec/mcp-oauth/cgi-bin', program)]
  const env = {
    MCP_OAUTH_CONFIG: site.values.MCP_OAUTH_CONFIG,
    GATEWAY_INTERFACE: 'CGI/1.1',
    REQUEST_METHOD: method,
    REQUEST_URI: path + (query ? '?' + query : ''),
    QUERY_STRING: query,
    CONTENT_LENGTH: String(Buffer.byteLength(body)),
    REMOTE_ADDR: '127.0.0.1',
    ...headers
  }
  const asRoot = process.getuid() === 0
  const child = asRoot
    ? spawn('runuser', ['-u', site.values.RUN_AS, '--', ...command], { env: { PATH: process.env.PATH, ...env }, cwd: '/' })
    : spawn(command[0], command.slice(1), { env, cwd: '/' })
  child.stdin.on('error', () => {})
  child.stdin.end(body)
  return new Promise((resolve, reject) => {
    let out = ''
    let errors = ''
    child.stdout.on('data', data => { out += data })
    child.stderr.on('data', data => { errors += data })
    child.on('error', reject)
    child.on('close', () => {
      const at = out.indexOf('\r\n\r\n')
      const lines = out.slice(0, at).split('\r\n').map(l => [l.slice(0, l.indexOf(':')).toLowerCase(), l.slice(l.indexOf(':') + 1).trim()])
      const parsed = Object.fromEntries(lines)
      resolve({ status: parseInt(parsed.status), headers: parsed, text: out.slice(at + 4), errors })
    })
  })
}
