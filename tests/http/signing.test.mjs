// SPDX-License-Identifier: MIT
// JWT_ALG=RS256 and ES256: access tokens for verifiers that know no Ed25519.
import assert from 'node:assert/strict'
import { chmod, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { connect, refreshing, rpc, token } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { startSite } from '../lib/site.mjs'

for (const alg of ['RS256', 'ES256']) {
  describe(alg, () => {
    let site
    before(async () => { site = await startSite({ conf: `JWT_ALG=${alg}`, extra: { SITE_KEY_ALG: alg } }) })
    after(() => site?.stop())

    const keyFile = () => site.values.MCP_OAUTH_CONFIG.replace('mcp-oauth.conf', 'signing-key.pem')

    test('another program verifies a token by the published keys, and the guard takes it', async () => {
      const { tokens } = await connect(site)
      const keys = createRemoteJWKSet(new URL(site.url('/.well-known/jwks.json')))
      const { protectedHeader, payload } = await jwtVerify(tokens.access_token, keys, { issuer: site.base, audience: site.mcp, typ: 'at+jwt' })
      assert.equal(protectedHeader.alg, alg)
      assert.equal(payload.email, site.email)
      assert.equal((await rpc(site.mcp, tokens.access_token, 'ping', {})).status, 200)
      const [h, p, s] = tokens.access_token.split('.')
      const forged = s.slice(0, 20) + (s[20] === 'A' ? 'B' : 'A') + s.slice(21)
      assert.equal((await rpc(site.mcp, `${h}.${p}.${forged}`, 'ping', {})).status, 401)
    })

    test('the published keys hold no private part', async () => {
      const { keys } = (await send(site.url('/.well-known/jwks.json'))).json
      assert.ok(keys.some(k => k.alg === alg))
      for (const key of keys) for (const member of ['d', 'p', 'q', 'k']) assert.ok(!(member in key))
    })

    test('a second key in the file is published before it signs, and signs once it stands first', async () => {
      const { client, tokens } = await connect(site)
      const first = await readFile(keyFile(), 'utf8')
      const { stdout: second } = await site.command('key', 'generate', '--alg', alg)
      const replace = async text => {
        const { mode, uid, gid } = await stat(keyFile())
        await writeFile(keyFile() + '.new', text)
        await chmod(keyFile() + '.new', mode)
        if (process.getuid() === 0) await (await import('node:fs/promises')).chown(keyFile() + '.new', uid, gid)
        await rename(keyFile() + '.new', keyFile())
        const wanted = text.split('BEGIN PRIVATE KEY').length - 1
        for (;;) {
          const { keys } = (await send(site.url('/.well-known/jwks.json'))).json
          if (keys.filter(k => k.alg === alg).length === wanted) return keys
        }
      }
      const published = createLocalJWKSet({ keys: await replace(first + second) })
      const before = decodeProtectedHeader(tokens.access_token).kid
      await replace(second + first)
      let renewed = tokens
      do renewed = (await token(site, refreshing(client, renewed))).json
      while (decodeProtectedHeader(renewed.access_token).kid === before)
      await jwtVerify(renewed.access_token, published, { issuer: site.base })
    })

    test('a key file that others may read, or no key at all: 503, nothing is spent', async () => {
      const { client, tokens } = await connect(site)
      const good = await readFile(keyFile(), 'utf8')
      await site.control('web', 'stop')
      await writeFile(keyFile(), 'nothing')
      await site.control('web', 'start')
      const answer = await token(site, refreshing(client, tokens))
      assert.equal(answer.status, 503, answer.text)
      assert.equal(answer.json.error, 'temporarily_unavailable')
      assert.equal((await send(site.url('/.well-known/jwks.json'))).status, 503)
      await writeFile(keyFile(), good)
      await chmod(keyFile(), 0o644)
      await site.control('web', 'stop')
      await site.control('web', 'start')
      assert.equal((await token(site, refreshing(client, tokens))).status, 503)
      assert.match(await site.log(), /JWT_PRIVATE_KEY_FILE is open to others/)
      await chmod(keyFile(), 0o600)
      let again
      do again = await token(site, refreshing(client, tokens))
      while (again.status === 503)
      assert.equal(again.status, 200)
    })
  })
}
