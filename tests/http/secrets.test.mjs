// SPDX-License-Identifier: MIT
// After a run with everything in it, no secret stands in a log or a table.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { authorizationRequest, Browser, connect, newVerifier, redemption, refreshing, register, token, whoami } from '../lib/flow.mjs'
import { postForm } from '../lib/http.mjs'
import { startSite } from '../lib/site.mjs'
import { stillServing } from '../lib/still_serving.mjs'

let site
before(async () => { site = await startSite({ conf: 'LOG_LEVEL=debug', guardConf: 'LOG_LEVEL=debug' }) })
after(() => site?.stop())
stillServing(() => site)

async function useEverything () {
  const secrets = { password: site.password }
  const { client, tokens, code, verifier, browser } = await connect(site, { metadata: { token_endpoint_auth_method: 'none' } })
  Object.assign(secrets, { code, verifier, access: tokens.access_token, refresh: tokens.refresh_token })
  await whoami(site, tokens.access_token)
  secrets.next = (await token(site, refreshing(client, tokens))).json.refresh_token
  await token(site, redemption(client, code, verifier))
  const confidential = await register(site, { token_endpoint_auth_method: 'client_secret_post' })
  secrets.client = confidential.client_secret
  const again = newVerifier()
  const more = await browser.code(authorizationRequest(confidential, again))
  Object.assign(secrets, { more, again })
  await token(site, { ...redemption(confidential, more, again), client_secret: confidential.client_secret })
  const wrong = new Browser(site)
  const at = await wrong.follow(await wrong.authorize(authorizationRequest(client, verifier)))
  secrets.wrongPassword = 'a-wrong-password-of-mine'
  await wrong.signIn(at, site.email, secrets.wrongPassword)
  for (const [name, value] of [...browser.cookies, ...wrong.cookies]) secrets['cookie ' + name + value.length] = value
  await postForm(site.url('/api/oauth/revoke'), { client_id: client.client_id, token: secrets.next })
  for (const file of ['MCP_OAUTH_CONFIG', 'GUARD_CONFIG']) {
    const text = await readFile(site.values[file], 'utf8')
    for (const [, name, value] of text.matchAll(/^(\w*SECRET\w*)=(.+)$/gm)) secrets[name] = value
  }
  return secrets
}

test('neither logs nor tables hold a secret', async () => {
  const secrets = await useEverything()
  const places = {}
  for (const name of await readdir(join(site.values.STATE, 'log'))) {
    places[name] = await readFile(join(site.values.STATE, 'log', name), 'utf8')
  }
  const tables = await site.sql("SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('oauth', 'public')")
  assert.ok(tables.length > 8)
  for (const { schemaname, tablename } of tables) {
    const rows = await site.sql(`SELECT t::text AS row FROM ${schemaname}.${tablename} t`)
    places[`${schemaname}.${tablename}`] = rows.map(r => r.row).join('\n')
  }
  for (const [secret, value] of Object.entries(secrets)) {
    assert.ok(value.length >= 8, secret)
    for (const [place, text] of Object.entries(places)) {
      assert.ok(!text.includes(value), `${secret} stands in ${place}`)
    }
  }
})

test('a stranger\'s bytes make one escaped line', async () => {
  await postForm(site.url('/api/oauth/token'), { grant_type: 'a\r\nforged=1\u001b[31m\u0007', client_id: 'x\ny' })
  const lines = (await site.log()).split('\n').filter(line => line.includes('forged'))
  assert.equal(lines.length, 1)
  assert.ok(!lines[0].includes('\u001b'))
})
