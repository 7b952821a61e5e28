// SPDX-License-Identifier: MIT
// Keys change while several processes sign, verify and publish, and while several
// commands change them at once: whatever was handed out is taken as long as its
// key is published, and nothing is once it was taken away.
// RACE_ROUNDS makes it longer; docs/reliability.md tells of a long run.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { together } from '../lib/barrier.mjs'
import { connect, refreshing, register } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { kidOf } from '../lib/key_change.mjs'
import { addClient, startSite } from '../lib/site.mjs'

const ROUNDS = Number(process.env.RACE_ROUNDS ?? 25)
// Settings are read once a second, so a round takes some.
const SLOW_ROUNDS = Math.ceil(ROUNDS / 5)
// A guard may take five.
const SLOWEST_ROUNDS = Math.ceil(ROUNDS / 10)
// More than there are programs of one kind: the rest wait at their socket.
const AT_ONCE = 6
// Not mod_fcgid: who finds all its programs busy waits a second there.
const front = process.env.SITE_FRONT ?? 'lighttpd'
const limits = 'LOGIN_LIMIT_REMOTE=1000000\nLOGIN_LIMIT_ACCOUNT=1000000\nREGISTRATION_LIMIT=0'

const times = async (n, round) => { for (let i = 0; i < n; i++) await round(i) }
const each = (request, n = AT_ONCE) => Array.from({ length: n }, () => request)
const kidsOf = ({ keys }) => keys.map(({ kid }) => kid)
const expired = accessToken => decodeJwt(accessToken).exp <= Date.now() / 1000

// When every program has read its files anew, at its next request: they do at the
// first one of a second. Their clock ticks some milliseconds late.
const nextSecond = () => sleep(1020 - Date.now() % 1000)

/** A site, and what is asked of it while its keys change. */
class KeySite {
  static async start (conf = '') {
    const all = new KeySite()
    all.site = await startSite({ front, conf: `${limits}\n${conf}` })
    all.client = await register(all.site)
    all.server = await addClient(all.site, '--name', 'MCP server', '--introspect', '/mcp')
    all.material = new Map() // of each kid that was ever published
    all.documents = new Map() // by ETag
    return all
  }

  async connectAll () {
    const first = await connect(this.site, { client: this.client })
    this.sessions = [first.tokens]
    while (this.sessions.length < AT_ONCE) this.sessions.push((await connect(this.site, first)).tokens)
    this.handedOut = this.sessions.map(tokens => tokens.access_token)
  }

  guarded (accessToken) {
    return {
      path: '/mcp',
      json: { jsonrpc: '2.0', id: 1, method: 'ping', params: {} },
      headers: { Authorization: `Bearer ${accessToken}`, Accept: 'application/json, text/event-stream' }
    }
  }

  introspected (accessToken) {
    const { client_id, client_secret } = this.server
    return { path: '/api/oauth/introspect', fields: { client_id, client_secret, token: accessToken } }
  }

  /** The JWK set; a kid is of one key, an ETag of one document, whoever answers. */
  published ({ status, headers, text }) {
    assert.equal(status, 200, text)
    const set = JSON.parse(text)
    for (const key of set.keys) {
      const { nbf, exp, ...material } = key
      const known = JSON.stringify(key.kty === 'OKP' ? key : material) // a key of the file has no period
      assert.equal(this.material.get(key.kid) ?? known, known)
      this.material.set(key.kid, known)
    }
    assert.equal(new Set(kidsOf(set)).size, set.keys.length, text)
    assert.equal(this.documents.get(headers.etag) ?? text, text)
    this.documents.set(headers.etag, text)
    return set
  }

  async jwks () {
    return this.published(await send(this.site.url('/.well-known/jwks.json')))
  }

  /** All at the same moment: refreshes, calls by the tokens of the last time, introspections of them, key sets. */
  async wave () {
    const shown = this.handedOut
    const groups = [
      this.sessions.map(tokens => ({ path: '/api/oauth/token', fields: refreshing(this.client, tokens) })),
      shown.map(accessToken => this.guarded(accessToken)),
      shown.map(accessToken => this.introspected(accessToken)),
      each({ method: 'GET', path: '/.well-known/jwks.json' }, 3)
    ]
    const answers = await together(this.site, groups.flat())
    const [refreshed, called, told, sets] = groups.map(group => answers.splice(0, group.length))
    return { shown, refreshed, called, told, sets: sets.map(answer => this.published(answer)) }
  }

