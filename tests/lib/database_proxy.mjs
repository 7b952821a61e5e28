// SPDX-License-Identifier: MIT
// database_proxy.mjs - stands between the programs and PostgreSQL, and withholds
// or cuts off what the database answers.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { changeSettings } from './site.mjs'

/**
 * Put it in front of a site's endpoints. {mode, stop}: mode is 'pass', 'mute'
 * (statements arrive, answers do not) or 'cut' (the connection ends in place of
 * an answer, after the database has it).
 */
export async function startDatabaseProxy (site) {
  const dir = await mkdtemp('/var/tmp/mcp-oauth-proxy-')
  const path = join(dir, '.s.PGSQL.5432')
  const pairs = new Set()
  const proxy = { mode: 'pass', withheld: 0 }
  const server = createServer(down => {
    const up = connect(join(site.values.PG_SOCKET, '.s.PGSQL.5432'))
    const pair = [down, up]
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      for (const socket of pair) socket.destroy()
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
    down.on('data', data => up.write(data))
    up.on('data', data => {
      if (proxy.mode === 'pass') down.write(data)
      else {
        proxy.withheld++
        if (proxy.mode === 'cut') end()
      }
    })
  })
  await new Promise((resolve, reject) => server.on('error', reject).listen(path, resolve))
  await chmod(dir, 0o755)
  await chmod(path, 0o777)
  await changeSettings(site.values.MCP_OAUTH_CONFIG, [`DATABASE_URL=postgresql://mcp_web@/mcp_oauth?host=${dir}`])
  return Object.assign(proxy, {
    async stop () {
      await changeSettings(site.values.MCP_OAUTH_CONFIG, [`DATABASE_URL=${site.values.WEB_DATABASE_URL}`])
      // A program looks at its settings once a second.
      await new Promise(resolve => setTimeout(resolve, 1100))
      server.close()
      for (const pair of pairs) for (const socket of pair) socket.destroy()
      await rm(dir, { recursive: true })
    }
  })
}
