// SPDX-License-Identifier: MIT
// Keys that change: by period, with their root, and in an emergency; and what
// guards and other verifiers make of it.
import assert from 'node:assert/strict'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { authorizationRequest, Browser, connect, newVerifier as newCodeVerifier, redemption, refreshing, register, rpc, token, until } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { kidOf, newVerifier, periodsPass, Traffic } from '../lib/key_change.mjs'
import { addUser, browserOf, csrfOf, openPage, secretOf, totp } from '../lib/people.mjs'
import { changeSettings, front, startSite } from '../lib/site.mjs'

const ownKeys = 'JWKS_FILE=\nJWKS_URL=http://127.0.0.1:@PORT@/.well-known/jwks.json'
const list = async site => (await site.command('key', 'list', '--json')).stdout.trim().split('\n').map(line => JSON.parse(line))
const setting = async (site, key) => new RegExp(`^${key}=(.*)$`, 'm').exec(await readFile(site.values.MCP_OAUTH_CONFIG, 'utf8'))?.[1]

describe('periods', () => {
  let site
  before(async () => {
    site = await startSite({ conf: 'KEY_PERIOD=6\nACCESS_TOKEN_EXPIRES=6' })
    await site.command('render', '--periods', '100')
  })
  after(() => site?.stop())

  test('pass, and neither guard nor a verifier with a copy of the keys refuses a token', async t => {
    const { traffic, verifier } = await periodsPass(site, { cooldownDuration: 4000 }, 4)
    t.diagnostic(`${traffic.minted} tokens by ${traffic.kids.size} keys; the verifier got the keys ${verifier.fetches} times`)
    assert.ok(verifier.fetches > 1 && verifier.fetches <= traffic.kids.size)
  })

  test('a copy of the keys is to be kept no longer than a period', async () => {
    const keep = async at => (await send(at.url('/.well-known/jwks.json'))).headers['cache-control']
    assert.equal(await keep(site), 'public, max-age=6')
    const other = await startSite({ plain: true })
    try {
      assert.equal(await keep(other), 'public, max-age=300')
    } finally {
      await other.stop()
    }
  })

  test('key list names the key that signs, and key export the keys of periods to come', async () => {
    let { tokens } = await connect(site)
    const kid = kidOf(tokens.access_token)
    const { keys } = JSON.parse((await site.command('key', 'export', '--periods', '100')).stdout)
    const asked = Date.now()
    const rows = await list(site)
    assert.ok(rows.some(row => row.kid === kid))
    const signing = rows.filter(row => row.use === 'signs')
    assert.equal(signing.length, 1)
    assert.equal(signing[0].setting, 'JWT_SECRET')
    assert.ok(Date.parse(signing[0].from) <= Date.now() && asked < Date.parse(signing[0].until))
    const { stdout } = await site.command('key', 'list')
    assert.equal(stdout.split('\n').filter(Boolean).length, rows.length)
    assert.match(stdout, /^\S{43}\tEdDSA\tJWT_SECRET\tsigns next\t20\S+Z\t20\S+Z$/m)
    assert.match(stdout, /^\S{43}\tRS256\tJWT_PRIVATE_KEY_FILE\tsigns ID tokens\t-\t-$/m)
    for (const key of keys) for (const member of ['d', 'p', 'q', 'k']) assert.ok(!(member in key))
    // A token of a later period verifies by what was exported now.
    const local = createLocalJWKSet({ keys })
    while (kidOf(tokens.access_token) === kid) ({ tokens } = await connect(site))
    await jwtVerify(tokens.access_token, local, { issuer: site.base })
  })
})

// A guard with JWKS_URL asks every other second: is what it keeps new enough?
async function guardKnows (site, kids) {
  const folder = join(site.values.STATE, 'run')
  for (const name of await readdir(folder)) {
    if (!/^jwks-[0-9a-f]+$/.test(name)) continue
    const copy = await readFile(join(folder, name), 'utf8')
    if (kids.every(kid => copy.includes(kid))) return true
  }
  return false
}

const fetchesNone = !front.programs && 'a guard that ends with its request fetches no keys'

