// SPDX-License-Identifier: MIT
// traffic.mjs - clients that go on doing all that clients do while something
// breaks, and judge each answer: the right one, or a fault that is told as one.
import { authorizationRequest, Browser, newVerifier, redemption, refreshing, register, rpc, token } from './flow.mjs'
import { postForm, send } from './http.mjs'

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

/**
 * Start so many clients that keep a session (holders), and so many that sign in
 * anew again and again (visitors). Options: killed: programs are being killed,
 * so an answer may also be the web server's own 5xx or none at all; guard: false
 * where no call is to be made.
 *
 * Returns {counts, wrong, faults, longest_ms, rounds, calm, stop}: counts is what
 * was answered, 'token 503' ...; wrong lists what no client may hear; calm() waits
 * until each went its whole round without a fault, stop() ends them all.
 */
export async function startTraffic (site, { holders = 3, visitors = 1, killed = false, guard = true } = {}) {
  const traffic = { counts: {}, wrong: [], faults: 0, longest_ms: 0, rounds: 0 }
  const count = what => { traffic.counts[what] = (traffic.counts[what] ?? 0) + 1 }
  const wrong = (what, answer) => traffic.wrong.push(`${what}: ${answer.status} ${answer.text.slice(0, 200)}`)
  let stopped = false

  // A fault, and told as one?
  function isFault (answer) {
    if (killed && (answer.status >= 500 || answer.status === 0)) return true
    if (answer.status !== 503 || !(Number(answer.headers['retry-after']) > 0)) return false
    return !/json/.test(answer.headers['content-type']) || JSON.parse(answer.text).error === 'temporarily_unavailable'
  }

  // One request: what came, or null for a fault. good are the statuses that may be.
  async function ask (what, request, ...good) {
    const start = performance.now()
    const answer = await request().catch(error => ({ status: 0, headers: {}, text: error.code ?? error.message }))
    traffic.longest_ms = Math.max(traffic.longest_ms, performance.now() - start)
    count(`${what} ${answer.status}`)
    if (good.includes(answer.status)) return answer
    traffic.faults++
    if (!isFault(answer)) wrong(what, answer)
    await pause(50)
    return null
  }

  // The same until there is an answer; {answer, tries}.
  async function insist (what, request, ...good) {
    for (let tries = 1; !stopped || tries < 3; tries++) {
      const answer = await ask(what, request, ...good)
      if (answer) return { answer, tries }
    }
    return { answer: null }
  }

  const refresh = session => () => token(site, refreshing(session.client, session.tokens))
  const call = (session, name) => ask('guard', () => rpc(site.mcp, session.tokens.access_token, 'tools/call', { name }), 200)

  // A session that must never be lost.
  async function hold (session) {
    const { answer } = await insist('token', refresh(session), 200)
    if (answer) session.tokens = answer.json
    if (guard) await call(session, 'whoami')
  }

  // From a page to a code, or undefined when a fault came in between.
  async function code (browser, client, verifier) {
    const query = new URLSearchParams(authorizationRequest(client, verifier))
    const first = await ask('authorize', () => browser.get(`/api/oauth/authorize?${query}`), 302, 303)
    if (!first) return
    let at = await browser.follow(first).catch(() => null)
    if (at?.path === '/api/oauth/login') {
      const signedIn = await ask('login', () => browser.signIn(at), 303)
      at = signedIn && await browser.follow(signedIn).catch(() => null)
    }
    if (!at?.fields?.csrf) return
    const { answer, tries } = await insist('consent', () => browser.post('/api/oauth/consent', { ...at.fields, decision: 'authorize' }), 303)
    return answer && { code: new URL(answer.headers.location).searchParams.get('code'), tries }
  }

  // Sign in, redeem, refresh, revoke; a code whose answer was lost may be spent.
  async function visit (browser, client) {
    const verifier = newVerifier()
    const got = await code(browser, client, verifier)
    if (!got) return
    const { answer, tries } = await insist('redeem', () => token(site, redemption(client, got.code, verifier)), 200, 400)
    if (!answer) return
    if (answer.status === 400) {
      if (tries === 1) wrong('a code that nobody had used', answer)
      return
    }
    const session = { client, tokens: answer.json }
    const next = (await insist('token', refresh(session), 200)).answer
    if (!next) return
    session.tokens = next.json
    if ((await insist('revoke', () => postForm(site.url('/api/oauth/revoke'),
      { client_id: client.client_id, token: session.tokens.refresh_token }), 200)).answer) {
      const dead = await insist('revoked', refresh(session), 200, 400)
      if (dead.answer?.status === 200) wrong('a token that was revoked', dead.answer)
    }
    await ask('metadata', () => send(site.url('/.well-known/oauth-authorization-server')), 200)
  }

  const runners = []
  async function run (round) {
    const me = { calm: 0 }
    runners.push(me)
    while (!stopped) {
      const before = traffic.faults
      await round()
      me.calm = traffic.faults === before ? me.calm + 1 : 0
      traffic.rounds++
    }
  }

  const client = await register(site)
  const running = []
  const tokensOf = async browser => {
    const verifier = newVerifier()
    const its = await browser.code(authorizationRequest(client, verifier))
    return (await token(site, redemption(client, its, verifier))).json
  }
  const browser = new Browser(site)
  for (let i = 0; i < holders; i++) {
    const session = { client, tokens: await tokensOf(browser) }
    if (guard) await call(session, 'whoami')
    running.push(run(() => hold(session)))
  }
  for (let i = 0; i < visitors; i++) {
    const own = new Browser(site)
    await tokensOf(own)
    running.push(run(() => visit(own, client)))
  }
  return Object.assign(traffic, {
    async calm (seconds = 40) {
      for (const me of runners) me.calm = 0
      const end = Date.now() + seconds * 1000
      while (!runners.every(me => me.calm >= 2)) {
        if (Date.now() > end || traffic.wrong.length) throw new Error(`no calm: ${JSON.stringify(traffic)}`)
        await pause(50)
      }
    },
    stop () {
      stopped = true
      return Promise.all(running)
    }
  })
}
