// SPDX-License-Identifier: MIT
// dpop.mjs - a client that holds a key and proves it (RFC 9449).
import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { authorizationRequest, Browser, newVerifier, redemption, refreshing, register } from './flow.mjs'
import { postForm, postJson } from './http.mjs'

const now = () => Math.floor(Date.now() / 1000)
const hashOf = text => createHash('sha256').update(text).digest('base64url')

/** A key: {alg, jwk, privateJwk, jkt, privateKey}. */
export async function newKey (alg = 'ES256') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(publicKey)
  return { alg, jwk, privateJwk: await exportJWK(privateKey), jkt: await calculateJwkThumbprint(jwk), privateKey }
}

/**
 * A proof for a request. Options: accessToken, nonce; claims and header replace
 * ours, undefined leaves one out.
 */
export function proofOf (key, method, url, { accessToken, nonce, claims, header } = {}) {
  return new SignJWT({
    jti: randomUUID(),
    htm: method,
    htu: url,
    iat: now(),
    ...(accessToken ? { ath: hashOf(accessToken) } : {}),
    ...(nonce ? { nonce } : {}),
    ...claims
  }).setProtectedHeader({ typ: 'dpop+jwt', alg: key.alg, jwk: key.jwk, ...header }).sign(key.privateKey)
}

/** POST to the token endpoint with a proof, or with a DPoP header as it is. */
export async function tokenWith (site, key, fields, { headers, proof, ...options } = {}) {
  const url = site.url('/api/oauth/token')
  return postForm(url, fields, { DPoP: proof ?? await proofOf(key, 'POST', url, options), ...headers })
}

/** A client with live tokens that are bound to key. */
export async function connectWith (site, key, { metadata, params, client, browser } = {}) {
  client ??= await register(site, metadata)
  browser ??= new Browser(site)
  const verifier = newVerifier()
  const code = await browser.code(authorizationRequest(client, verifier, params))
  const answer = await tokenWith(site, key, redemption(client, code, verifier))
  assert.equal(answer.status, 200, answer.text)
  return { client, browser, code, verifier, tokens: answer.json }
}

export const refreshWith = (site, key, client, tokens, options) => tokenWith(site, key, refreshing(client, tokens), options)

/** The headers of a call with a bound token. */
export async function callHeaders (key, method, url, accessToken, options) {
  return {
    Authorization: `DPoP ${accessToken}`,
    DPoP: await proofOf(key, method, url, { accessToken, ...options })
  }
}

/** One JSON-RPC message to an MCP server, with a proof. */
export async function rpcWith (site, key, accessToken, { url = site.mcp, headers, ...options } = {}) {
  const { origin, pathname } = new URL(url)
  return postJson(url, { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'whoami' } }, {
    Accept: 'application/json, text/event-stream',
    ...await callHeaders(key, 'POST', origin + pathname, accessToken, options),
    ...headers
  })
}

/** The challenges of a refusal by scheme, each its parameters. */
export function challengesOf (answer) {
  const header = answer.headers['www-authenticate'] ?? ''
  return Object.fromEntries(header.split(/, (?=DPoP )/).map(challenge => {
    const at = challenge.indexOf(' ')
    const params = [...challenge.slice(at).matchAll(/([a-z_]+)="([^"]*)"/g)]
    return [challenge.slice(0, at), Object.fromEntries(params.map(m => [m[1], m[2]]))]
  }))
}
