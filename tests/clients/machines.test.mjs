// SPDX-License-Identifier: MIT
// Clients that act for themselves: the providers that both MCP SDKs have for
// them, and openid-client, with a secret and with signatures.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import * as current from '@modelcontextprotocol/client'
import * as extensions from '@modelcontextprotocol/sdk/client/auth-extensions.js'
import { exportJWK, exportPKCS8, generateKeyPair } from 'jose'
import * as oauth from 'openid-client'
import { sdk1, sdk2 } from '../lib/application.mjs'
import { whoami } from '../lib/flow.mjs'
import { addClient, addSigner, startSite } from '../lib/site.mjs'

const scope = 'reports:read'
let site
before(async () => { site = await startSite({ conf: `MCP_RESOURCE_SCOPES=/mcp ${scope}` }) })
after(() => site?.stop())

const machine = ['--name', 'Nightly', '--client-credentials']

/** A client that the operator made with its public key. */
async function addSigningMachine (alg) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const { client_id: clientId } = await addSigner(site, { ...await exportJWK(publicKey), alg, use: 'sig' }, ...machine)
  return { clientId, privateKey }
}

for (const [name, sdk, { ClientCredentialsProvider, PrivateKeyJwtProvider }] of [
  ['the SDK of the versions before', sdk1, extensions],
  ['the SDK of 2026-07-28', sdk2, current]
]) {
  describe(name, () => {
    const connect = async authProvider => {
      const client = sdk.newClient()
      await client.connect(new sdk.Transport(new URL(site.mcp), { authProvider }))
      return client
    }
    const call = async client => (await client.callTool({ name: 'whoami', arguments: {} })).structuredContent

    test('by a secret, again when its token ended', async () => {
      const { client_id: clientId, client_secret: clientSecret } = await addClient(site, ...machine)
      const provider = new ClientCredentialsProvider({ clientId, clientSecret, scope, expectedIssuer: site.base })
      const client = await connect(provider)
      const said = await call(client)
      assert.equal(said.client, clientId)
      assert.equal(said.scope, scope)
      assert.equal(said.user, undefined)

      assert.equal(provider.tokens().refresh_token, undefined)
      provider.saveTokens({ ...provider.tokens(), access_token: 'stale' })
      assert.equal((await call(client)).client, clientId)
      await client.close()
    })

    for (const algorithm of ['RS256', 'ES256']) {
      test(`by a signature, ${algorithm}`, async () => {
        const { clientId, privateKey } = await addSigningMachine(algorithm)
        const client = await connect(new PrivateKeyJwtProvider({
          clientId, privateKey: await exportPKCS8(privateKey), algorithm, expectedIssuer: site.base
        }))
        assert.equal((await call(client)).client, clientId)
        await client.close()
      })
    }
  })
}

describe('openid-client', () => {
  const grant = async (clientId, authentication) => {
    const config = await oauth.discovery(new URL(site.base), clientId, {}, authentication,
      { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] })
    return oauth.clientCredentialsGrant(config, { resource: site.mcp, scope })
  }

  test('by a secret, either way, and by signatures of each kind', async () => {
    const { client_id: id, client_secret: secret } = await addClient(site, ...machine)
    const ways = [[id, oauth.ClientSecretBasic(secret)], [id, oauth.ClientSecretPost(secret)]]
    for (const alg of ['RS256', 'ES256', 'EdDSA']) {
      const { clientId, privateKey } = await addSigningMachine(alg)
      ways.push([clientId, oauth.PrivateKeyJwt(privateKey)])
    }
    for (const [clientId, authentication] of ways) {
      const tokens = await grant(clientId, authentication)
      assert.equal(tokens.scope, scope)
      assert.equal((await whoami(site, tokens.access_token)).client, clientId)
    }
  })

  test('a wrong secret and a foreign key are told apart from nothing', async () => {
    const { client_id: id } = await addClient(site, ...machine)
    await assert.rejects(grant(id, oauth.ClientSecretPost('wrong')), { error: 'invalid_client', status: 401 })
    const { clientId } = await addSigningMachine('ES256')
    const { privateKey } = await generateKeyPair('ES256')
    await assert.rejects(grant(clientId, oauth.PrivateKeyJwt(privateKey)), { error: 'invalid_client', status: 401 })
  })
})
