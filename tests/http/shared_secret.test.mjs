// SPDX-License-Identifier: MIT
// JWT_ALG=HS256: tokens that existing servers verify with a shared secret.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createHmac, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { jwtVerify } from 'jose'
import { connect, rpc, until } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { changeSettings, startSite } from '../lib/site.mjs'
import { stillServing } from '../lib/still_serving.mjs'

const secret = randomBytes(32).toString('base64url')
const root = randomBytes(32).toString('base64url')
let site
before(async () => {
  site = await startSite({
    conf: `JWT_ALG=HS256\nJWT_SECRET=${secret}\nOAUTH_ROOT_SECRET=${root}\nJWT_PRIVATE_KEY_FILE=`,
    guardConf: `JWT_ALG=HS256\nJWT_SECRET=${secret}\nJWKS_FILE=`
  })
})
after(() => site?.stop())
stillServing(() => site)

test('another program verifies a token with the secret alone, and the guard takes it', async () => {
  const { tokens } = await connect(site)
  const { protectedHeader, payload } = await jwtVerify(tokens.access_token, Buffer.from(secret), { issuer: site.base })
  assert.equal(protectedHeader.alg, 'HS256')
  assert.equal(payload.email, site.email)
  assert.equal((await rpc(site.mcp, tokens.access_token, 'ping', {})).status, 200)
  assert.equal((await rpc(site.mcp, tokens.access_token.slice(0, -3) + 'AAA', 'ping', {})).status, 401)
})

test('claims are judged one by one', async () => {
  const { tokens } = await connect(site)
  const [header, payload] = tokens.access_token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url'))
  const signed = (text) => {
    const input = `${header}.${Buffer.from(text).toString('base64url')}`
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
  }
  const status = async text => (await rpc(site.mcp, signed(text), 'ping', {})).status
  const now = Math.floor(Date.now() / 1000)
  const json = more => JSON.stringify({ ...claims, ...more })
  assert.equal(await status(json({})), 200)
  for (const more of [{ exp: undefined }, { exp: String(claims.exp) }, { exp: -1 }, { exp: now - 1 }, { exp: null }, { iat: undefined },
    { iss: 'https://evil.example' }, { iss: undefined }, { aud: 'https://other.example/mcp' }, { aud: undefined }, { sub: undefined },
    { sub: 7 }, { nbf: now + 300 }, { iat: now + 300 }, { nbf: 'soon' }]) {
    assert.equal(await status(json(more)), 401, JSON.stringify(more))
  }
  assert.equal(await status(json({}).replace(/"exp":\d+/, '"exp":1e300')), 401)
  assert.equal(await status(json({}).replace(/"exp":\d+/, '$&,"exp":9999999999')), 401)
  assert.equal(await status(json({ nbf: now + 10 })), 200)
})

test('there are no public keys to advertise', async () => {
  const metadata = (await send(site.url('/.well-known/oauth-authorization-server'))).json
  assert.ok(!('jwks_uri' in metadata))
})

test('a guard that was told to share a secret, and then not to, has the public keys again', async () => {
  const other = await startSite()
  try {
    const { tokens } = await connect(other)
    const status = async () => (await rpc(other.mcp, tokens.access_token, 'ping', {})).status
    assert.equal(await status(), 200)
    const keys = await readFile(other.values.GUARD_CONFIG, 'utf8')
    await changeSettings(other.values.GUARD_CONFIG, ['JWT_ALG=HS256', `JWT_SECRET=${secret}`, 'JWKS_FILE='])
    await until(async () => await status() === 401)
    await writeFile(other.values.GUARD_CONFIG, keys)
    await until(async () => await status() === 200)
  } finally {
    await other.stop()
  }
})
