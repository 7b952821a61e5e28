// SPDX-License-Identifier: MIT
// operator.mjs - the command as an operator runs it, with a login in the role
// mcp_oauth_admin and no more.
import { spawn } from 'node:child_process'

/** The connection string of that login, made at the first call for a site. */
export async function operatorUrl (site) {
  await site.sql(`DO $$ BEGIN CREATE ROLE operator LOGIN IN ROLE mcp_oauth_admin;
    EXCEPTION WHEN duplicate_object THEN NULL; END $$`)
  return site.values.SUPERUSER_DATABASE_URL.replace('postgres@', 'operator@')
}

/** Run a verb; {status, stdout, stderr}. input goes to its standard input. */
export async function operate (site, args, { input = '' } = {}) {
  const all = [site.values.MCP_OAUTH, '--config', site.values.MCP_OAUTH_CONFIG, '--database', await operatorUrl(site), ...args]
  const child = process.getuid() === 0
    ? spawn('runuser', ['-u', site.values.RUN_AS, '--', ...all])
    : spawn(all[0], all.slice(1))
  const out = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', text => { out[name] += text })
  child.stdin.on('error', () => {}).end(input) // it may not read it
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  return { status, ...out }
}

/** The same with --json; the objects that it prints. */
export async function listed (site, ...args) {
  const { status, stdout, stderr } = await operate(site, [...args, '--json'])
  if (status !== 0) throw new Error(stderr)
  return stdout.split('\n').filter(Boolean).map(line => JSON.parse(line))
}
