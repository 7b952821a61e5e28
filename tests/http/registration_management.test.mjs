// SPDX-License-Identifier: MIT
// RFC 7592: what a client may do with its own registration, and nobody else.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { authorizationRequest, Browser, callback, connect, newVerifier, redemption, refreshing, register, rpc, token } from '../lib/flow.mjs'
import { postForm, send, sendJson } from '../lib/http.mjs'
import { startSite } from '../lib/site.mjs'

let site
before(async () => { site = await startSite() })
after(() => site?.stop())

const bearer = client => ({ Authorization: `Bearer ${client.registration_access_token}` })
const read = (client, headers = bearer(client)) => send(client.registration_client_uri, { headers })
const remove = (client, headers = bearer(client)) => send(client.registration_client_uri, { method: 'DELETE', headers })
const put = (client, metadata, headers = bearer(client)) => sendJson(client.registration_client_uri, 'PUT', metadata, headers)
const row = async client => (await site.sql('SELECT * FROM oauth.client WHERE client_id = $1', [client.client_id]))[0]

/** All that an update may hold, of a registration. */
function updatable ({ registration_access_token: a, registration_client_uri: b, client_id_issued_at: c, client_secret_expires_at: d, ...rest }) {
  return rest
}

function refusedToken (answer) {
  assert.equal(answer.status, 401, answer.text)
  assert.equal(answer.json.error, 'invalid_token')
  assert.match(answer.headers['www-authenticate'], /^Bearer /)
  assert.match(answer.headers['cache-control'], /no-store/)
}

async function refusedUpdate (client, metadata, error = 'invalid_client_metadata') {
  const before = await row(client)
  const answer = await put(client, metadata)
  assert.equal(answer.status, 400, JSON.stringify(metadata) + answer.text)
  assert.equal(answer.json.error, error)
  assert.deepEqual(await row(client), before)
}

/** What two refusals may differ in: nothing. */
const shown = ({ status, headers, text }) => ({ status, text, challenge: headers['www-authenticate'], names: Object.keys(headers).sort() })

test('a registration says where it is managed, and with what', async () => {
  const client = await register(site)
  assert.equal(client.registration_client_uri, `${site.base}/api/oauth/register/${client.client_id}`)
  assert.match(client.registration_access_token, /^[A-Za-z0-9_-]{43}$/)
  const other = await register(site)
  assert.notEqual(other.registration_access_token, client.registration_access_token)
})

test('the token is stored as a digest alone, and no log holds it', async () => {
  const client = await register(site)
  await read(client)
  await put(client, updatable(client))
  assert.equal((await read(client, { Authorization: `Bearer ${client.registration_access_token}x` })).status, 401)
  const text = JSON.stringify(await site.sql('SELECT * FROM oauth.client, oauth.audit'))
  assert.ok(!text.includes(client.registration_access_token))
  const [{ same }] = await site.sql(
    'SELECT registration_access_token_digest = sha256(convert_to($2, \'UTF8\')) AS same FROM oauth.client WHERE client_id = $1',
    [client.client_id, client.registration_access_token])
  assert.equal(same, true)
  assert.ok(!(await site.log()).includes(client.registration_access_token))
})

test('GET answers what is registered', async () => {
  const client = await register(site, {
    redirect_uris: ['https://app.example/cb', callback],
    scope: 'email',
    client_uri: 'https://app.example/',
    logo_uri: 'https://app.example/logo',
    tos_uri: 'https://app.example/tos',
    policy_uri: 'https://app.example/policy',
    application_type: 'web',
    software_id: 'app',
    software_version: '1'
  })
  const answer = await read(client)
  assert.equal(answer.status, 200)
  assert.match(answer.headers['cache-control'], /no-store/)
  assert.deepEqual(answer.json, client)
})

test('GET shows no client_secret: none is kept', async () => {
  const { client_secret: secret, client_secret_expires_at: expires, ...rest } =
    await register(site, { token_endpoint_auth_method: 'client_secret_basic' })
  assert.ok(secret)
  assert.equal(expires, 0)
  assert.deepEqual((await read(rest)).json, rest)
})

test('PUT replaces all of it: what is left out is gone', async () => {
  const client = await register(site, { client_uri: 'https://app.example/', scope: 'email', software_id: 'app' })
  const answer = await put(client, {
    client_id: client.client_id,
    client_name: 'Renamed',
    redirect_uris: ['https://new.example/cb'],
    token_endpoint_auth_method: 'none'
  })
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.json.client_name, 'Renamed')
  assert.deepEqual(answer.json.redirect_uris, ['https://new.example/cb'])
  for (const gone of ['client_uri', 'scope', 'software_id']) assert.ok(!(gone in answer.json), gone)
  for (const kept of ['client_id', 'client_id_issued_at', 'registration_access_token', 'registration_client_uri']) {
    assert.equal(answer.json[kept], client[kept], kept)
  }
  assert.deepEqual((await read(client)).json, answer.json)
  const stored = await row(client)
  assert.equal(stored.registration, 'dynamic')
  assert.equal(stored.client_uri, null)
})

