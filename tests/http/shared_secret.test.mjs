// SPDX-License-Identifier: MIT
// JWT_ALG=HS256: tokens that existing servers verify with a shared secret.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { randomBytes } from 'node:crypto'
import { jwtVerify } from 'jose'
import { connect, rpc } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { startSite } from '../lib/site.mjs'

const secret = randomBytes(32).toString('base64url')
const root = randomBytes(32).toString('base64url')
let site
before(async () => {
  site = await startSite({
    conf: `JWT_ALG=HS256\nJWT_SECRET=${secret}\nOAUTH_ROOT_SECRET=${root}`,
    guardConf: `JWT_ALG=HS256\nJWT_SECRET=${secret}\nJWKS_FILE=`
  })
})
after(() => site?.stop())

test('another program verifies a token with the secret alone, and the guard takes it', async () => {
  const { tokens } = await connect(site)
  const { protectedHeader, payload } = await jwtVerify(tokens.access_token, Buffer.from(secret), { issuer: site.base })
  assert.equal(protectedHeader.alg, 'HS256')
  assert.equal(payload.email, site.email)
  assert.equal((await rpc(site.mcp, tokens.access_token, 'ping', {})).status, 200)
  assert.equal((await rpc(site.mcp, tokens.access_token.slice(0, -3) + 'AAA', 'ping', {})).status, 401)
})

test('there are no public keys to advertise', async () => {
  const metadata = (await send(site.url('/.well-known/oauth-authorization-server'))).json
  assert.ok(!('jwks_uri' in metadata))
})
