// SPDX-License-Identifier: MIT
// ours.mjs - a site of ours, and what is sent to it for each workload.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { addClient, changeSettings, startSite } from '../lib/site.mjs'
import { Browser, authorizationRequest, callback, challengeOf, connect, newVerifier, redemption, refreshing, register, token, until } from '../lib/flow.mjs'
import { postForm, send } from '../lib/http.mjs'
import { actOut, sendRequests } from './load.mjs'

const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
const json = { 'Content-Type': 'application/json' }

// Limits of attempts are not what is measured.
const conf = `REGISTRATION_LIMIT=100000000
LOGIN_LIMIT_ACCOUNT=100000000
LOGIN_LIMIT_BROWSER=100000000
LOGIN_LIMIT_REMOTE=100000000`

const postgresql = `shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.track = top
shared_buffers = 128MB
max_connections = 400`

/** Start a site behind a front; settings are further lines of both its files. */
export function startOurs (frontOptions, settings = '') {
  return startSite({ plain: true, conf: conf + settings, guardConf: settings, ...frontOptions, extra: { SITE_POSTGRESQL_EXTRA: postgresql, SITE_STATIC_METADATA: '1', ...frontOptions.extra } })
}

const verifier = newVerifier()

/** Codes that the demo user has allowed a client, as consent leaves them. */
export async function newCodes (site, client, n) {
  const codes = Array.from({ length: n }, () => randomBytes(32).toString('base64url'))
  await site.sql(`INSERT INTO oauth.authorization_code (code_digest, client_id, user_id, redirect_uri, scope, resource, code_challenge, auth_at, expires_at)
    SELECT digest, $2, u.id, $3, 'email profile', $4, $5, now(), now() + interval '1 day'
      FROM unnest($1::bytea[]) digest, public.users u WHERE u.email = $6`,
  [codes.map(code => createHash('sha256').update(code).digest()), client.client_id, callback, site.mcp, challengeOf(verifier), site.email])
  return codes
}

// Do act(value) for each, some at once.
async function each (values, act, atOnce = 8) {
  const results = []
  const rest = [...values]
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (rest.length) results.push(await act(rest.pop()))
  }))
  return results
}

/** So many new sessions: what their codes were redeemed for. */
export async function newSessions (site, client, n) {
  return each(await newCodes(site, client, n), async code => {
    const answer = await token(site, redemption(client, code, verifier))
    assert.equal(answer.status, 200, answer.text)
    return answer.json
  })
}

const machineGrant = machine => ({ grant_type: 'client_credentials', client_id: machine.client_id, client_secret: machine.client_secret })

async function newMachineToken (site, machine) {
  const answer = await token(site, machineGrant(machine))
  assert.equal(answer.status, 200, answer.text)
  return answer.json
}

/** Access tokens that have expired; each process looks at its settings once a second. */
async function expiredTokens (site, machine, n) {
  const tokens = []
  await changeSettings(site.values.MCP_OAUTH_CONFIG, ['ACCESS_TOKEN_EXPIRES=1'])
  while (tokens.length < n) {
    const got = await newMachineToken(site, machine)
    if (got.expires_in === 1) tokens.push(got.access_token)
  }
  await changeSettings(site.values.MCP_OAUTH_CONFIG, ['ACCESS_TOKEN_EXPIRES=3600'])
  await until(async () => (await newMachineToken(site, machine)).expires_in === 3600)
  const last = Math.max(...tokens.map(t => JSON.parse(Buffer.from(t.split('.')[1], 'base64url')).exp))
  await until(() => Date.now() / 1000 > last)
  return tokens
}

// As a file, and by a program: both are measured, so one of the files goes again.
async function renderOneDocument (site) {
  const folder = join(site.values.STATE, 'documents')
  await site.command('render', '--documents', folder)
  await rm(join(folder, 'oauth-authorization-server.json'))
}

// Tokens with another's signature: only the arithmetic tells.
const garbage = good => good.map((token, i) => token.replace(/[^.]+$/, good.at(i - 1).split('.')[2]))

/** Clients and tokens that the workloads need; tokens is how many the guard meets in turn. */
async function prepare (site, tokens) {
  const client = await register(site)
  const machine = await addClient(site, '--name', 'Machine', '--client-credentials')
  const reader = await addClient(site, '--name', 'MCP server', '--introspect', '/mcp')
  const valid = await each(Array(tokens), async () => (await newMachineToken(site, machine)).access_token)
  return { client, machine, reader, valid, expired: await expiredTokens(site, machine, 64), garbage: garbage(valid.slice(0, 64)) }
}

