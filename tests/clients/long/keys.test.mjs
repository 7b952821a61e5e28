// SPDX-License-Identifier: MIT
// Keys that change under a verifier with jose's own defaults: it gets the keys
// anew at most twice a minute.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { periodsPass } from '../../lib/key_change.mjs'
import { startSite } from '../../lib/site.mjs'

let site
before(async () => { site = await startSite({ conf: 'KEY_PERIOD=36\nACCESS_TOKEN_EXPIRES=36' }) })
after(() => site?.stop())

test('periods pass, and a verifier of every-day settings refuses no token', async t => {
  const { traffic, verifier } = await periodsPass(site, {}, 3)
  t.diagnostic(`${traffic.minted} tokens by ${traffic.kids.size} keys; the verifier got the keys ${verifier.fetches} times`)
  assert.ok(verifier.fetches > 1)
})
