// SPDX-License-Identifier: MIT
// key_change.mjs - traffic that goes on while keys change: sessions that refresh
// all the time, and verifiers of their tokens.
import assert from 'node:assert/strict'
import { createRemoteJWKSet, customFetch, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { connect, refreshing, rpc, token } from './flow.mjs'

export const kidOf = accessToken => decodeProtectedHeader(accessToken).kid

/**
 * Another party that verifies tokens of the site by its JWK set, of which it
 * keeps a copy as jose does. verifier.fetches counts how often it got one.
 */
export function newVerifier (site, options = {}) {
  const verifier = { fetches: 0 }
  const keys = createRemoteJWKSet(new URL(site.url('/.well-known/jwks.json')), {
    ...options,
    [customFetch]: (...args) => {
      verifier.fetches++
      return fetch(...args)
    }
  })
  verifier.verify = accessToken => jwtVerify(accessToken, keys, { issuer: site.base, audience: site.mcp, typ: 'at+jwt' })
  return verifier
}

/**
 * Sessions that refresh as fast as they can; each new token is shown to the
 * guard and to the verifiers, and once more just before it expires. Whatever
 * is refused ends the traffic with an error. traffic.kids holds the keys met.
 */
export class Traffic {
  constructor (site, verifiers, { sessions = 3 } = {}) {
    this.site = site
    this.verifiers = verifiers
    this.kids = new Set()
    this.minted = 0
    this.waiting = []
    this.running = Promise.all(Array.from({ length: sessions }, () => this.session()))
    this.running.catch(error => { this.failed = error })
  }

  // A token that expired while it was on its way proves nothing.
  async accepted (accessToken) {
    try {
      await this.taken(accessToken)
    } catch (error) {
      if (decodeJwt(accessToken).exp > Date.now() / 1000) throw error
    }
  }

  async taken (accessToken) {
    const answer = await rpc(this.site.mcp, accessToken, 'ping', {})
    assert.equal(answer.status, 200, `${kidOf(accessToken)}: ${answer.text}`)
    for (const verifier of this.verifiers) await verifier.verify(accessToken)
  }

  // Old tokens that are about to expire.
  async acceptOld () {
    const now = Date.now() / 1000
    const due = this.waiting.filter(({ exp }) => exp - now < 2)
    this.waiting = this.waiting.filter(({ exp }) => exp - now >= 2)
    for (const { accessToken, exp } of due) if (exp - Date.now() / 1000 > 1) await this.accepted(accessToken)
  }

  async session () {
    let { client, tokens } = await connect(this.site)
    while (!this.stopping) {
      await this.accepted(tokens.access_token)
      this.minted++
      this.kids.add(kidOf(tokens.access_token))
      const { exp } = JSON.parse(Buffer.from(tokens.access_token.split('.')[1], 'base64url'))
      this.waiting.push({ accessToken: tokens.access_token, exp })
      await this.acceptOld()
      const answer = await token(this.site, refreshing(client, tokens))
      assert.equal(answer.status, 200, answer.text)
      tokens = answer.json
    }
    return { client, tokens }
  }

  /** Until check() holds; what was refused in the meantime is thrown. */
  async until (check) {
    while (!check()) {
      if (this.failed) throw this.failed
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }

  /** End it; the sessions as they are now. */
  stop () {
    this.stopping = true
    return this.running
  }
}

/** Tokens are signed and verified while periods pass: nothing is refused. */
export async function periodsPass (site, options, periods) {
  const verifier = newVerifier(site, options)
  const traffic = new Traffic(site, [verifier])
  try {
    await traffic.until(() => traffic.kids.size > periods)
  } finally {
    await traffic.stop()
  }
  return { traffic, verifier }
}
