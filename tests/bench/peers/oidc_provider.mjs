// SPDX-License-Identifier: MIT
// oidc_provider.mjs PORT WORKERS - oidc-provider as a server: EdDSA JWTs for one
// resource, rotating refresh tokens, registration, introspection; in memory or, with
// the folder of its socket in BENCH_PGHOST, in PostgreSQL. POST
// /bench/tokens?n=N answers N refresh tokens, as consent would leave them.
import cluster from 'node:cluster'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import { Provider } from 'oidc-provider'
import pg from 'pg'

const [port, workers] = process.argv.slice(2)
const host = process.env.BENCH_PGHOST
const issuer = `http://127.0.0.1:${port}`
const resource = `${issuer}/mcp`

const pool = host && new pg.Pool({ host, user: 'mcp_owner', database: 'peer', max: 8 })
const query = (name, text, values) => pool.query({ name, text, values })

// One row an artifact, by its id; consumed rows stay, so that reuse is found.
class Table {
  constructor (model) { this.model = model }

  upsert (id, payload, expiresIn) {
    return query('upsert', `INSERT INTO artifact (model, id, payload, grant_id, expires_at)
      VALUES ($1, $2, $3, $4, now() + $5 * interval '1 second')
      ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at`,
    [this.model, id, payload, payload.grantId, expiresIn])
  }

  async find (id) {
    const { rows: [row] } = await query('find', `SELECT payload, consumed_at FROM artifact
      WHERE model = $1 AND id = $2 AND (expires_at IS NULL OR expires_at > now())`, [this.model, id])
    return row && { ...row.payload, ...(row.consumed_at && { consumed: row.consumed_at.getTime() / 1000 }) }
  }

  findByUid () { return undefined }
  findByUserCode () { return undefined }
  consume (id) { return query('consume', 'UPDATE artifact SET consumed_at = now() WHERE model = $1 AND id = $2', [this.model, id]) }
  destroy (id) { return query('destroy', 'DELETE FROM artifact WHERE model = $1 AND id = $2', [this.model, id]) }
  revokeByGrantId (id) { return query('revoke', 'DELETE FROM artifact WHERE grant_id = $1', [id]) }
}

// The built-in one forgets all but the last thousand.
const memory = new Map()
class Memory {
  constructor (model) { this.model = model }
  key (id) { return `${this.model}:${id}` }
  async upsert (id, payload) { memory.set(this.key(id), payload) }
  async find (id) { return memory.get(this.key(id)) }
  async findByUid () { return undefined }
  async findByUserCode () { return undefined }
  async consume (id) { memory.get(this.key(id)).consumed = Math.floor(Date.now() / 1000) }
  async destroy (id) { memory.delete(this.key(id)) }
  async revokeByGrantId (id) { for (const [key, value] of memory) if (value.grantId === id) memory.delete(key) }
}

const bench = {
  client_id: 'bench',
  client_secret: 'a secret of the benchmark',
  redirect_uris: ['http://127.0.0.1:7777/callback'],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  token_endpoint_auth_method: 'client_secret_post'
}

async function serve (jwk) {
  const provider = new Provider(issuer, {
    adapter: host ? Table : Memory,
    clients: [bench],
    jwks: { keys: [jwk] },
    scopes: ['openid', 'offline_access', 'email'],
    cookies: { keys: ['a key of the benchmark'] },
    clientDefaults: { id_token_signed_response_alg: 'EdDSA' },
    enabledJWA: { idTokenSigningAlgValues: ['EdDSA'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: 'email', audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: 3600, jwt: { sign: { alg: 'EdDSA' } } })
      }
    },
    rotateRefreshToken: true,
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, email: 'somebody@example.com' }) })
  })
  const newToken = async client => {
    const grant = new provider.Grant({ accountId: 'somebody', clientId: 'bench' })
    grant.addOIDCScope('offline_access')
    grant.addResourceScope(resource, 'email')
    const token = new provider.RefreshToken({
      accountId: 'somebody',
      client,
      grantId: await grant.save(),
      gty: 'authorization_code',
      scope: 'offline_access email',
      resource,
      rotations: 0
    })
    return token.save()
  }
  const answer = provider.callback()
  createServer(async (rq, rs) => {
    const n = /^\/bench\/tokens\?n=(\d+)$/.exec(rq.url)?.[1]
    if (!n) return answer(rq, rs)
    const client = await provider.Client.find('bench')
    const tokens = []
    for (let i = 0; i < Number(n); i++) tokens.push(await newToken(client))
    rs.end(JSON.stringify(tokens))
  }).listen(Number(port), '127.0.0.1')
}

if (Number(workers) > 1 && cluster.isPrimary) {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const BENCH_KEY = JSON.stringify({ ...await exportJWK(privateKey), alg: 'EdDSA', use: 'sig', kid: 'bench' })
  for (let i = 0; i < Number(workers); i++) cluster.fork({ BENCH_KEY })
} else {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  await serve(process.env.BENCH_KEY ? JSON.parse(process.env.BENCH_KEY) : { ...await exportJWK(privateKey), alg: 'EdDSA', use: 'sig', kid: 'bench' })
}
