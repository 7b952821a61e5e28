// SPDX-License-Identifier: MIT
// doctor.mjs - what mcp-oauth doctor says of a site, and virtual hosts that are
// broken in one way each.
import assert from 'node:assert/strict'
import { mkdtemp, chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort, startSite } from './site.mjs'

/** Run it; {status, findings, problems: those of level problem}. */
export async function doctor (site, ...args) {
  const { stdout, status } = await site.command('doctor', '--json', ...args)
    .then(done => ({ ...done, status: 0 }), error => ({ stdout: error.stdout, stderr: error.stderr, status: error.code }))
  const findings = JSON.parse(stdout)
  for (const { code, level, text, fix } of findings) {
    assert.match(code, /^[a-z0-9-]+$/)
    assert.match(level, /^(ok|note|problem)$/)
    assert.ok(text)
    assert.equal(typeof fix, level === 'problem' ? 'string' : 'undefined')
  }
  const problems = findings.filter(finding => finding.level === 'problem')
  assert.equal(status, problems.length ? 1 : 0)
  return { status, findings, problems }
}

/** Exactly one problem, of this code; its fix. */
export function only (problems, code, text) {
  assert.deepEqual(problems.map(p => p.code), [code], JSON.stringify(problems, null, 1))
  assert.match(problems[0].text, text)
  return problems[0].fix
}

// The demo's MCP server, and what guards it unless a way says otherwise.
const server = `Alias /mcp \${MCP_OAUTH_LIBEXEC}/demo/whoami
<Directory \${MCP_OAUTH_LIBEXEC}/demo>
  Options +ExecCGI
  SetHandler fcgid-script
  Require all granted
</Directory>
`

/**
 * A site with a virtual host for each way of ways, {lines, guard}: lines of
 * Apache that break it, and what guards /mcp there ("Use GuardMCP /mcp"). @NAME@
 * is the port of another way. Options as for startSite.
 */
export async function startBrokenSite (ways, options = {}) {
  // The site reads the files as another user.
  const dir = await mkdtemp('/var/tmp/mcp-oauth-doctor-')
  await chmod(dir, 0o755)
  const taken = new Set()
  while (taken.size <= Object.keys(ways).length) taken.add(await freePort())
  const [port, ...others] = taken
  const ports = Object.fromEntries(Object.keys(ways).map((name, i) => [name, others[i]]))
  const named = text => text.replace(/@([\w-]+)@/g, (all, name) => ports[name] ?? all)
  const file = name => join(dir, name + '.conf')
  const hosts = []
  for (const [name, { lines = '', guard = 'Use GuardMCP /mcp' }] of Object.entries(ways)) {
    await writeFile(file(name), named(`${server}${guard}\n${lines}\n`))
    hosts.push(`Listen 127.0.0.1:${ports[name]}\n<VirtualHost 127.0.0.1:${ports[name]}>\n  Include ${file(name)}\n</VirtualHost>`)
  }
  const site = await startSite({ plain: true, port, ...options, apache: [options.apache, ...hosts].filter(Boolean).join('\n') })
  return {
    site,
    url: name => `http://127.0.0.1:${ports[name]}`,
    look: (name, ...args) => doctor(site, '--url', `http://127.0.0.1:${ports[name]}`, ...args),
    /** Paste lines at the end of a way's virtual host. */
    paste: async (name, lines) => writeFile(file(name), await readFile(file(name), 'utf8') + lines + '\n'),
    restart: async () => {
      await site.control('web', 'stop')
      await site.control('web', 'start')
    },
    stop: async () => {
      await site.stop()
      await rm(dir, { recursive: true, force: true })
    }
  }
}