  /** A wave in which all is taken; every key in it is one of the copy, and every set has the keys of kids. */
  async goodWave (copy, kids) {
    const { shown, refreshed, called, told, sets } = await this.wave()
    for (const set of sets) for (const kid of kids) assert.ok(kidsOf(set).includes(kid), `${kid} is not published`)
    for (const [i, accessToken] of shown.entries()) {
      if (expired(accessToken)) continue // it proves nothing
      assert.equal(called[i].status, 200, `${kidOf(accessToken)}: ${called[i].text}`)
      assert.equal(told[i].json.active, true, `${kidOf(accessToken)}: ${told[i].text}`)
    }
    const keys = createLocalJWKSet(copy)
    for (const [i, { status, text, json }] of refreshed.entries()) {
      assert.equal(status, 200, text)
      this.sessions[i] = json
      await jwtVerify(json.access_token, keys, { issuer: this.site.base, audience: this.site.mcp, clockTolerance: 60 })
    }
    this.handedOut = this.sessions.map(tokens => tokens.access_token)
    return this.handedOut.map(kidOf)
  }

  /** Good waves until work is done and everybody knows; what the last one's tokens are signed by. */
  async goodWaves (work, copy, kids) {
    let over = false
    const known = work.then(nextSecond).finally(() => { over = true })
    known.catch(() => {})
    while (!over) await this.goodWave(copy, kids)
    await known
    return this.goodWave(copy, kids)
  }

  /** By guards and by introspection, each of them asked. */
  async allRefuse (tokens) {
    for (const accessToken of tokens) {
      const answers = await together(this.site, [...each(this.guarded(accessToken)), ...each(this.introspected(accessToken))])
      for (const { status, text } of answers.slice(0, AT_ONCE)) assert.equal(status, 401, text)
      for (const { text } of answers.slice(AT_ONCE)) assert.equal(text, '{"active":false}')
    }
  }

  rotate (...args) {
    return this.site.command('key', 'rotate', ...args, '--database', this.site.values.DATABASE_URL)
  }

  /** Cron jobs write the guard's file again and again while work goes on. */
  async amidRenders (work) {
    let over = false
    const render = async () => { while (!over) await this.site.command('render') }
    const done = work.finally(() => { over = true })
    await Promise.all([done, render(), render(), render()])
    return done
  }

  async list () {
    return (await this.site.command('key', 'list', '--json')).stdout.trim().split('\n').map(line => JSON.parse(line))
  }

  async kidsUnder (setting) {
    return (await this.list()).filter(row => row.setting === setting).map(({ kid }) => kid)
  }

  async setting (key) {
    const all = [...(await readFile(this.site.values.MCP_OAUTH_CONFIG, 'utf8')).matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))]
    assert.ok(all.length <= 1, `${key} stands ${all.length} times`)
    return all[0]?.[1]
  }

  /** What the guard has its keys from. */
  async guardFile () {
    return JSON.parse(await readFile(`${dirname(this.site.values.MCP_OAUTH_CONFIG)}/jwks.json`, 'utf8'))
  }

  /** The guard's file is that of the settings, and nothing lies about. */
  async consistent () {
    const exported = JSON.parse((await this.site.command('key', 'export', '--periods', '12')).stdout)
    assert.deepEqual(kidsOf(await this.guardFile()), kidsOf(exported))
    const left = (await readdir(dirname(this.site.values.MCP_OAUTH_CONFIG))).filter(name => /\.(new|lock)$/.test(name))
    assert.deepEqual(left, [])
  }
}