test('what GET answered goes back by PUT unchanged', async () => {
  const client = await register(site, { token_endpoint_auth_method: 'client_secret_post', scope: 'email' })
  const { client_secret: secret, ...expected } = client
  delete expected.client_secret_expires_at
  for (const metadata of [updatable((await read(client)).json), { ...updatable(client), client_secret: secret }]) {
    const answer = await put(client, metadata)
    assert.equal(answer.status, 200, answer.text)
    assert.deepEqual(answer.json, expected)
  }
})

test('the new redirect URI works, the old one does not, a request under way ends', async () => {
  const client = await register(site, { redirect_uris: ['https://old.example/cb'] })
  const browser = new Browser(site)
  const at = await browser.toConsent(authorizationRequest(client, newVerifier()))
  assert.equal((await put(client, { ...updatable(client), redirect_uris: ['https://new.example/cb'] })).status, 200)
  const late = await browser.post('/api/oauth/consent', { ...at.fields, decision: 'authorize' })
  assert.equal(late.status, 400)
  assert.ok(!late.headers.location)
  const old = await new Browser(site).authorize(authorizationRequest(client, newVerifier()))
  assert.equal(old.status, 400)
  assert.ok(!old.headers.location)
  await connect(site, { client: { ...client, redirect_uris: ['https://new.example/cb'] } })
})

test('consent for an address that comes back is asked again', async () => {
  const client = await register(site, { redirect_uris: ['https://a.example/cb'] })
  const { browser } = await connect(site, { client })
  const remembered = await browser.follow(await browser.authorize(authorizationRequest(client, newVerifier())))
  assert.ok(remembered.left)
  assert.equal((await put(client, { ...updatable(client), redirect_uris: ['https://b.example/cb'] })).status, 200)
  assert.equal((await put(client, updatable(client))).status, 200)
  const at = await browser.follow(await browser.authorize(authorizationRequest(client, newVerifier())))
  assert.equal(at.path, '/api/oauth/consent')
})

test('threat 5: an update chooses no id, no secret and no privilege', async () => {
  const other = await register(site)
  const client = await register(site, { token_endpoint_auth_method: 'client_secret_post' })
  const good = updatable(client)
  delete good.client_secret
  const { client_id: id, ...unnamed } = good
  await refusedUpdate(client, unnamed)
  await refusedUpdate(client, { ...good, client_id: other.client_id })
  await refusedUpdate(client, { ...good, client_id: [id] })
  await refusedUpdate(client, { ...good, client_secret: 'mine' })
  await refusedUpdate(client, { ...good, client_secret: 7 })
  await refusedUpdate(other, { ...updatable(other), client_secret: 'mine' })
  for (const member of ['registration_access_token', 'registration_client_uri', 'client_secret_expires_at', 'client_id_issued_at']) {
    await refusedUpdate(client, { ...good, [member]: client[member] })
  }
  await refusedUpdate(client, { ...good, grant_types: ['password'] })
  const answer = await put(client, { ...good, registration: 'admin', disabled_at: null, is_admin: true })
  assert.equal(answer.status, 200, answer.text)
  assert.ok(!('registration' in answer.json) && !('is_admin' in answer.json))
  assert.equal((await row(client)).registration, 'dynamic')
})

test('an update is checked like a registration', async () => {
  const client = await register(site)
  const good = updatable(client)
  for (const uri of ['javascript:alert(1)', 'http://example.com/cb', 'https://a.example/#f']) {
    await refusedUpdate(client, { ...good, redirect_uris: [uri] }, 'invalid_redirect_uri')
  }
  const { redirect_uris: uris, ...without } = good
  for (const metadata of [without, { ...good, redirect_uris: null }, { ...good, redirect_uris: [] }, { ...good, client_name: 7 },
    { ...good, token_endpoint_auth_method: 'private_key_jwt' }]) await refusedUpdate(client, metadata)
  const mixed = await put(client, { ...good, redirect_uris: ['data:x', ...uris], logo_uri: 'http://a.example/' })
  assert.deepEqual(mixed.json.redirect_uris, uris)
  assert.ok(!('logo_uri' in mixed.json))
})

test('threat 9: an update that is no JSON object changes nothing', async () => {
  const client = await register(site)
  for (const body of ['', '[]', '{', '{"client_name":"\\u0000"}', `{"client_id":"${client.client_id}","client_id":"x"}`,
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]) await refusedUpdate(client, body)
  assert.equal((await put(client, { ...updatable(client), client_name: 'x'.repeat(70000) })).status, 413)
  const form = await send(client.registration_client_uri, { method: 'PUT', body: 'client_name=x', headers: { ...bearer(client), 'Content-Type': 'application/x-www-form-urlencoded' } })
  assert.equal(form.status, 400)
})

