// SPDX-License-Identifier: MIT
// static_metadata.mjs - what holds of metadata that a web server serves from
// files, whichever it is.
import assert from 'node:assert/strict'
import { send } from './http.mjs'

export const resources = 'MCP_RESOURCES=/mcp /files/deep'
export const paths = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration',
  '/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource/files/deep']
const nothing = ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/files', '/.well-known/oauth-authorization-server/other',
  '/.well-known/oauth-protected-resource/mcp.json', '/.well-known/oauth-authorization-server.json',
  '/.well-known/oauth-protected-resource/../oauth-authorization-server.json']

const lasting = ['content-type', 'cache-control', 'x-content-type-options', 'referrer-policy', 'access-control-allow-origin',
  'access-control-expose-headers', 'strict-transport-security']

/** What clients go by; a web server's own ETag is another. */
export const essence = ({ status, headers, text }) => ({
  status,
  text: text.trimEnd(),
  ...Object.fromEntries(lasting.map(name => [name, headers[name]]))
})

/** What is no document is JSON 404, and methods other than GET are the programs'. */
export async function othersAreThePrograms (site, documents = paths) {
  for (const path of nothing) {
    const answer = await send(site.base, { path })
    assert.equal(answer.status, 404, path)
    assert.doesNotThrow(() => answer.json, path)
  }
  for (const path of documents) {
    const preflight = await send(site.url(path), { method: 'OPTIONS', headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' } })
    assert.equal(preflight.status, 204, path)
    assert.equal(preflight.headers['access-control-allow-methods'], 'GET, HEAD, OPTIONS')
    const posted = await send(site.url(path), { method: 'POST', headers: { 'Content-Length': '0' } })
    assert.equal(posted.status, 405, path)
    assert.doesNotThrow(() => posted.json, path)
  }
}