for (const [name, guardConf, skip] of [['JWKS_FILE', '', false], ['JWKS_URL', ownKeys, fetchesNone]]) {
  describe(`a change of the root, with a guard that has its keys from ${name}`, { skip }, () => {
    let site
    before(async () => { site = await startSite({ guardConf }) })
    after(() => site?.stop())
    const rotate = (...args) => site.command('key', 'rotate', ...args, '--database', site.values.DATABASE_URL)
    const ping = async accessToken => (await rpc(site.mcp, accessToken, 'ping', {})).status

    test('nothing is refused, sessions and what is under way go on', async t => {
      const before = { secret: await setting(site, 'JWT_SECRET'), stat: await stat(site.values.MCP_OAUTH_CONFIG) }
      const patient = newVerifier(site, { cooldownDuration: 0 }) // asks for a key that it does not know
      const early = newVerifier(site, { cooldownDuration: 600000 }) // in its cooldown since before it was announced
      const late = newVerifier(site) // since after
      const traffic = new Traffic(site, [patient])
      try {
        const old = await connect(site)
        await early.verify(old.tokens.access_token)
        const { stdout } = await rotate()
        assert.match(stdout, /^next: "mcp-oauth key rotate" again, at 20\S+Z or later$/m)
        const next = await setting(site, 'JWT_SECRET_NEXT')
        assert.ok(next.length >= 43 && !stdout.includes(next))
        assert.equal(await setting(site, 'JWT_SECRET'), before.secret)
        const kids = (await list(site)).filter(row => row.setting === 'JWT_SECRET_NEXT').map(row => row.kid)
        assert.equal(kids.length, 3)
        await until(async () => {
          const { keys } = (await send(site.url('/.well-known/jwks.json'))).json
          return kids.every(kid => keys.some(key => key.kid === kid))
        })
        if (guardConf) await until(() => guardKnows(site, kids))
        await late.verify(old.tokens.access_token)
        await assert.rejects(rotate(), /JWT_SECRET_NEXT may not be known everywhere before 20\S+Z/)

        // A page that is open, a code on its way, a refresh whose answer was lost.
        const client = await register(site)
        const verifier = newCodeVerifier()
        const browser = new Browser(site)
        const page = await browser.follow(await browser.authorize(authorizationRequest(client, verifier)))
        const underWay = await connect(site)
        const codeVerifier = newCodeVerifier()
        const code = await underWay.browser.code(authorizationRequest(underWay.client, codeVerifier))
        const lost = await connect(site)
        const successor = (await token(site, refreshing(lost.client, lost.tokens))).json

        await rotate('--now')
        assert.equal(await setting(site, 'JWT_SECRET'), next)
        assert.equal(await setting(site, 'JWT_SECRET_PREVIOUS'), before.secret)
        assert.equal(await setting(site, 'JWT_SECRET_NEXT'), undefined)
        await traffic.until(() => kids.some(kid => traffic.kids.has(kid)))

        const consent = await browser.follow(await browser.signIn(page))
        assert.equal(consent.path, '/api/oauth/consent')
        const fromPage = (await browser.decide(consent)).get('code')
        assert.equal((await token(site, redemption(client, fromPage, verifier))).status, 200)
        assert.equal((await token(site, redemption(underWay.client, code, codeVerifier))).status, 200)
        await underWay.browser.toConsent(authorizationRequest(underWay.client, newCodeVerifier())) // still signed in
        const repeated = await token(site, refreshing(lost.client, lost.tokens))
        assert.equal(repeated.json.refresh_token, successor.refresh_token)

        let fresh
        do fresh = await connect(site)
        while (!kids.includes(kidOf(fresh.tokens.access_token)))
        await late.verify(fresh.tokens.access_token)
        await assert.rejects(early.verify(fresh.tokens.access_token), { code: 'ERR_JWKS_NO_MATCHING_KEY' })
        await late.verify(old.tokens.access_token)
        assert.equal(await ping(old.tokens.access_token), 200)
        await traffic.until(() => traffic.minted > 50)
      } finally {
        await traffic.stop()
      }
      t.diagnostic(`${traffic.minted} tokens, none refused`)
      const now = await stat(site.values.MCP_OAUTH_CONFIG)
      assert.deepEqual([now.mode, now.uid, now.gid], [before.stat.mode, before.stat.uid, before.stat.gid])
    })

    test('the end of it refuses what was not used since', async () => {
      const used = await connect(site)
      // Made by the root before the change: as long as it is the previous one, taken.
      const [current, previous] = [await setting(site, 'JWT_SECRET'), await setting(site, 'JWT_SECRET_PREVIOUS')]
      await changeSettings(site.values.MCP_OAUTH_CONFIG, [`JWT_SECRET=${previous}`, 'JWT_SECRET_PREVIOUS=', `JWT_SECRET_NEXT=${current}`])
      const published = (await list(site)).filter(row => row.setting === 'JWT_SECRET').map(row => row.kid)
      let unused
      do unused = await connect(site)
      while (!published.includes(kidOf(unused.tokens.access_token)))
      await rotate('--now')
      await assert.rejects(rotate(), /the last change is not over/)
      await until(async () => !published.includes(kidOf((await connect(site)).tokens.access_token)))
      const { stdout } = await rotate('--finish')
      assert.match(stdout, /JWT_SECRET_PREVIOUS is gone/)
      assert.equal(await setting(site, 'JWT_SECRET_PREVIOUS'), undefined)
      await until(async () => await ping(unused.tokens.access_token) === 401)
      await until(async () => (await token(site, refreshing(unused.client, unused.tokens))).json.error === 'invalid_grant')
      const answer = await token(site, refreshing(used.client, used.tokens))
      assert.equal(answer.status, 200, answer.text)
      assert.equal(await ping(answer.json.access_token), 200)
      await assert.rejects(rotate('--finish'), /there is no JWT_SECRET_PREVIOUS/)
    })

    test('an emergency: our guards refuse within 5 s, a verifier with a copy when that ends', async t => {
      const { client, tokens } = await connect(site)
      const id = (await list(site)).filter(row => row.setting === 'JWT_PRIVATE_KEY_FILE')
      const copy = newVerifier(site)
      await copy.verify(tokens.access_token)
      assert.equal(await ping(tokens.access_token), 200)
      const start = performance.now()
      const { stdout } = await rotate('--emergency')
      await until(async () => await ping(tokens.access_token) === 401)
      t.diagnostic(`refused after ${Math.round(performance.now() - start)} ms`)
      assert.match(stdout, /our guards refuse such tokens within 5 seconds/)
      assert.match(stdout, /after 300 seconds or when they like, and until the tokens expire, at most 3600 seconds/)
      await until(async () => (await token(site, refreshing(client, tokens))).json.error === 'invalid_grant')
      await copy.verify(tokens.access_token) // as the command says
      await until(async () => {
        try {
          await newVerifier(site).verify(tokens.access_token)
          return false
        } catch (error) {
          assert.equal(error.code, 'ERR_JWKS_NO_MATCHING_KEY')
          return true
        }
      })
      const { keys } = (await send(site.url('/.well-known/jwks.json'))).json
      assert.ok(!keys.some(key => key.kid === id[0].kid), 'the key of ID tokens is another one too')
      assert.ok(keys.some(key => key.alg === 'RS256'))
      // The next people get in as ever.
      let again
      do again = await connect(site)
      while (!keys.some(key => key.kid === kidOf(again.tokens.access_token)))
      await until(async () => await ping(again.tokens.access_token) === 200)
    })
  })
}

