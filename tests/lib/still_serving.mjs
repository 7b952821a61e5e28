// SPDX-License-Identifier: MIT
// still_serving.mjs - an attack counts as withstood only if the programs that
// answered it are alive afterwards, and the next one who comes is served.
import assert from 'node:assert/strict'
import { afterEach, beforeEach } from 'node:test'
import { Browser, connect, refreshing, register, token } from './flow.mjs'

// What mod_fcgid, mod_cgid and lighttpd write when a program ended by itself.
const died = /get unexpected signal (?!9\b|15\b)\d+|exit signal \w+|End of script output before headers|child signalled: \d+|premature end of/i

/**
 * Look after each test of a file: siteOf() is the site that they use. Somebody
 * signs in, redeems a code and refreshes.
 */
export function stillServing (siteOf) {
  let client, browser, from
  beforeEach(async () => { from = (await siteOf().log()).length })
  afterEach(async () => {
    const site = siteOf()
    client ??= await register(site, { client_name: 'Comes afterwards' })
    browser ??= new Browser(site)
    const { tokens } = await connect(site, { client, browser })
    const answer = await token(site, refreshing(client, tokens))
    assert.equal(answer.status, 200, `the next one who came: ${answer.text}`)
    const words = died.exec((await site.log()).slice(from))
    assert.equal(words, null, `a program died: ${words?.[0]}`)
  })
}
