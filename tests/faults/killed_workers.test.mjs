// SPDX-License-Identifier: MIT
// Workers are killed at random while clients go on: every token, grant and
// revocation that was acknowledged holds, and nothing needs a restart.
// KILL_SECONDS makes it longer.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startSite } from '../lib/site.mjs'
import { startTraffic } from '../lib/traffic.mjs'
import { workersOf } from '../lib/workers.mjs'

const SECONDS = Number(process.env.KILL_SECONDS ?? 15)
const KILLS = 8 // at least

// How many it killed: none when it is gone already.
function kill (pid) {
  try {
    process.kill(pid, 'SIGKILL')
    return 1
  } catch (error) {
    assert.equal(error.code, 'ESRCH')
    return 0
  }
}

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

// How often: mod_fcgid starts no more for a while when too many end.
for (const [front, every_ms] of [['apache', 2500], ['pool', 150], ['lighttpd', 500]]) {
  describe(front, () => {
    test('what was acknowledged holds', async t => {
      const site = await startSite({ front, conf: 'LOGIN_LIMIT_REMOTE=1000000\nLOGIN_LIMIT_ACCOUNT=1000000' })
      try {
        const traffic = await startTraffic(site, { holders: 4, visitors: 3, killed: true })
        let kills = 0
        for (const end = Date.now() + SECONDS * 1000; Date.now() < end || kills < KILLS;) {
          // All of one kind, so that those die that are at work.
          const workers = await workersOf(site)
          const kinds = [...new Set(workers.map(({ program }) => program))]
          const kind = kinds[Math.floor(Math.random() * kinds.length)]
          for (const { pid } of workers.filter(({ program }) => program === kind)) kills += kill(pid)
          await pause(Math.random() * 2 * every_ms)
        }
        await traffic.calm(90)
        await traffic.stop()
        t.diagnostic(`${kills} kills, ${traffic.rounds} rounds, ${traffic.faults} faults, the longest answer took ${Math.round(traffic.longest_ms)} ms`)
        assert.deepEqual(traffic.wrong, [])
        assert.ok(kills > 0)
      } finally {
        await site.stop()
      }
    })
  })
}
