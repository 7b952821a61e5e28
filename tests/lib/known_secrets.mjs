// SPDX-License-Identifier: MIT
// known_secrets.mjs - every secret that went over the wire of a site while it was
// tested: none of them may stand anywhere when it ends.

// By the port of the site.
const byPort = new Map()

const inAnswers = /"(?:access_token|refresh_token|id_token|client_secret|registration_access_token|device_code)":\s*"([^"]{20,})"/g
const inForms = /(?:^|&)(?:password|code_verifier|client_secret|refresh_token)=([\w-]{20,})(?=&|$)/g
const inLocations = /[?&]code=([\w-]{20,})/g
const inCookies = /^[^=]+=([\w.-]{20,})/

/** Remember what a form and its answer held. */
export function learnSecrets (port, body, { text, headers }) {
  const known = byPort.get(Number(port)) ?? new Set()
  byPort.set(Number(port), known)
  const add = (from, pattern) => { for (const [, secret] of from.matchAll(pattern)) known.add(secret.split('.').at(-1)) }
  if (typeof body === 'string') add(body, inForms)
  add(text, inAnswers)
  if (headers.location) add(headers.location, inLocations)
  for (const line of headers['set-cookie'] ?? []) {
    const secret = inCookies.exec(line)?.[1]
    if (secret) known.add(secret.split('.').at(-1))
  }
}

/** Of a text, the first that is known at this port, or undefined; words are further secrets. */
export function secretIn (text, port, words = []) {
  const known = byPort.get(Number(port)) ?? new Set()
  const found = words.find(word => text.includes(word))
  if (found) return found
  for (const [word] of text.matchAll(/[\w-]{20,}/g)) if (known.has(word)) return word
}

/** How many are known. */
export const secretsKnown = port => byPort.get(Number(port))?.size ?? 0
