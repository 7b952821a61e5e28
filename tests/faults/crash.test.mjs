// SPDX-License-Identifier: MIT
// A worker dies, or stops for a while, at each step of a request, behind Apache
// mod_fcgid; the client then does what clients do, and asks again. Programs of a
// build of its own ("make CRASH=1") know the steps; that no other build does,
// "make lint" looks after.
import assert from 'node:assert/strict'
import { access, chmod, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { authorizationRequest, Browser, newVerifier, redemption, refreshing, register, token, until } from '../lib/flow.mjs'
import { postForm, postJson } from '../lib/http.mjs'
import { startSite } from '../lib/site.mjs'

const steps = ['after read', 'before statement', 'statement sent', 'after statement', 'before reply', 'mid-reply', 'after reply']
// Whether the database did what the request asked for when it ended there.
const committed = step => steps.indexOf(step) >= steps.indexOf('after statement')

let site, folder, client, browser
before(async () => {
  site = await startSite({ plain: true, extra: { BUILD: join(process.env.BUILD, 'crash'), CRASH: '1' } })
  folder = join(site.values.STATE, 'usr/libexec/mcp-oauth/cgi-bin')
  await chmod(folder, 0o777) // the workers take the file away
  client = await register(site)
  browser = new Browser(site)
})
after(() => site?.stop())
beforeEach(() => rm(join(folder, 'crash'), { force: true }))

const there = name => access(join(folder, name)).then(() => true, () => false)

// The next request that comes to the step ends (KILL) or stops (STOP) there.
async function arm (step, signal = 'KILL') {
  await rm(join(folder, 'crashed'), { force: true })
  await writeFile(join(folder, 'crash'), `${step} ${signal}\n`)
}

// Ask while a worker is to die: its answer, or null when it was cut off.
async function ask (step, request) {
  await arm(step)
  const answer = await request().catch(error => {
    assert.match(error.code ?? error.message, /ECONNRESET|aborted|hang up|socket/i)
    return null
  })
  // The answer may be here before the worker is at the step behind it.
  await until(() => there('crashed')).catch(() => assert.fail(`${step} was not reached`))
  return answer
}

// What a worker that died said, if anything: a fault, or what never ended. Apache
// may have sent the head on when it died in the middle, or all of it behind it.
function heard (step, answer, status) {
  if (!answer) return
  if (step === 'after reply') assert.equal(answer.status, status)
  else if (step === 'mid-reply') assert.ok(answer.status >= 500 || answer.text === '', answer.text)
  else assert.ok(answer.status >= 500, `${step}: ${answer.status} ${answer.text}`)
}

// Asking again, as clients do: Apache may hand a request or two to a worker that
// is dead already.
async function persist (request) {
  for (let i = 0; i < 5; i++) {
    const answer = await request()
    if (answer.status < 500) return answer
  }
  return request()
}

async function newCode () {
  const verifier = newVerifier()
  return { verifier, code: await browser.code(authorizationRequest(client, verifier)) }
}

async function newTokens () {
  const { code, verifier } = await newCode()
  return (await token(site, redemption(client, code, verifier))).json
}

async function sessionOf (code) {
  const rows = await site.sql(`SELECT s.id FROM oauth.authorization_code a JOIN public.mcp_server_sessions s ON s.id = a.session_id
    WHERE a.code_digest = sha256(convert_to($1, 'UTF8'))`, [code])
  return rows.length
}

for (const step of steps) {
  describe(`a worker dies: ${step}`, () => {
    test('a code is redeemed at most once', async () => {
      const { code, verifier } = await newCode()
      const redeem = () => token(site, redemption(client, code, verifier))
      const answer = await ask(step, redeem)
      heard(step, answer, 200)
      // Sent but not waited for: either may have been.
      if (step === 'statement sent') await new Promise(resolve => setTimeout(resolve, 100))
      const again = await persist(redeem)
      if (again.status === 200) {
        assert.ok(!committed(step), step)
        assert.equal((await token(site, refreshing(client, again.json))).status, 200)
        return
      }
      assert.deepEqual([again.status, again.json.error], [400, 'invalid_grant'], step)
      assert.ok(committed(step) || step === 'statement sent', step)
      assert.equal(await sessionOf(code), 0, 'the session of a code that came twice')
      if (step === 'after reply') assert.equal((await token(site, refreshing(client, answer.json))).status, 400)
    })

    test('a refresh asked for again has its one successor', async () => {
      const tokens = await newTokens()
      const answer = await ask(step, () => token(site, refreshing(client, tokens)))
      heard(step, answer, 200)
      const again = await persist(() => token(site, refreshing(client, tokens)))
      assert.equal(again.status, 200, again.text)
      if (step === 'after reply') assert.equal(again.json.refresh_token, answer.json.refresh_token)
      const [row] = await site.sql(`SELECT count(*)::int AS n FROM public.mcp_server_sessions
        WHERE client_identifier = $1 AND refresh_token_hash = encode(sha256(convert_to($2, 'UTF8')), 'hex')`, [client.client_id, again.json.refresh_token])
      assert.equal(row.n, 1)
      const next = await token(site, refreshing(client, again.json))
      assert.equal(next.status, 200, next.text)
    })

    test('a consent sent again has its one code', async () => {
      const verifier = newVerifier()
      const at = await browser.toConsent(authorizationRequest(client, verifier))
      const decide = () => browser.post('/api/oauth/consent', { ...at.fields, decision: 'authorize' })
      const answer = await ask(step, decide)
      heard(step, answer, 303)
      const again = await persist(decide)
      assert.equal(again.status, 303, again.text)
      const code = new URL(again.headers.location).searchParams.get('code')
      if (step === 'after reply') assert.equal(new URL(answer.headers.location).searchParams.get('code'), code)
      assert.equal((await token(site, redemption(client, code, verifier))).status, 200)
      assert.equal((await token(site, redemption(client, code, verifier))).status, 400)
    })

    test('a registration that was acknowledged is there', async () => {
      const metadata = { client_name: 'App', redirect_uris: [`https://${newVerifier().toLowerCase().replace(/[^a-z0-9]/g, '')}.example/cb`], token_endpoint_auth_method: 'none' }
      const ours = () => site.sql('SELECT client_id FROM oauth.client WHERE redirect_uris = $1', [metadata.redirect_uris])
      const answer = await ask(step, () => postJson(site.url('/api/oauth/register'), metadata))
      heard(step, answer, 201)
      if (step === 'after reply') assert.deepEqual((await ours()).map(row => row.client_id), [answer.json.client_id])
      const again = await persist(() => postJson(site.url('/api/oauth/register'), metadata))
      assert.equal(again.status, 201, again.text)
      assert.ok((await ours()).some(row => row.client_id === again.json.client_id))
    })

    test('a revocation that was acknowledged holds', async () => {
      const tokens = await newTokens()
      const revoke = () => postForm(site.url('/api/oauth/revoke'), { client_id: client.client_id, token: tokens.refresh_token })
      const answer = await ask(step, revoke)
      // Its whole answer is a head: Apache may send it on in the middle too.
      if (answer && answer.status === 200) assert.ok(committed(step), step)
      else heard(step, answer, 200)
      if (committed(step)) assert.equal((await token(site, refreshing(client, tokens))).status, 400)
      assert.equal((await persist(revoke)).status, 200)
      assert.equal((await token(site, refreshing(client, tokens))).status, 400)
    })
  })
}

// The stopped process of this site, or undefined.
async function stoppedWorker () {
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    const [program, stat] = await Promise.all([readlink(`/proc/${pid}/exe`), readFile(`/proc/${pid}/stat`, 'utf8')]).catch(() => [])
    if (program?.startsWith(folder) && /\) T /.test(stat)) return Number(pid)
  }
}

