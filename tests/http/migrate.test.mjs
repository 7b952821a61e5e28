// SPDX-License-Identifier: MIT
// mcp-oauth migrate: by the command, as a file, twice at once, and from before.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { createDatabase, databaseUrl, postgresql } from '../lib/database.mjs'
import { startSite } from '../lib/site.mjs'

const schema = new URL('../../schema/', import.meta.url)
let site
before(async () => { site = await startSite({ plain: true }) })
after(() => site?.stop())

const migrate = (url, ...more) => site.command('--database', url, 'migrate', ...more).then(run => run.stdout)
const structure = name => postgresql(site, 'pg_dump', name, { args: ['--schema-only', '--no-comments'] })
  .then(text => text.replace(/^\\(un)?restrict .*$/mg, ''))

test('as a file for an SQL page it makes the same database', async () => {
  const url = await createDatabase(site, 'by_command')
  assert.match(await migrate(url), /^done$/m)
  await createDatabase(site, 'by_file')
  const file = (await site.command('migrate', '--print')).stdout
  await postgresql(site, 'psql', 'by_file', { input: file, login: 'mcp_owner' })
  assert.equal(await structure('by_file'), await structure('by_command'))
  assert.match(await migrate(databaseUrl(site, 'by_file')), /up to date/)
})

test('a dry run changes nothing', async () => {
  const url = await createDatabase(site, 'dry')
  const empty = await structure('dry')
  assert.match(await migrate(url, '--dry-run'), /nothing was changed/)
  assert.equal(await structure('dry'), empty)
})

test('two at once: one does it, the other finds it done', async () => {
  const url = await createDatabase(site, 'twice')
  const said = await Promise.all([migrate(url), migrate(url), migrate(url)])
  assert.equal(said.filter(text => /^done$/m.test(text)).length, 1, said.join('\n'))
  assert.equal(said.filter(text => /up to date/.test(text)).length, 2, said.join('\n'))
})

test('the audit of a database of before is carried over', async () => {
  const url = await createDatabase(site, 'older')
  const files = (await readdir(schema)).filter(name => /^000[1-7]_/.test(name)).sort()
  for (const name of files) {
    const text = await readFile(new URL(name, schema), 'utf8')
    const sha256 = createHash('sha256').update(text).digest('hex')
    await postgresql(site, 'psql', 'older', {
      login: 'mcp_owner',
      input: `BEGIN;\n${text}\nINSERT INTO oauth.migration (number, name, sha256) VALUES (${parseInt(name)}, '${name}', '${sha256}');\nCOMMIT;`
    })
  }
  await site.sql(`INSERT INTO oauth.audit (at, event, client_id, detail) VALUES
    (now(), 'consent', 'a', 'https://x.example/mcp email'), (now(), 'sign-in', NULL, NULL),
    ('2020-01-01', 'sign-in', NULL, 'long ago')`, [], url)
  await migrate(url)
  assert.deepEqual(await site.sql('SELECT event, client_id, outcome, details FROM oauth.audit ORDER BY at, event', [], url), [
    { event: 'sign-in', client_id: null, outcome: 'done', details: { text: 'long ago' } },
    { event: 'consent', client_id: 'a', outcome: 'done', details: { text: 'https://x.example/mcp email' } },
    { event: 'sign-in', client_id: null, outcome: 'done', details: {} }
  ])
})
