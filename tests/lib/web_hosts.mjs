// SPDX-License-Identifier: MIT
// web_hosts.mjs - a second web host of a site, and both of them as a client sees
// them behind a balancer.
import { readFile } from 'node:fs/promises'
import { startSite } from './site.mjs'

/**
 * Another host with the issuer, the keys and the database of the first; options
 * as of startSite(). Its own database is of no use to it.
 */
export async function startSecondHost (first, { conf = '', guardConf = '', ...options } = {}) {
  const lines = async (path, names) =>
    (await readFile(path, 'utf8')).split('\n').filter(line => names.includes(line.split('=')[0]))
  const shared = ['OAUTH_BASE_URL', 'JWT_SECRET', 'JWT_PRIVATE_KEY_FILE', 'DATABASE_URL', 'DATABASE_POOLER']
  return startSite({
    conf: [conf, ...await lines(first.values.MCP_OAUTH_CONFIG, shared)].join('\n'),
    guardConf: [guardConf, ...await lines(first.values.GUARD_CONFIG, shared)].join('\n'),
    ...options
  })
}

/** What stands for a site where tests want one: each request goes to the other of the two. */
export function balanced (first, second) {
  const path = new URL(first.mcp).pathname
  let turn = 0
  return {
    base: first.base,
    email: first.email,
    password: first.password,
    url: path => [first, second][++turn % 2].url(path),
    get mcp () { return this.url(path) }
  }
}