test('a public client that becomes confidential gets a secret, and one that becomes public loses it', async () => {
  const client = await register(site)
  const answer = await put(client, { ...updatable(client), token_endpoint_auth_method: 'client_secret_basic' })
  assert.match(answer.json.client_secret, /^[A-Za-z0-9_-]{43}$/)
  assert.equal(answer.json.client_secret_expires_at, 0)
  const post = await put(client, { ...updatable(answer.json), token_endpoint_auth_method: 'client_secret_post' })
  assert.equal(post.status, 200)
  assert.ok(!('client_secret' in post.json), 'the secret stays')

  const verifier = newVerifier()
  const code = await new Browser(site).code(authorizationRequest(client, verifier))
  const fields = redemption(client, code, verifier)
  assert.equal((await token(site, fields)).status, 401)
  const tokens = await token(site, { ...fields, client_secret: answer.json.client_secret })
  assert.equal(tokens.status, 200, tokens.text)

  const open = await put(client, updatable(client))
  assert.equal(open.json.token_endpoint_auth_method, 'none')
  assert.equal((await row(client)).client_secret_digest, null)
  assert.equal((await token(site, refreshing(client, tokens.json))).status, 200)
})

test('DELETE ends the client, its sessions and its access tokens', async () => {
  const { client, browser, tokens } = await connect(site)
  assert.equal((await rpc(site.mcp, tokens.access_token, 'ping', {})).status, 200)
  const answer = await remove(client)
  assert.equal(answer.status, 204)
  assert.equal(answer.text, '')
  const [{ sessions }] = await site.sql('SELECT count(*)::int AS sessions FROM public.mcp_server_sessions WHERE client_identifier = $1', [client.client_id])
  assert.equal(sessions, 0)
  const refresh = await token(site, refreshing(client, tokens))
  assert.equal(refresh.status, 401)
  assert.equal(refresh.json.error, 'invalid_client')
  assert.equal((await browser.authorize(authorizationRequest(client, newVerifier()))).status, 400)
  refusedToken(await read(client))
  refusedToken(await put(client, updatable(client)))
  refusedToken(await remove(client))
  const end = Date.now() + 5000
  let status
  do status = (await rpc(site.mcp, tokens.access_token, 'ping', {})).status
  while (status !== 401 && Date.now() < end)
  assert.equal(status, 401)
})

test('a session that starts while its client is being deleted does not survive', async () => {
  const client = await register(site)
  const code = await new Browser(site).code(authorizationRequest(client, newVerifier()))
  assert.ok(code)
  // What code_redeem does, held open until the DELETE waits for it.
  const redeemed = site.sql(`DO $$ BEGIN
    UPDATE oauth.authorization_code SET spent_at = now() WHERE client_id = '${client.client_id}';
    INSERT INTO public.mcp_server_sessions (user_id, client_identifier, refresh_token_hash, expires_at, access_expires_at)
    SELECT id, '${client.client_id}', 'x', now() + interval '1 day', now() + interval '1 hour' FROM public.users LIMIT 1;
    PERFORM pg_advisory_xact_lock(7592);
    FOR i IN 1..500 LOOP
      EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE NOT granted);
      PERFORM pg_sleep(0.01);
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted) THEN RAISE EXCEPTION 'nobody waits'; END IF;
  END $$`)
  const begun = (async () => {
    while ((await site.sql("SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7592 AND granted")).length === 0);
  })()
  await Promise.race([begun, redeemed])
  const [answer] = await Promise.all([remove(client), redeemed])
  assert.equal(answer.status, 204)
  const [{ n }] = await site.sql('SELECT count(*)::int AS n FROM public.mcp_server_sessions WHERE client_identifier = $1', [client.client_id])
  assert.equal(n, 0)
})

test('sessions end with a client that is deleted by hand, and no later one of its name has them', async () => {
  const { client, tokens } = await connect(site)
  const [saved] = await site.sql('DELETE FROM oauth.client WHERE client_id = $1 RETURNING *', [client.client_id])
  await site.sql('INSERT INTO oauth.client SELECT ($1::oauth.client).*', [
    (await site.sql('SELECT (jsonb_populate_record(NULL::oauth.client, $1::jsonb))::text AS r', [JSON.stringify({ ...saved, registration_access_token_digest: null })]))[0].r])
  const refresh = await token(site, refreshing(client, tokens))
  assert.equal(refresh.status, 400)
  assert.equal(refresh.json.error, 'invalid_grant')
})

