// SPDX-License-Identifier: MIT
// application.mjs - a program on the person's computer that uses an MCP SDK.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import * as current from '@modelcontextprotocol/client'
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { UnauthorizedError as OldUnauthorizedError } from 'sdk-2025-03-26/client/auth.js'
import { Client as OldClient } from 'sdk-2025-03-26/client/index.js'
import { StreamableHTTPClientTransport as OldTransport } from 'sdk-2025-03-26/client/streamableHttp.js'

const info = { name: 'test', version: '1.0.0' }

/** An SDK of 2025-03-26, which knows neither resource metadata nor resource. */
export const sdkOf2025 = {
  UnauthorizedError: OldUnauthorizedError,
  Transport: OldTransport,
  newClient: () => new OldClient(info),
  answerOf: callback => callback.get('code')
}

/** The SDK of the revisions up to 2025-11-25. */
export const sdk1 = {
  UnauthorizedError,
  Transport: StreamableHTTPClientTransport,
  newClient: () => new Client(info),
  answerOf: callback => callback.get('code')
}

/** The SDK of 2026-07-28, which checks the issuer of the answer itself. */
export const sdk2 = {
  UnauthorizedError: current.UnauthorizedError,
  Transport: current.StreamableHTTPClientTransport,
  newClient: () => new current.Client(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } }),
  answerOf: callback => callback
}

// A loopback listener: next() is the query of the next callback.
async function listen () {
  const waiting = []
  const server = createServer((rq, rs) => {
    rs.end('You may close this window.')
    if (rq.url.startsWith('/callback')) waiting.shift()?.(new URL(rq.url, 'http://127.0.0.1').searchParams)
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: server.address().port,
    next: () => new Promise(resolve => waiting.push(resolve)),
    close: () => server.close()
  }
}

// What the SDKs ask of an application; unless forgets, it forgets nothing.
function provider (kept, redirectUrl, metadata, clientMetadataUrl, forgets) {
  const invalidateCredentials = what => { if (what === 'tokens' || what === 'all') delete kept.tokens }
  return {
    ...forgets && { invalidateCredentials },
    redirectUrl,
    clientMetadataUrl,
    clientMetadata: {
      client_name: 'SDK test',
      redirect_uris: [redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      ...metadata
    },
    clientInformation: () => kept.client,
    saveClientInformation: client => { kept.client = client },
    tokens: () => kept.tokens,
    saveTokens: tokens => { kept.tokens = tokens },
    redirectToAuthorization: url => { kept.authorizationUrl = url },
    saveCodeVerifier: verifier => { kept.verifier = verifier },
    codeVerifier: () => kept.verifier,
    saveDiscoveryState: state => { kept.discovery = state },
    discoveryState: () => kept.discovery
  }
}

/**
 * An application on the given SDK. Options: metadata (members of its
 * registration), clientMetadataUrl (where it is published), host (of its
 * redirect URI), forgets (tokens that are refused for good). kept holds its client, tokens, authorizationUrl and callback.
 */
export async function startApplication (sdk, { metadata, clientMetadataUrl, host = '127.0.0.1', forgets } = {}) {
  const listener = await listen()
  const kept = {}
  const authProvider = provider(kept, `http://${host}:${listener.port}/callback`, metadata, clientMetadataUrl, forgets)
  const transport = url => new sdk.Transport(new URL(url), { authProvider })

  /** The person decides about what the transport asked for; the consent page's text. */
  const finish = async (asking, person) => {
    const callback = listener.next()
    const text = await person(kept.authorizationUrl)
    kept.callback = await callback
    await asking.finishAuth(sdk.answerOf(kept.callback))
    return text
  }

  return {
    kept,
    finish,
    /** Refused without tokens, it sends the person to the browser. */
    async authorize (url, person) {
      const asking = transport(url)
      await assert.rejects(sdk.newClient().connect(asking), sdk.UnauthorizedError)
      return finish(asking, person)
    },
    /** A connected client of the SDK. */
    async connect (url) {
      const client = sdk.newClient()
      await client.connect(transport(url))
      return client
    },
    close: () => listener.close()
  }
}
