// SPDX-License-Identifier: MIT
// Every recipe of docs/database.md, in its order, as the login that it is for.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { postgresql } from '../lib/database.mjs'
import { startSite } from '../lib/site.mjs'

const run = promisify(execFile)
const page = await readFile(new URL('../../docs/database.md', import.meta.url), 'utf8')
const recipes = [...page.matchAll(/^```(sql|sh)(?: (\w+))?\n([^]*?)^```$/gm)]
  .map(([, language, login, text]) => ({ language, login, text }))
const logins = { undefined: 'dba_jane', owner: 'mcp_owner', superuser: 'postgres' }

let site, folder
before(async () => {
  site = await startSite({ plain: true })
  folder = await mkdtemp(join(tmpdir(), 'mcp-oauth-database-'))
  // What the page speaks of.
  await site.sql(`
    INSERT INTO public.users (id, email) VALUES ('22222222-2222-4222-8222-222222222222', 'somebody@example.com'),
      (gen_random_uuid(), 'another@example.com');
    INSERT INTO oauth.client (client_id, client_name, token_endpoint_auth_method, redirect_uris, grant_types, registration, consented_at)
    VALUES ('some-client', 'Some client', 'none', '{}', '{refresh_token}', 'dynamic', now());
    INSERT INTO oauth.consent (user_id, client_id, redirect_uri, resource, scope)
    VALUES ('22222222-2222-4222-8222-222222222222', 'some-client', 'https://a.example/', 'https://x.example/mcp', 'email');
    SELECT oauth.session_start(id::uuid, '22222222-2222-4222-8222-222222222222', 'some-client', id, 'email', 'https://x.example/mcp',
      now(), NULL, 3600, 86400, 86400, '192.0.2.1')
      FROM unnest('{11111111-1111-4111-8111-111111111111,33333333-3333-4333-8333-333333333333}'::text[]) id;
    INSERT INTO oauth.audit (event, user_id, client_id, remote, outcome)
    VALUES ('refresh token replayed', '22222222-2222-4222-8222-222222222222', 'some-client', '192.0.2.66', 'session ended')`)
})
after(async () => {
  await site?.stop()
  if (folder) await rm(folder, { recursive: true })
})

const shell = text => run('bash', ['-euc', text], {
  cwd: folder,
  env: {
    ...process.env,
    PATH: `${site.values.PG_BIN}:${dirname(site.values.MCP_OAUTH)}:${process.env.PATH}`,
    PGHOST: site.values.PG_SOCKET,
    PGUSER: 'postgres'
  }
})

const titleOf = ({ text }) => text.trim().split('\n')[0]
for (const [i, recipe] of recipes.entries()) {
  const skip = recipe.login === 'pg_cron' && 'tests/faults/pg_cron.test.mjs runs it'
  test(`${i + 1}: ${titleOf(recipe)}`, { skip }, async () => {
    if (recipe.language === 'sh') {
      await shell(recipe.text)
      return
    }
    const login = logins[recipe.login]
    assert.ok(login, `no login is known for ${recipe.login}`)
    const said = await postgresql(site, 'psql', 'mcp_oauth', { login, input: recipe.text, args: ['-At'] })
    assert.doesNotMatch(said, /^(unknown|nothing|already|expired)\b/m)
    if (/^SELECT (?!.*oauth\.(stale_clients|login_failures))/.test(recipe.text)) assert.notEqual(said, '', 'it shows something')
  })
}

test('the page has the recipes', () => {
  assert.ok(recipes.length > 20)
  assert.deepEqual(new Set(recipes.map(recipe => recipe.login)), new Set([undefined, 'owner', 'superuser', 'pg_cron']))
})

test('what was dumped came back', async () => {
  const counts = `SELECT (SELECT count(*) FROM oauth.migration) AS migrations, (SELECT migration FROM oauth.status()) AS level,
    (SELECT count(*) FROM oauth.client) AS clients, (SELECT count(*) FROM public.users) AS users,
    (SELECT count(*) FROM oauth.consent) AS consents`
  const restored = site.values.SUPERUSER_DATABASE_URL.replace('/mcp_oauth?', '/mcp_oauth_restored?')
  assert.deepEqual(await site.sql(counts, [], restored), await site.sql(counts))
})