// What a person does, from registration to a guarded call and a refresh.
async function wholeFlow (site) {
  const { client, tokens } = await connect(site)
  const call = await send(site.mcp, { headers: { Authorization: `Bearer ${tokens.access_token}` } })
  assert.equal(call.status, 200, call.text)
  const refreshed = await token(site, refreshing(client, tokens))
  assert.equal(refreshed.status, 200, refreshed.text)
}

async function login (site, client) {
  const browser = new Browser(site)
  const at = await browser.toConsent(authorizationRequest(client, newVerifier()))
  assert.equal(at.page.status, 200)
}

/** The loads of a site: each takes {connections, seconds} and resolves to what does it, with all made ready. */
export async function oursOf (site, { tokens = 4000, plainCgi = true } = {}) {
  const { client, machine, reader, ...of } = await prepare(site, tokens)
  await renderOneDocument(site)
  const requests = {
    metadata: { path: '/.well-known/oauth-authorization-server' },
    registration: {
      method: 'POST',
      path: '/api/oauth/register',
      headers: json,
      body: JSON.stringify({ client_name: 'Bench', redirect_uris: [callback], token_endpoint_auth_method: 'none' })
    },
    introspection: {
      method: 'POST',
      path: '/api/oauth/introspect',
      headers: form,
      body: new URLSearchParams({ token: of.valid[0], client_id: reader.client_id, client_secret: reader.client_secret }).toString()
    },
    client_credentials: { method: 'POST', path: '/api/oauth/token', headers: form, body: new URLSearchParams(machineGrant(machine)).toString() },
    guard: { path: '/mcp', kind: 'cycle' }
  }
  const guarded = list => ({ ...requests.guard, values: list.map(t => `Bearer ${t}`) })
  const body = fields => new URLSearchParams(fields).toString()
  const redeeming = async (n) => ({
    method: 'POST',
    path: '/api/oauth/token',
    headers: form,
    kind: 'once',
    body: body(redemption(client, '', verifier)).replace('&code=', '') + '&code=',
    values: await newCodes(site, client, n)
  })
  const refresh = async n => ({
    method: 'POST',
    path: '/api/oauth/token',
    headers: form,
    kind: 'chain',
    body: `grant_type=refresh_token&client_id=${client.client_id}&refresh_token=`,
    values: (await newSessions(site, client, n)).map(t => t.refresh_token)
  })
  // What it takes is made ready before anything is measured.
  const ready = (make, status) => async options => {
    const requests = await make(options)
    return () => sendRequests({ base: site.base, requests, status }, options)
  }
  const sent = request => ready(() => [request])
  const refused = request => ready(() => [request], 401)
  const acted = act => async options => () => actOut(act, options)

  // What is measured is what works.
  const introspected = await postForm(site.url('/api/oauth/introspect'), requests.introspection.body)
  assert.equal(introspected.json.active, true, introspected.text)

  return {
    client,
    accessToken: of.valid[0],
    parts: { client, machine, reader, redeeming, ...of },
    loads: {
      metadata: sent(requests.metadata),
      'metadata as a file': sent({ path: '/.well-known/openid-configuration' }),
      registration: sent(requests.registration),
      'code redemption': ready(async ({ seconds }) => [await redeeming(6000 * seconds)]),
      refresh: ready(async ({ connections }) => [await refresh(connections + 1)]),
      introspection: sent(requests.introspection),
      client_credentials: sent(requests.client_credentials),
      'guard, verified': sent(guarded(of.valid)),
      'guard, remembered': sent(guarded(of.valid.slice(0, 1))),
      'guard, expired': refused(guarded(of.expired)),
      'guard, garbage': refused(guarded(of.garbage)),
      login: acted(() => login(site, client)),
      'whole flow': acted(() => wholeFlow(site)),
      mixed: ready(async ({ connections }) => [
        { ...guarded(of.valid.slice(0, 200)), weight: 80 },
        { ...await refresh(connections * 2), weight: 10 },
        { ...requests.introspection, weight: 5 },
        { ...requests.metadata, weight: 5 }
      ]),
      ...plainCgi ? { 'plain CGI': sent({ path: '/api/oauth/health' }) } : {}
    }
  }
}
