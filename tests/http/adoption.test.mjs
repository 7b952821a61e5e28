// SPDX-License-Identifier: MIT
// A database that holds users and sessions of before is taken over in place.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { token } from '../lib/flow.mjs'
import { guideSessions } from '../lib/guide.mjs'
import { startSite } from '../lib/site.mjs'

const sha256 = text => createHash('sha256').update(text)
const live = { hex: randomBytes(32).toString('base64url'), base64: randomBytes(32).toString('base64url') }
const old = `
CREATE TABLE public.users (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), email VARCHAR(255) NOT NULL, plan TEXT NOT NULL DEFAULT 'free');
${guideSessions}
INSERT INTO public.users (email) VALUES ('old@example.com');
INSERT INTO public.mcp_server_sessions (user_id, client_identifier, refresh_token_hash, expires_at)
SELECT id, 'old-client', '${sha256(live.hex).digest('hex')}', now() + interval '1 day' FROM public.users;
INSERT INTO public.mcp_server_sessions (user_id, client_identifier, refresh_token_hash, expires_at)
SELECT id, 'old-client', '${sha256(live.base64).digest('base64')}', now() + interval '1 day' FROM public.users;`

let folder
const file = async (name, text) => {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}
before(async () => { folder = await mkdtemp('/var/tmp/mcp-oauth-adoption-') })
after(() => rm(folder, { recursive: true }))

test('live sessions refresh once with their old token and are upgraded', async () => {
  const site = await startSite({ plain: true, sqlBefore: await file('old.sql', old) })
  try {
    for (const text of Object.values(live)) {
      const fields = { grant_type: 'refresh_token', client_id: 'old-client', refresh_token: text }
      const first = await token(site, fields)
      assert.equal(first.status, 200, first.text)
      assert.equal(first.json.refresh_token.length, 64)
      const repeated = await token(site, fields)
      assert.equal(repeated.json.refresh_token, first.json.refresh_token)
      const next = await token(site, { ...fields, refresh_token: first.json.refresh_token })
      assert.equal(next.status, 200, next.text)
      const late = await token(site, fields)
      assert.equal(late.status, 400)
      assert.equal(late.json.error, 'invalid_grant')
    }
    const [user] = await site.sql("SELECT plan FROM public.users WHERE email = 'old@example.com'")
    assert.equal(user.plan, 'free')
    await site.command('migrate', '--database', site.values.DATABASE_URL)
  } finally {
    await site.stop()
  }
})

for (const [what, sql, message] of [
  ['users with numbered ids', 'CREATE TABLE public.users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);', /public\.users.*column id is of type integer/],
  ['users without an email', 'CREATE TABLE public.users (id UUID PRIMARY KEY);', /public\.users.*column email is missing/],
  ['users that share an email', "CREATE TABLE public.users (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), email TEXT); INSERT INTO public.users (email) VALUES ('a@b'), ('A@b');", /public\.users.*column email/],
  ['users whose id is not unique', 'CREATE TABLE public.users (id UUID, email TEXT);', /public\.users.*column id is not unique/],
  ['sessions with a column that has to be filled', `CREATE TABLE public.users (id UUID PRIMARY KEY, email TEXT); ${guideSessions} ALTER TABLE public.mcp_server_sessions ADD COLUMN tenant INTEGER NOT NULL;`, /mcp_server_sessions.*column tenant/]
]) {
  test(`${what} stop migrate, with the column named`, async () => {
    const path = await file('bad.sql', sql)
    await assert.rejects(startSite({ plain: true, sqlBefore: path }), error => {
      assert.match(error.stderr, message)
      return true
    })
  })
}
