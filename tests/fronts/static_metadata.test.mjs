// SPDX-License-Identifier: MIT
// Metadata as files that lighttpd, nginx and Caddy serve themselves; Apache's are in
// http/static_metadata.test.mjs.
import assert from 'node:assert/strict'
import { readdir, readlink, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { until } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { startSite } from '../lib/site.mjs'
import { essence, othersAreThePrograms, paths, resources } from '../lib/static_metadata.mjs'

// End the endpoints of a site, so that none is started again.
async function endPrograms (site) {
  const libexec = join(site.values.STATE, 'usr/libexec/mcp-oauth')
  const away = join(libexec, 'away')
  await rename(join(libexec, 'cgi-bin'), away)
  const running = async () => {
    const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
    const programs = await Promise.all(pids.map(async pid => [pid, await readlink(`/proc/${pid}/exe`).catch(() => '')]))
    return programs.filter(([, program]) => program.startsWith(away)).map(([pid]) => Number(pid))
  }
  await until(async () => {
    const pids = await running()
    for (const pid of pids) try { process.kill(pid) } catch (error) { if (error.code !== 'ESRCH') throw error }
    return !pids.length
  })
}

for (const front of ['lighttpd', 'nginx', 'caddy']) {
  describe(front, () => {
    let site
    const said = new Map()
    before(async () => {
      site = await startSite({ front, plain: true, conf: resources, guardConf: resources, extra: { SITE_STATIC_METADATA: '1' } })
    })
    after(() => site?.stop())

    test('without files the programs answer', async () => {
      for (const path of paths) {
        const answer = await send(site.url(path))
        assert.equal(answer.status, 200, path)
        said.set(path, essence(answer))
      }
    })

    test('anything else is JSON 404, and other methods are the programs\', with files and without', async () => {
      await othersAreThePrograms(site)
      const { stdout } = await site.command('render', '--documents', join(site.values.STATE, 'documents'))
      assert.match(stdout, /^wrote 4 documents to /)
      await othersAreThePrograms(site)
    })

    test('files are what the programs say, and need neither them nor the database', async () => {
      await site.control('database', 'stop')
      await endPrograms(site)
      for (const path of paths) {
        const answer = await send(site.url(path))
        assert.deepEqual(essence(answer), said.get(path), path)
        const again = await send(site.url(path), { headers: { 'If-None-Match': answer.headers.etag } })
        assert.equal(again.status, 304, path)
        assert.equal(again.text, '')
        const head = await send(site.url(path), { method: 'HEAD' })
        assert.deepEqual(essence(head), { ...said.get(path), text: '' }, path)
        assert.equal((await send(site.url(path + '?x=1'))).status, 200, 'a query changes nothing')
      }
      assert.ok((await send(site.url('/.well-known/jwks.json'))).status >= 500, 'the programs are gone')
    })
  })
}
