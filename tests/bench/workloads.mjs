// SPDX-License-Identifier: MIT
// workloads.mjs - what is measured, in the order of the report.

/**
 * floor: the physical limit to compare ours with, by name. atMost: the most
 * connections at which it makes sense.
 */
export const workloads = [
  { name: 'metadata', floor: 'FastCGI responder', about: 'GET of the authorization server\'s metadata' },
  { name: 'metadata as a file', floor: 'static file', about: 'the same rendered to a file, which the web server sends' },
  { name: 'registration', about: 'POST of a new client (RFC 7591)' },
  { name: 'code redemption', floor: 'C refresh', about: 'each code redeemed once, a session started' },
  { name: 'refresh', floor: 'C refresh', about: 'each answer\'s refresh token is the next request\'s; no token is sent twice' },
  { name: 'introspection', floor: 'C introspection', about: 'of one live access token, by a client with a secret' },
  { name: 'client_credentials', floor: 'C refresh', about: 'by a client with a secret' },
  { name: 'guard, verified', floor: 'verifies Ed25519', about: 'a file behind the guard; thousands of good tokens in turn, more than it remembers' },
  { name: 'guard, remembered', floor: 'says yes', about: 'the same with one good token' },
  { name: 'guard, expired', about: 'the same with expired tokens: 401' },
  { name: 'guard, garbage', about: 'the same with wrong signatures: 401' },
  { name: 'login', about: 'authorize, sign in with a password (Argon2id), reach the consent page; new browsers', atMost: 16 },
  { name: 'whole flow', about: 'register, authorize, sign in, consent, redeem, call the guarded address, refresh', atMost: 16 },
  { name: 'mixed', about: '80 guarded calls, 10 refreshes, 5 introspections, 5 of metadata' },
  { name: 'plain CGI', floor: 'hello CGI with database', about: 'the health endpoint run as CGI, which asks the database', atMost: 16 }
]