test('a missing, wrong or foreign token and an unknown client are told alike', async () => {
  const client = await register(site)
  const other = await register(site)
  const nobody = { ...client, registration_client_uri: client.registration_client_uri.slice(0, -4) + 'AAAA' }
  for (const attempt of [read, remove, (c, headers) => put(c, { ...updatable(c), client_id: c.registration_client_uri.split('/').pop() }, headers)]) {
    const wrong = await attempt(client, bearer(other))
    refusedToken(wrong)
    assert.match(wrong.headers['www-authenticate'], /error="invalid_token"/)
    assert.deepEqual(shown(await attempt(nobody, bearer(client))), shown(wrong))
    assert.deepEqual(shown(await attempt(client, { Authorization: 'Bearer a b' })), shown(wrong))
    assert.deepEqual(shown(await attempt(client, { Authorization: 'Basic ' + Buffer.from(`${client.client_id}:x`).toString('base64') })), shown(wrong))

    const missing = await attempt(client, {})
    refusedToken(missing)
    assert.doesNotMatch(missing.headers['www-authenticate'], /error/) // RFC 6750 s3.1
    assert.deepEqual(shown(await attempt(nobody, {})), shown(missing))
  }
  const query = await send(`${client.registration_client_uri}?access_token=${client.registration_access_token}`)
  refusedToken(query)
  assert.ok(await row(client))
})

test('clients of the operator, adopted ones and disabled ones are not managed so', async () => {
  const client = await register(site)
  const { stdout } = await site.command('client', 'add', '--name', 'By hand', '--redirect-uri', 'https://a.example/cb')
  const id = /client_id=(\S+)/.exec(stdout)[1]
  refusedToken(await read({ ...client, registration_client_uri: `${site.base}/api/oauth/register/${id}` }))
  await assert.rejects(site.sql("UPDATE oauth.client SET registration_access_token_digest = sha256('x') WHERE client_id = $1", [id]))
  await site.sql('UPDATE oauth.client SET disabled_at = now() WHERE client_id = $1', [client.client_id])
  refusedToken(await read(client))
  refusedToken(await put(client, updatable(client)))
  refusedToken(await remove(client))
  assert.ok(await row(client))
})

test('each address names the methods it serves, to other origins too', async () => {
  const client = await register(site)
  for (const [url, methods] of [[client.registration_client_uri, 'GET, HEAD, PUT, DELETE, OPTIONS'], [site.url('/api/oauth/register'), 'POST, OPTIONS']]) {
    const preflight = await send(url, { method: 'OPTIONS', headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'PUT' } })
    assert.equal(preflight.status, 204)
    assert.equal(preflight.headers['access-control-allow-methods'], methods)
    assert.match(preflight.headers['access-control-allow-headers'], /Authorization/)
    const patch = await send(url, { method: 'PATCH', headers: bearer(client) })
    assert.equal(patch.status, 405)
    assert.equal(patch.headers.allow, methods)
  }
  const posted = await postForm(client.registration_client_uri, {}, bearer(client))
  assert.equal(posted.status, 405)
  const refused = await read(client, { Origin: 'https://app.example' })
  assert.equal(refused.headers['access-control-allow-origin'], '*')
  const head = await send(client.registration_client_uri, { method: 'HEAD', headers: bearer(client) })
  assert.equal(head.status, 200)
})

test('nothing else is served below the endpoint', async () => {
  const client = await register(site)
  for (const path of ['/api/oauth/register/', `/api/oauth/register/${client.client_id}/`, `/api/oauth/register/${client.client_id}/x`,
    `/register/${client.client_id}`, `/.well-known/oauth-dynamic-client-registration/${client.client_id}`, `/api/oauth/revoke/${client.client_id}`]) {
    const answer = await send(site.url(path), { headers: bearer(client) })
    assert.equal(answer.status, 404, path)
    assert.equal(answer.json.error, 'not_found', path)
  }
  for (const odd of ['%00', '%', "'", '..', 'a%2Fb', 'é'.repeat(3), 'a'.repeat(4000)]) {
    const answer = await send(site.base, { path: '/api/oauth/register/' + Buffer.from(odd, 'utf8').toString('latin1'), headers: bearer(client) })
    assert.ok([400, 401, 404].includes(answer.status), `${odd}: ${answer.status}`)
  }
})

test('with the database away an update is unavailable, not refused', async () => {
  const client = await register(site)
  await site.control('database', 'stop')
  try {
    for (const attempt of [read, remove, c => put(c, updatable(c))]) {
      const answer = await attempt(client)
      assert.equal(answer.status, 503)
      assert.equal(answer.json.error, 'temporarily_unavailable')
      assert.ok(answer.headers['retry-after'])
    }
  } finally {
    await site.control('database', 'start')
  }
  assert.equal((await read(client)).status, 200)
})
