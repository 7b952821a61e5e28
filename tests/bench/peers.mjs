// SPDX-License-Identifier: MIT
// peers.mjs - servers of others, fetched at their newest version into the build
// folder: never part of this repository, and only measured with PEERS=1.
import { execFile, spawn } from 'node:child_process'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { copyFile, mkdir, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SignJWT } from 'jose'
import { createDatabase, postgresql } from '../lib/database.mjs'
import { freePort } from '../lib/site.mjs'
import { until } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { startGlewlwyd } from './glewlwyd.mjs'
import { sendRequests } from './load.mjs'

const run = promisify(execFile)
const sources = new URL('peers/', import.meta.url).pathname
const packages = ['oidc-provider', '@modelcontextprotocol/sdk', 'express', 'better-auth', '@better-auth/oauth-provider', 'jose', 'pg']

/** Install the peers that npm has; {folder, versions}. */
export async function fetchPeers (build) {
  const folder = join(build, 'bench/peers')
  await mkdir(folder, { recursive: true })
  // The newest of one may not yet know the newest of another, which it names as its peer.
  await run('npm', ['install', '--legacy-peer-deps', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', folder, ...packages.map(name => name + '@latest')], { maxBuffer: 1 << 24 })
  for (const name of await readdir(sources)) await copyFile(join(sources, name), join(folder, name))
  const { stdout } = await run('npm', ['ls', '--json', '--depth=0', '--prefix', folder])
  return { folder, versions: Object.fromEntries(Object.entries(JSON.parse(stdout).dependencies).map(([name, { version }]) => [name, version])) }
}

const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
const json = { 'Content-Type': 'application/json' }
const secret = 'client_id=bench&client_secret=a+secret+of+the+benchmark'

// As many refresh tokens as asked for, by the address that our programs have for it.
const newTokensOf = base => async n => (await send(`${base}/bench/tokens?n=${n}`, { method: 'POST' })).json

// What is sent to a peer, as in ours.mjs.
function loadsOf (base, { metadata, registration, registered = {}, token, introspection, credentials, credentialsFor = '', newTokens = newTokensOf(base) }) {
  const ready = make => async options => {
    const requests = [await make(options)]
    return () => sendRequests({ base, requests }, options)
  }
  const post = (path, body) => ({ method: 'POST', path, headers: form, body })
  const all = {
    metadata: ready(() => ({ path: metadata })),
    registration: ready(() => ({
      method: 'POST',
      path: registration,
      headers: json,
      body: JSON.stringify({ client_name: 'Bench', redirect_uris: ['http://127.0.0.1:7777/callback'], token_endpoint_auth_method: 'none', ...registered })
    })),
    refresh: ready(async ({ connections }) => ({
      ...post(token, `grant_type=refresh_token&${credentials}&refresh_token=`), kind: 'chain', values: await newTokens(connections + 1)
    }))
  }
  if (!introspection) return all
  return {
    ...all,
    client_credentials: ready(() => post(token, `grant_type=client_credentials&${credentials}${credentialsFor}`)),
    introspection: ready(async () => post(introspection, `${credentials}&token=${(await newTokens(1))[0]}`))
  }
}

const schema = `CREATE TABLE artifact (model text NOT NULL, id text NOT NULL, payload jsonb NOT NULL, grant_id text,
  consumed_at timestamptz, expires_at timestamptz, PRIMARY KEY (model, id));
CREATE INDEX ON artifact (grant_id);`

// Start one of the programs; resolves when it answers.
async function start (folder, program, args, metadata, socketFolder) {
  const port = await freePort()
  // In the environment: whose command line names the folder is taken for the database's.
  const env = { ...process.env, ...socketFolder && { BENCH_PGHOST: socketFolder } }
  const child = spawn(process.execPath, [join(folder, program), String(port), ...args], { stdio: 'ignore', env })
  const base = `http://127.0.0.1:${port}`
  await until(async () => (await send(base + metadata).catch(() => ({}))).status === 200, 30)
  return { base, stop: () => new Promise(resolve => child.once('exit', resolve) && child.kill()) }
}

const oidc = { metadata: '/.well-known/openid-configuration', registration: '/reg', token: '/token', introspection: '/token/introspection', credentials: secret }
// It registers no loopback addresses for a client that does not call itself native.
const https = { redirect_uris: ['https://client.example/callback'] }
const betterAuth = {
  metadata: '/.well-known/oauth-authorization-server',
  registration: '/oauth2/register',
  registered: https,
  token: '/oauth2/token',
  introspection: '/oauth2/introspect',
  credentials: secret
}
const sdk = { metadata: '/.well-known/oauth-authorization-server', registration: '/register', token: '/token', credentials: 'client_id=bench' }

/** Targets beside those of a site, whose cluster holds what peers store; ends what it starts by onEnd(stop). */
export async function startPeers (folder, site, meter, onEnd) {
  await createDatabase(site, 'peer')
  await postgresql(site, 'psql', 'peer', { login: 'mcp_owner', input: schema })
  await createDatabase(site, 'better_auth')
  const database = join(site.values.STATE, 'pg')
  const target = async (name, program, args, paths, stores) => {
    const { base, stop } = await start(folder, program, args, paths.metadata, stores && site.values.PG_SOCKET)
    onEnd(stop)
    return {
      front: 'node',
      target: name,
      kind: 'peer',
      alone: true,
      folders: [join(folder, program) + ' ' + new URL(base).port, ...(stores ? [database] : [])],
      meter: stores ? meter : undefined,
      loads: loadsOf(base, paths)
    }
  }
  const glewlwyd = await startGlewlwyd(site)
  onEnd(glewlwyd.stop)
  return [
    await target('oidc-provider, PostgreSQL, 2 workers', 'oidc_provider.mjs', ['2'], oidc, true),
    await target('oidc-provider, in memory', 'oidc_provider.mjs', ['1'], oidc),
    await target('better-auth, PostgreSQL, 2 workers', 'better_auth.mjs', ['2'], betterAuth, true),
    await target('MCP SDK, in memory', 'mcp_sdk.mjs', [], sdk),
    {
      front: 'itself',
      target: 'glewlwyd, PostgreSQL',
      kind: 'peer',
      alone: true,
      folders: [glewlwyd.folder, database],
      meter,
      loads: loadsOf(glewlwyd.base, { ...glewlwyd.paths, registered: { ...https, token_endpoint_auth_method: 'client_secret_post' } })
    }
  ]
}

// ---- modules of Apache, in front of the same file as our guard

const modules = {
  'mod_auth_openidc, RS256': {
    path: '/peer/openidc',
    modules: 'auth_openidc authz_user',
    lines: certificate => `OIDCCryptoPassphrase benchmark
OIDCOAuthVerifyCertFiles bench#${certificate}`,
    type: 'oauth20'
  },
  'mod_oauth2, RS256': {
    path: '/peer/oauth2',
    modules: 'oauth2 authz_user',
    lines: () => '',
    type: 'oauth2',
    inside: (certificate, jwk) => `OAuth2TokenVerify jwk '${JSON.stringify(jwk)}'`
  }
}

/** What Apache's configuration needs for them, and their key, in the folder of the floors: {lines, modules}. */
export async function moduleOptions (folder) {
  const certificate = join(folder, 'certificate.pem')
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', join(folder, 'key.pem'), '-out', certificate, '-days', '2', '-subj', '/CN=bench'])
  const jwk = { ...createPublicKey(await readFile(certificate)).export({ format: 'jwk' }), kid: 'bench' }
  const lines = Object.values(modules).map(m => `${m.lines(certificate)}
Alias ${m.path} ${folder}/static/document
<Location ${m.path}>
  AuthType ${m.type}
  Require valid-user
  ${m.inside?.(certificate, jwk) ?? ''}
</Location>`)
  return {
    lines: lines.join('\n'),
    modules: [...new Set(Object.values(modules).flatMap(m => m.modules.split(' ')))].join(' ')
  }
}

/** {name: {workload: load}} of them. */
export async function modulesOf (site, folder) {
  const privateKey = createPrivateKey(await readFile(join(folder, 'key.pem')))
  const tokens = []
  for (let i = 0; i < 1000; i++) {
    tokens.push('Bearer ' + await new SignJWT({ scope: 'email', client_id: 'bench' }).setProtectedHeader({ alg: 'RS256', kid: 'bench', typ: 'at+jwt' })
      .setIssuer(site.base).setAudience(site.mcp).setSubject('somebody').setJti(String(i)).setIssuedAt().setExpirationTime('12h').sign(privateKey))
  }
  const load = (path, values) => async options => () => sendRequests({ base: site.base, requests: [{ path, kind: 'cycle', values }] }, options)
  return Object.fromEntries(Object.entries(modules).map(([name, { path }]) =>
    [name, { 'guard, verified': load(path, tokens), 'guard, remembered': load(path, tokens.slice(0, 1)) }]))
}