describe('a worker stops for a while', () => {
  // Resolves to the stopped process when the request has come to the step.
  async function stopped () {
    await until(() => there('crashed'))
    let pid
    await until(async () => (pid = await stoppedWorker()))
    return pid
  }

  for (const step of ['before statement', 'after statement']) {
    test(`a code, ${step}: one answer at most`, async () => {
      const { code, verifier } = await newCode()
      const redeem = () => token(site, redemption(client, code, verifier))
      await arm(step, 'STOP')
      const slow = redeem().catch(() => null)
      const pid = await stopped()
      const quick = await redeem()
      process.kill(pid, 'SIGCONT')
      const late = await slow
      assert.equal([quick, late].filter(answer => answer?.status === 200).length, 1, `${quick.status} ${late?.status}`)
      assert.equal(await sessionOf(code), 0, 'a code came twice')
    })

    test(`a refresh, ${step}: one successor`, async () => {
      const tokens = await newTokens()
      const refresh = () => token(site, refreshing(client, tokens))
      await arm(step, 'STOP')
      const slow = refresh().catch(() => null)
      const pid = await stopped()
      const quick = await refresh()
      process.kill(pid, 'SIGCONT')
      const late = await slow
      assert.equal(quick.status, 200)
      assert.equal(late.status, 200)
      assert.equal(late.json.refresh_token, quick.json.refresh_token)
    })
  }
})
