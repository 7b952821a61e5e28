// SPDX-License-Identifier: MIT
// better_auth.mjs PORT WORKERS - better-auth with its plugins for OAuth and JWTs as a
// server, in PostgreSQL, whose socket's folder is BENCH_PGHOST: EdDSA JWTs for one
// resource, rotating refresh tokens, registration, introspection. POST
// /bench/tokens?n=N answers N refresh tokens, as consent would leave them.
import cluster from 'node:cluster'
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { oauthProvider } from '@better-auth/oauth-provider'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
import { jwt } from 'better-auth/plugins'
import pg from 'pg'

const [port, workers] = process.argv.slice(2)
const host = process.env.BENCH_PGHOST
const issuer = `http://127.0.0.1:${port}`
const resource = `${issuer}/mcp`
const stored = text => createHash('sha256').update(text).digest('base64url')

const auth = betterAuth({
  baseURL: issuer,
  basePath: '/',
  secret: 'a secret of the benchmark, long enough',
  database: new pg.Pool({ host, user: 'mcp_owner', database: 'better_auth', max: 8 }),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
  plugins: [
    jwt({ jwks: { keyPairConfig: { alg: 'EdDSA', crv: 'Ed25519' } }, disableSettingJwtHeader: true }),
    oauthProvider({
      loginPage: '/login',
      consentPage: '/consent',
      scopes: ['openid', 'offline_access', 'email'],
      resources: [resource],
      enforcePerClientResources: false,
      allowDynamicClientRegistration: true,
      allowUnauthenticatedClientRegistration: true,
      silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true }
    })
  ]
})

// The account, its session and the client of the benchmark.
async function prepare () {
  await (await getMigrations(auth.options)).runMigrations()
  const { adapter } = await auth.$context
  const user = await adapter.create({ model: 'user', data: { name: 'Somebody', email: 'somebody@example.com', emailVerified: true, createdAt: new Date(), updatedAt: new Date() } })
  await adapter.create({
    model: 'oauthClient',
    data: {
      clientId: 'bench',
      clientSecret: stored('a secret of the benchmark'),
      name: 'Bench',
      redirectUris: ['http://127.0.0.1:7777/callback'],
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
      responseTypes: ['code'],
      scopes: ['offline_access', 'email'],
      clientCredentialsScopes: ['email'],
      tokenEndpointAuthMethod: 'client_secret_post',
      createdAt: new Date(),
      updatedAt: new Date()
    }
  })
  await auth.api.getJwks() // makes the key
  return user.id
}

async function newTokens (userId, n) {
  const { adapter } = await auth.$context
  const tokens = []
  for (let i = 0; i < n; i++) {
    const token = randomBytes(24).toString('base64url')
    await adapter.create({
      model: 'oauthRefreshToken',
      data: {
        token: stored(token),
        clientId: 'bench',
        userId,
        scopes: ['offline_access', 'email'],
        resources: [resource],
        createdAt: new Date(),
        expiresAt: new Date(Date.now() + 30 * 86400 * 1000)
      }
    })
    tokens.push(token)
  }
  return tokens
}

if (cluster.isPrimary) {
  const USER_ID = await prepare()
  for (let i = 0; i < Number(workers); i++) cluster.fork({ USER_ID })
} else {
  const answer = toNodeHandler(auth)
  createServer(async (rq, rs) => {
    const n = /^\/bench\/tokens\?n=(\d+)$/.exec(rq.url)?.[1]
    if (!n) return answer(rq, rs)
    rs.end(JSON.stringify(await newTokens(process.env.USER_ID, Number(n))))
  }).listen(Number(port), '127.0.0.1')
}