describe('second factors', () => {
  let site, people
  before(async () => {
    site = await startSite({ plain: true })
    people = [await addFactor('one@example.com'), await addFactor('two@example.com')]
  })
  after(() => site?.stop())
  const page = '/api/oauth/second_factor'
  const owner = () => ['--database', site.values.DATABASE_URL]
  const rotate = (...args) => site.command('key', 'rotate', ...args)
  const unspend = () => site.sql('UPDATE oauth.second_factor SET last_step = 0')

  async function addFactor (email) {
    const browser = await addUser(site, email)
    const csrf = csrfOf(await openPage(browser, page))
    const { text } = await browser.post(page, { csrf, action: 'begin', password: site.password })
    const secret = secretOf(text)
    const [, offer] = /name="offer" value="([0-9a-f]+)"/.exec(text)
    assert.equal((await browser.post(page, { csrf: csrfOf(text), offer, action: 'confirm', code: totp(secret) })).status, 200)
    return { email, secret }
  }

  // With password and code, by which the secret is opened.
  async function comesIn ({ email, secret }) {
    await unspend()
    const browser = browserOf(site, email)
    const login = await browser.follow(await browser.get('/api/oauth/apps'))
    const step = await browser.follow(await browser.signIn(login)).catch(() => undefined)
    if (!step) return false // one program has read the changed settings, another not yet
    return (await browser.post('/api/oauth/second_step', { ...step.fields, code: totp(secret) })).status === 303
  }
  const allComeIn = () => until(async () => await comesIn(people[0]) && await comesIn(people[1]))

  test('are sealed anew before the old root goes, by the owner of the database alone', async () => {
    await rotate()
    const { stderr } = await rotate('--now')
    assert.match(stderr, /permission denied/)
    assert.match(stderr, /second factors wait for --finish/)
    await allComeIn()
    await assert.rejects(rotate('--finish'), /permission denied/)
    assert.ok(await setting(site, 'JWT_SECRET_PREVIOUS'))
    await rotate('--finish', ...owner())
    await allComeIn()
    await rotate()
    assert.match((await rotate('--now', ...owner())).stdout, /^second factors sealed anew: 2$/m)
    assert.doesNotMatch((await rotate('--finish', ...owner())).stdout, /sealed/)
    await allComeIn()
  })

  test('outlive an emergency, and those that are lost are counted', async () => {
    assert.match((await rotate('--emergency', ...owner())).stdout, /^second factors sealed anew: 2$/m)
    await allComeIn()
    await site.sql(`UPDATE oauth.second_factor f SET sealed_secret = decode(repeat('00', 60), 'hex')
      FROM public.users u WHERE u.id = f.user_id AND u.email = $1`, [people[1].email])
    const { stdout } = await rotate('--emergency', ...owner())
    assert.match(stdout, /^second factors sealed anew: 1$/m)
    assert.match(stdout, /^second factors under none of these secrets: 1/m)
    await until(() => comesIn(people[0]))
    assert.match((await rotate('--emergency')).stderr, /second factors are lost/)
  })
})

test('words that do not go together, and what cannot be done', async () => {
  const site = await startSite({ plain: true, conf: 'JWT_ALG=HS256\nOAUTH_ROOT_SECRET=' + 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V', guardConf: 'JWKS_FILE=\nJWT_ALG=HS256\nJWT_SECRET=b1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V' })
  try {
    await assert.rejects(site.command('key', 'rotate', '--now', '--finish'), error => error.code === 2 && /exclude each other/.test(error.stderr))
    await assert.rejects(site.command('key', 'rotate'), /whoever verifies shares JWT_SECRET/)
  } finally {
    await site.stop()
  }
})
