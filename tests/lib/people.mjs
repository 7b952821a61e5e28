// SPDX-License-Identifier: MIT
// people.mjs - people beside the demo user, the pages about their account, and
// their authenticator apps.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { Browser } from './flow.mjs'

/** Somebody else, who has the demo user's password; the browser signs in as them. */
export async function addUser (site, email) {
  await site.sql(`WITH u AS (INSERT INTO public.users (email) VALUES ($1) RETURNING id)
    INSERT INTO oauth.credential (user_id, password_hash)
    SELECT u.id, c.password_hash FROM u, oauth.credential c JOIN public.users d ON d.id = c.user_id WHERE d.email = $2`, [email, site.email])
  return browserOf(site, email)
}

/** Another browser of theirs. */
export function browserOf (site, email) {
  const browser = new Browser(site)
  const signIn = browser.signIn.bind(browser)
  browser.signIn = (at, as = email, password = site.password) => signIn(at, as, password)
  return browser
}

/** The anti-forgery token of a page. */
export const csrfOf = text => /name="csrf" value="([^"]*)"/.exec(text)?.[1]

/** Open a page about the account, through sign-in where asked: its text. */
export async function openPage (browser, path, ...credentials) {
  const first = await browser.get(path)
  if (first.status === 200) return first.text
  const login = await browser.follow(first)
  assert.equal(login.path, '/api/oauth/login')
  const at = await browser.follow(await browser.signIn(login, ...credentials))
  assert.equal(at.path, path)
  assert.equal(at.page.status, 200, at.page.text)
  return at.page.text
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The bytes of a secret as people type it. */
export function base32Decode (text) {
  const bits = [...text.replaceAll(/[\s-]/g, '')].map(c => base32.indexOf(c).toString(2).padStart(5, '0')).join('')
  return Buffer.from(bits.match(/.{8}/g).map(byte => parseInt(byte, 2)))
}

/** What an authenticator app shows now, or that many steps later (RFC 6238). */
export function totp (secret, later = 0) {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + later))
  const mac = createHmac('sha1', base32Decode(secret)).update(counter).digest()
  const at = mac[19] & 15
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0')
}

/** The secret that a page shows, and the recovery codes. */
export const secretOf = text => /<p class="secret"><code>([A-Z2-7 ]+)<\/code>/.exec(text)?.[1]
export const codesOf = text => [...text.matchAll(/<li><code>([A-Z2-7-]+)<\/code>/g)].map(m => m[1])
