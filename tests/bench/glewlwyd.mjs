// SPDX-License-Identifier: MIT
// glewlwyd.mjs - a peer in C, from Debian, as a server of its own: EdDSA JWTs,
// refresh tokens that rotate and end their family when one comes again, with the
// schema of its package in a database of a site's cluster.
import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createDatabase, postgresql } from '../lib/database.mjs'
import { as } from '../lib/fastcgi.mjs'
import { until } from '../lib/flow.mjs'
import { postForm, send } from '../lib/http.mjs'
import { freePort } from '../lib/site.mjs'

const name = 'glewlwyd'
const schema = ['pgsql', 'postgre.default.sql'].map(file => join('/usr/share/dbconfig-common/data/glewlwyd/install', file))
const modules = '/usr/lib/glewlwyd'
const client = { client_id: 'bench', client_secret: 'a secret of the benchmark' }
const scope = 'g_profile' // of the only user that the schema brings along
const person = { username: 'admin', password: 'password' }

const configuration = (port, site) => `port=${port}
bind_address="127.0.0.1"
external_url="http://127.0.0.1:${port}"
login_url="login.html"
api_prefix="api"
log_mode="console"
log_level="ERROR"
cookie_domain="127.0.0.1"
cookie_secure=0
session_expiration=2419200
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="${scope}"
user_module_path="${modules}/user"
user_middleware_module_path="${modules}/user_middleware"
client_module_path="${modules}/client"
user_auth_scheme_module_path="${modules}/scheme"
plugin_module_path="${modules}/plugin"
hash_algorithm="SHA512"
database = { type = "postgre" conninfo = "host=${site.values.PG_SOCKET} dbname=${name} user=mcp_owner" };
`

// What its plugin for OpenID Connect is told, by the names of its own.
function plugin (base) {
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  return {
    iss: `${base}/api/oidc`,
    'jwt-type': 'eddsa',
    'jwt-key-size': '256',
    'jwks-private': JSON.stringify({ keys: [{ ...key, alg: 'EdDSA', kid: 'bench', use: 'sig' }] }),
    'default-kid': 'bench',
    'jwks-show': true,
    'access-token-duration': 3600,
    'refresh-token-duration': 1209600,
    'code-duration': 600,
    'refresh-token-rolling': true,
    'refresh-token-one-use': 'always',
    'allow-non-oidc': true,
    'auth-type-client-enabled': true,
    'auth-type-code-enabled': true,
    'auth-type-id-token-enabled': true,
    'auth-type-password-enabled': true,
    'auth-type-refresh-enabled': true,
    'introspection-revocation-allowed': true,
    'introspection-revocation-allow-target-client': true,
    'introspection-revocation-auth-scope': [],
    'register-client-allowed': true,
    'register-client-auth-scope': [],
    'register-client-credentials-scope': [scope],
    'subject-type': 'public',
    'pkce-allowed': true,
    'additional-parameters': [],
    scope: [],
    claims: []
  }
}

// By its own API, as its administrator would in a browser.
async function setUp (base) {
  let cookie
  const call = async (path, body) => {
    const answer = await fetch(base + '/api' + path, { method: 'POST', headers: { 'Content-Type': 'application/json', ...cookie && { Cookie: cookie } }, body: JSON.stringify(body) })
    if (answer.status !== 200) throw new Error(`glewlwyd, ${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }
  cookie = (await call('/auth/', person)).headers.get('set-cookie').split(';')[0]
  await call('/mod/plugin/', { module: 'oidc', name: 'oidc', display_name: 'oidc', enabled: true, parameters: plugin(base) })
  await call('/client/', {
    client_id: client.client_id,
    name: 'Bench',
    enabled: true,
    confidential: true,
    password: client.client_secret,
    scope: [scope],
    redirect_uri: ['http://127.0.0.1:7777/callback'],
    authorization_type: ['code', 'password', 'client_credentials', 'refresh_token'],
    token_endpoint_auth_method: ['client_secret_post']
  })
}

/** Start it beside a site; {base, paths, folder, stop}, where what belongs to it names the folder. */
export async function startGlewlwyd (site) {
  await createDatabase(site, name)
  const sql = await Promise.all(schema.map(file => readFile(file, 'utf8')))
  await postgresql(site, 'psql', name, { login: 'mcp_owner', input: ['CREATE EXTENSION IF NOT EXISTS pgcrypto;', ...sql].join('\n') })
  const folder = await mkdtemp('/var/tmp/mcp-oauth-glewlwyd-')
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  await chmod(folder, 0o755)
  await writeFile(join(folder, 'glewlwyd.conf'), configuration(port, site))
  const account = await as(site.values.RUN_AS)
  const child = spawn('glewlwyd', [`--config-file=${join(folder, 'glewlwyd.conf')}`], { ...account, stdio: 'ignore' })
  const gone = new Promise(resolve => child.once('exit', resolve))
  await until(async () => (await send(base + '/').catch(() => ({}))).status === 404, 30)
  await setUp(base)
  const newToken = async () => {
    const answer = await postForm(base + '/api/oidc/token', { grant_type: 'password', ...person, scope, ...client })
    if (answer.status !== 200) throw new Error(`glewlwyd gave no token: ${answer.text}`)
    return answer.json.refresh_token
  }
  return {
    base,
    folder,
    paths: {
      metadata: '/api/oidc/.well-known/openid-configuration',
      registration: '/api/oidc/register',
      token: '/api/oidc/token',
      introspection: '/api/oidc/introspect',
      credentials: new URLSearchParams(client).toString(),
      credentialsFor: `&scope=${scope}`,
      newTokens: async n => {
        const tokens = []
        while (tokens.length < n) tokens.push(await newToken())
        return tokens
      }
    },
    stop: async () => {
      child.kill()
      await gone
      await rm(folder, { recursive: true })
    }
  }
}
