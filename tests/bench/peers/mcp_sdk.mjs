// SPDX-License-Identifier: MIT
// mcp_sdk.mjs PORT - the router of the MCP SDK over a provider that keeps all in
// memory and signs nothing, like the SDK's own demo; that one cannot refresh, so
// here a refresh swaps two UUIDs in a Map. POST /bench/tokens?n=N as in
// oidc_provider.mjs.
import { randomUUID } from 'node:crypto'
import { mcpAuthRouter } from '@modelcontextprotocol/sdk/server/auth/router.js'
import express from 'express'

const issuer = new URL(`http://127.0.0.1:${process.argv[2]}`)
const clients = new Map([['bench', { client_id: 'bench', redirect_uris: ['http://127.0.0.1:7777/callback'], token_endpoint_auth_method: 'none' }]])
const refreshTokens = new Map()

const provider = {
  clientsStore: {
    getClient: id => clients.get(id),
    registerClient: client => {
      clients.set(client.client_id, client)
      return client
    }
  },
  exchangeRefreshToken: async (client, token) => {
    const session = refreshTokens.get(token)
    if (!session || session.client_id !== client.client_id) throw new Error('no such token')
    refreshTokens.delete(token)
    const next = randomUUID()
    refreshTokens.set(next, session)
    return { access_token: randomUUID(), token_type: 'bearer', expires_in: 3600, refresh_token: next }
  }
}

const unlimited = { rateLimit: false }
const app = express()
app.use(mcpAuthRouter({
  provider,
  issuerUrl: issuer,
  authorizationOptions: unlimited,
  clientRegistrationOptions: unlimited,
  tokenOptions: unlimited,
  revocationOptions: unlimited
}))
app.post('/bench/tokens', (rq, rs) => {
  const tokens = Array.from({ length: Number(rq.query.n) }, () => randomUUID())
  for (const token of tokens) refreshTokens.set(token, { client_id: 'bench' })
  rs.json(tokens)
})
app.listen(Number(issuer.port), '127.0.0.1')