describe('the root changes', () => {
  let all
  before(async () => { all = await KeySite.start() })
  after(() => all?.site.stop())

  test('no token is refused, and each key was published before it signed', async () => {
    await all.connectAll()
    await times(SLOW_ROUNDS, async () => {
      const old = await all.kidsUnder('JWT_SECRET')
      await all.goodWaves(all.rotate(), await all.jwks(), old)
      const fresh = await all.kidsUnder('JWT_SECRET_NEXT')
      const copy = await all.jwks()

      const before = all.handedOut
      const signing = await all.goodWaves(all.rotate('--now'), copy, [...old, ...fresh])
      for (const kid of signing) assert.ok(fresh.includes(kid), `${kid} still signs`)

      await all.goodWaves(all.rotate('--finish'), copy, fresh)
      assert.ok(!kidsOf(await all.jwks()).some(kid => old.includes(kid)))
      await all.allRefuse(before)
      await all.consistent()
    })
  })

  test('in an emergency: nothing that was signed before is taken after five seconds', async () => {
    await times(SLOWEST_ROUNDS, async () => {
      await all.connectAll()
      const old = await all.kidsUnder('JWT_SECRET')
      const spent = [...all.sessions]
      const signed = new Set(all.handedOut)
      let over = false
      const changed = all.amidRenders(all.rotate('--emergency')).finally(() => { over = true })
      changed.catch(() => {})
      while (!over) {
        const { refreshed } = await all.wave()
        for (const [i, { status, text, json }] of refreshed.entries()) {
          if (status === 200) { // by one that had not read the settings
            all.sessions[i] = json
            signed.add(json.access_token)
            spent.push(json)
          } else assert.deepEqual([status, json.error], [400, 'invalid_grant'], text)
        }
      }
      await changed
      await all.consistent()
      await sleep(5000)

      assert.ok([...signed].every(accessToken => old.includes(kidOf(accessToken))))
      await all.allRefuse(signed)
      for (const set of (await all.wave()).sets) assert.ok(!kidsOf(set).some(kid => old.includes(kid)))
      for (const tokens of spent) {
        const answers = await together(all.site, each({ path: '/api/oauth/token', fields: refreshing(all.client, tokens) }))
        for (const { status, json } of answers) assert.deepEqual([status, json.error], [400, 'invalid_grant'])
      }
      // The next ones are served as ever.
      await all.connectAll()
      const fresh = await all.kidsUnder('JWT_SECRET')
      for (const kid of await all.goodWave(await all.jwks(), fresh)) assert.ok(fresh.includes(kid))
    })
  })

  describe('commands at once leave what one of them would', () => {
    const atOnce = (...commands) => Promise.all(commands.map(args =>
      all.site.command(...args).then(({ stdout }) => stdout, error => `refused: ${error.stderr}`)))
    const step = (...args) => ['key', 'rotate', ...args, '--database', all.site.values.DATABASE_URL]
    const said = (answers, words) => answers.filter(text => words.test(text)).length
    const roots = () => Promise.all(['JWT_SECRET', 'JWT_SECRET_PREVIOUS', 'JWT_SECRET_NEXT'].map(key => all.setting(key)))

    test('each step is taken once', async () => {
      await times(SLOW_ROUNDS, async () => {
        const first = await all.setting('JWT_SECRET')
        const announced = await atOnce(step(), ['render'], step(), ['render'], step())
        assert.equal(said(announced, /JWT_SECRET_NEXT is there/), 1, announced.join(''))
        assert.equal(said(announced, /^refused: .*JWT_SECRET_NEXT may not be known everywhere/), 2, announced.join(''))
        const second = await all.setting('JWT_SECRET_NEXT')
        assert.deepEqual(await roots(), [first, undefined, second])
        await all.consistent()

        const swapped = await atOnce(step('--now'), ['render'], step('--now'), step('--now'))
        assert.equal(said(swapped, /JWT_SECRET is the new one/), 1, swapped.join(''))
        assert.equal(said(swapped, /^refused: .*the last change is not over/), 2, swapped.join(''))
        assert.deepEqual(await roots(), [second, first, undefined])
        await all.consistent()

        const finished = await atOnce(step('--finish'), step('--finish'), ['render'], step('--finish'))
        assert.equal(said(finished, /JWT_SECRET_PREVIOUS is gone/), 1, finished.join(''))
        assert.equal(said(finished, /^refused: .*there is no JWT_SECRET_PREVIOUS/), 2, finished.join(''))
        assert.deepEqual(await roots(), [second, undefined, undefined])
        await all.consistent()
      })
    })

    test('two emergencies, amid cron jobs: the keys of before do not come back', async () => {
      await times(SLOWEST_ROUNDS, async () => {
        const removed = await all.amidRenders(atOnce(step('--emergency'), step('--emergency')))
        assert.equal(said(removed, /JWT_SECRET is another one/), 2, removed.join(''))
        await all.consistent()
      })
    })
  })
})

describe('the period changes', () => {
  const period = 3
  let all
  before(async () => {
    all = await KeySite.start(`KEY_PERIOD=${period}\nACCESS_TOKEN_EXPIRES=${period}`)
    await all.site.command('render', '--periods', '100')
  })
  after(() => all?.site.stop())

  test('a token is signed by the key of its time, which a copy of the last period holds', async t => {
    await all.connectAll()
    let both = 0 // rounds that met the key of before and that of after
    await times(SLOW_ROUNDS, async () => {
      const left = period * 1000 - Date.now() % (period * 1000)
      await sleep(left > 600 ? left - 600 : left + period * 1000 - 600)
      const copy = await all.jwks()
      const rendered = Promise.all(each(['render', '--periods', '100'], 2).map(args => all.site.command(...args)))
      rendered.catch(() => {})
      const met = new Set()
      const next = copy.keys.filter(key => key.kty === 'OKP').at(-1)
      while (!met.has(next.kid)) {
        for (const [i, kid] of (await all.goodWave(copy, [])).entries()) {
          const { nbf } = copy.keys.find(key => key.kid === kid)
          const { iat } = decodeJwt(all.handedOut[i])
          assert.ok(nbf <= iat && iat < nbf + period, `a token of ${iat} by the key of ${nbf}`)
          met.add(kid)
        }
      }
      both += met.size > 1
      await rendered
    })
    assert.ok(both > 0, 'no round met two keys')
    t.diagnostic(`${both} of ${SLOW_ROUNDS} rounds met both keys`)
  })
})
