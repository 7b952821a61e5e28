// SPDX-License-Identifier: MIT
// Clients whose client_id is the URL of their metadata document.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { runCgi } from '../lib/cgi.mjs'
import { Browser, authorizationRequest, connect, newVerifier, redemption, refreshing, token } from '../lib/flow.mjs'
import { postForm, send } from '../lib/http.mjs'
import { fetching, startHttpsHost } from '../lib/https_host.mjs'
import { publishClient, publishedClients } from '../lib/known_clients.mjs'
import { front, startSite } from '../lib/site.mjs'
import { stillServing } from '../lib/still_serving.mjs'

let host, site
before(async () => {
  host = await startHttpsHost()
  site = await startSite({ plain: true, conf: fetching(host) + '\nFETCH_LIMIT_ORIGIN=1000' })
})
after(async () => {
  await site?.stop()
  await host?.stop()
})
stillServing(() => site)

// What an editor publishes, with members that mean nothing here.
const editor = (url, more = {}) => ({
  client_id: url,
  client_name: 'An Editor',
  client_uri: 'https://editor.example/product',
  redirect_uris: ['http://127.0.0.1:33418/', 'https://editor.example/redirect'],
  grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
  application_type: 'native',
  unheard_of: { of: true },
  ...more
})

function publish (path, more, on = host) {
  const url = on.url(path)
  on.answers.set(path, editor(url, more))
  return { client_id: url, redirect_uris: ['https://editor.example/redirect'] }
}

const ask = (client, params, on = site) =>
  new Browser(on).authorize(authorizationRequest(client, newVerifier(), params))
const rows = async client => (await site.sql('SELECT * FROM oauth.client WHERE client_id = $1', [client.client_id]))
const fetches = path => host.requests.filter(p => p === path).length

async function refused (client, params, on = site) {
  const answer = await ask(client, params, on)
  assert.equal(answer.status, 400, `${client.client_id} ${answer.text}`)
  assert.ok(!answer.headers.location)
  assert.match(answer.headers['content-type'], /html/)
  return answer
}

describe('a client that publishes its metadata', () => {
  test('is advertised, and works from the bare URL to a refresh', async () => {
    const metadata = (await send(site.url('/.well-known/oauth-authorization-server'))).json
    assert.equal(metadata.client_id_metadata_document_supported, true)
    assert.ok(metadata.token_endpoint_auth_methods_supported.includes('none'))
    const client = publish('/editor.json')
    const { tokens } = await connect(site, { client })
    const again = await token(site, refreshing(client, tokens))
    assert.equal(again.status, 200, again.text)
    assert.equal(JSON.parse(Buffer.from(again.json.access_token.split('.')[1], 'base64url')).client_id, client.client_id)
    assert.equal(fetches('/editor.json'), 1)
  })

  test('the consent page names the host of the document and of the redirect, and warns of loopback', async () => {
    const client = publish('/named.json', { client_name: 'Evil <b>Editor</b>' })
    const at = await new Browser(site).toConsent(authorizationRequest(client, newVerifier()))
    assert.match(at.page.text, /published by localhost/)
    assert.match(at.page.text, /editor\.example/)
    assert.match(at.page.text, /Evil &lt;b&gt;Editor/)
    const loopback = await new Browser(site).toConsent(
      authorizationRequest({ ...client, redirect_uris: ['http://127.0.0.1:5555/'] }, newVerifier()))
    assert.match(loopback.page.text, /program on this computer/)
  })

  test('a redirect_uri must be one of the document', async () => {
    const client = publish('/exact.json')
    for (const redirect_uri of ['https://editor.example/redirect/', 'https://evil.example/redirect', 'http://127.0.0.1:33418/other']) {
      await refused(client, { redirect_uri })
    }
  })

  test('a method that it merely prefers does not keep it out, if it lists none', async () => {
    const client = publish('/chat/client.json', {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
      jwks_uri: host.url('/jwks.json')
    })
    const { tokens } = await connect(site, { client })
    assert.equal((await token(site, refreshing(client, tokens))).status, 200)
  })

  test('one that only signs must sign', async () => {
    const client = publish('/signs.json', {
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: host.url('/jwks.json')
    })
    const browser = new Browser(site)
    const verifier = newVerifier()
    const code = await browser.code(authorizationRequest(client, verifier))
    const answer = await token(site, { grant_type: 'authorization_code', code, code_verifier: verifier, client_id: client.client_id })
    assert.equal(answer.status, 401)
    assert.equal(answer.json.error, 'invalid_client')
  })

  test('an id that the operator registered is never fetched', async () => {
    const client = publish('/pinned.json')
    await site.sql(`INSERT INTO oauth.client (client_id, client_name, token_endpoint_auth_method, redirect_uris, grant_types, registration)
      VALUES ($1, 'Pinned', 'none', $2, '{authorization_code}', 'admin')`, [client.client_id, client.redirect_uris])
    await connect(site, { client })
    assert.equal(fetches('/pinned.json'), 0)
  })
})

describe('the documents of known programs', () => {
  for (const [name, { uses }] of Object.entries(publishedClients)) {
    test(name, async () => {
      const client_id = publishClient(host, name)
      for (const uri of uses) {
        const { tokens } = await connect(site, { client: { client_id, redirect_uris: [uri] } })
        assert.ok(tokens.refresh_token, uri)
      }
    })
  }

  test('a path that opencode uses and does not publish is refused', async () => {
    const client_id = publishClient(host, 'opencode')
    await refused({ client_id, redirect_uris: ['http://127.0.0.1:19876/mcp/oauth/callback'] })
  })

  test('VS Code may connect as a device too, Claude Code may not', async () => {
    const ask = name => postForm(site.url('/api/oauth/device_authorization'), { client_id: publishClient(host, name) })
    const answer = await ask('VS Code')
    assert.equal(answer.status, 200, answer.text)
    assert.ok(answer.json.user_code)
    assert.equal((await ask('Claude Code')).json.error, 'unauthorized_client')
  })
})

describe('caching', () => {
  const age = (client, fresh, fetched) => site.sql(`UPDATE oauth.client SET document_fresh_until = now() + $2::interval,
    document_fetched_at = now() - $3::interval WHERE client_id = $1`, [client.client_id, fresh, fetched])
  const freshFor = async client => (await site.sql(
    'SELECT extract(epoch FROM document_fresh_until - document_fetched_at)::int AS s FROM oauth.client WHERE client_id = $1', [client.client_id]))[0].s

  test('follows Cache-Control between five minutes and a day', async () => {
    for (const [path, value, seconds] of [['/c1', 'max-age=7200', 7200], ['/c2', 'no-store', 300], ['/c3', 'max-age=9999999', 86400],
      ['/c4', 'public, max-age="600"', 600], ['/c5', 'max-age=5', 300], ['/c6', 'private', 3600]]) {
      const client = publish(path)
      const document = host.answers.get(path)
      host.answers.set(path, (rq, rs) => rs.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': value }).end(JSON.stringify(document)))
      assert.equal((await ask(client)).status, 303)
      assert.equal(await freshFor(client), seconds, value)
    }
  })

  test('a stale copy is renewed, and the last good one stays for a day when it cannot be (case 69)', async () => {
    const client = publish('/kept.json')
    assert.equal((await ask(client)).status, 303)
    publish('/kept.json', { client_name: 'Renamed' })
    await age(client, '-1 second', '1 hour')
    assert.equal((await ask(client)).status, 303)
    assert.equal((await rows(client))[0].client_name, 'Renamed')

    host.answers.set('/kept.json', (rq, rs) => rs.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Oops</h1>'))
    await age(client, '-1 second', '23 hours')
    const before = fetches('/kept.json')
    assert.equal((await ask(client)).status, 303)
    assert.equal((await ask(client)).status, 303)
    assert.equal(fetches('/kept.json'), before + 1, 'not asked again at once')
    await age(client, '-1 second', '25 hours')
    await refused(client)
  })
})

describe('a document that changes', () => {
  const renew = async client => {
    await site.sql("UPDATE oauth.client SET document_fresh_until = now() - interval '1 s' WHERE client_id = $1", [client.client_id])
    assert.equal((await ask({ ...client, redirect_uris: ['https://editor.example/new'] })).status, 303)
  }
  const either = ['https://editor.example/redirect', 'https://editor.example/new']

  test('a request under way does not end at an address that it lists no more', async () => {
    const client = publish('/moved.json', { redirect_uris: either })
    const browser = new Browser(site)
    const at = await browser.toConsent(authorizationRequest(client, newVerifier()))
    publish('/moved.json', { redirect_uris: either.slice(1) })
    await renew(client)
    const answer = await browser.post('/api/oauth/consent', { ...at.fields, decision: 'authorize' })
    assert.equal(answer.status, 400, answer.headers.location)
  })

  test('consent for an address that comes back is asked again', async () => {
    const client = publish('/back.json', { redirect_uris: either })
    const browser = new Browser(site)
    const page = async () => browser.follow(await browser.authorize(authorizationRequest(client, newVerifier())))
    await browser.code(authorizationRequest(client, newVerifier()))
    await renew(client)
    assert.ok((await page()).left, 'remembered, as long as nothing changed')
    publish('/back.json', { redirect_uris: either.slice(1) })
    await renew(client)
    publish('/back.json', { redirect_uris: either })
    await renew(client)
    assert.equal((await page()).path, '/api/oauth/consent')
  })

  test('what it may authenticate by is what it says now, also for a code of before', async () => {
    const client = publish('/stricter.json')
    const verifier = newVerifier()
    const code = await new Browser(site).code(authorizationRequest(client, verifier))
    publish('/stricter.json', { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: host.url('/jwks.json'), redirect_uris: either })
    await renew(client)
    const answer = await token(site, redemption(client, code, verifier))
    assert.equal(answer.status, 401, answer.text)
    assert.equal(answer.json.error, 'invalid_client')
  })
})

describe('documents that are refused (cases 67, 68)', () => {
  const jwk = { kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' }
  const documents = {
    'another client_id': { client_id: 'https://localhost/other.json' },
    'a client_id in another case': { client_id: 'https://LOCALHOST/x' },
    'no client_id': { client_id: undefined },
    'no client_name': { client_name: undefined },
    'no redirect_uris': { redirect_uris: undefined },
    'redirect_uris that are no list': { redirect_uris: 'https://editor.example/' },
    'only bad redirect_uris': { redirect_uris: ['javascript:alert(1)', 'http://editor.example/'] },
    'a secret': { client_secret: 'hunter2' },
    'a shared-secret method': { token_endpoint_auth_method: 'client_secret_post' },
    'a private key': { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ ...jwk, d: 'AAAA' }] } },
    'a method without keys': { token_endpoint_auth_method: 'private_key_jwt' },
    'only foreign grants': { grant_types: ['implicit'] },
    'a jwks_uri that is not https': { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'http://localhost/jwks.json' },
    'a document over 5 KiB': { filler: 'x'.repeat(5200) }
  }
  for (const [name, more] of Object.entries(documents)) {
    test(name, async () => {
      const client = publish('/' + encodeURIComponent(name), more)
      await refused(client)
      assert.deepEqual(await rows(client), [])
    })
  }

  const answers = {
    'a redirect': (rq, rs) => rs.writeHead(302, { Location: host.url('/editor.json') }).end(),
    'status 404': (rq, rs) => rs.writeHead(404, { 'Content-Type': 'application/json' }).end('{}'),
    'status 204': (rq, rs) => rs.writeHead(204).end(),
    HTML: (rq, rs) => rs.writeHead(200, { 'Content-Type': 'text/html' }).end(JSON.stringify(editor(host.url('/HTML')))),
    'no type': (rq, rs) => rs.writeHead(200).end('{}'),
    'broken JSON': (rq, rs) => rs.writeHead(200, { 'Content-Type': 'application/json' }).end('{"client_id":'),
    'doubled keys': (rq, rs) => rs.writeHead(200, { 'Content-Type': 'application/json' }).end('{"a":1,"a":2}'),
    'a compressed bomb': (rq, rs) => rs.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1 << 20))),
    'an endless body': (rq, rs) => { rs.writeHead(200, { 'Content-Type': 'application/json' }); const go = () => { while (!rs.destroyed && rs.write('x'.repeat(65536)));; if (!rs.destroyed) rs.once('drain', go) }; go() },
    'endless headers': (rq, rs) => { rs.socket.write('HTTP/1.1 200 OK\r\n'); const go = () => { if (!rs.socket || rs.socket.destroyed) return; if (rs.socket.write('X-A: ' + 'x'.repeat(60000) + '\r\n')) setImmediate(go); else rs.socket.once('drain', go) }; go() },
    'a body that never ends': (rq, rs) => { rs.writeHead(200, { 'Content-Type': 'application/json' }); rs.write('{') },
    'no answer at all': () => {}
  }
  for (const [name, answer] of Object.entries(answers)) {
    test(name, async () => {
      const path = '/' + encodeURIComponent(name)
      host.answers.set(path, answer)
      const client = { client_id: host.url(path), redirect_uris: ['https://editor.example/redirect'] }
      await refused(client)
      assert.deepEqual(await rows(client), [])
    })
  }

  test('a certificate of somebody else', async () => {
    const other = await startHttpsHost()
    try {
      const client = publish('/x.json', {}, other)
      await refused(client)
      assert.deepEqual(other.requests, [])
    } finally {
      await other.stop()
    }
  })

  test('URLs in odd forms are not fetched', async () => {
    const before = host.connections
    const port = host.port
    for (const client_id of [`http://localhost:${port}/editor.json`, `https://localhost:${port}/`, `https://localhost:${port}`,
      `https://u@localhost:${port}/editor.json`, `https://localhost:${port}/editor.json#x`, `https://localhost:${port}/../editor.json`,
      `https://localhost:${port}/%2e%2e/editor.json`, `https://LOCALHOST:${port}/editor.json`, `HTTPS://localhost:${port}/editor.json`,
      'https://localhost:443/editor.json', `https://localhost:${port}\\@x/editor.json`, 'https:///editor.json',
      `https://localhost:${port}/${'x'.repeat(1100)}`]) {
      await refused({ client_id, redirect_uris: ['https://editor.example/redirect'] })
    }
    assert.equal(host.connections, before)
  })
})

describe('addresses that are not public (case 65)', () => {
  let closed
  before(async () => { closed = await startSite({ plain: true, conf: `FETCH_CA_FILE=${host.ca}\nFETCH_LIMIT_ORIGIN=1000` }) })
  after(() => closed?.stop())

  test('no packet is sent there', async () => {
    const before = host.connections
    for (const name of ['localhost', '127.0.0.1', '2130706433', '0x7f000001', '0177.0.0.1', '127.1', '[::1]', '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]', '[64:ff9b::7f00:1]', '0.0.0.0', '[::]']) {
      await refused({ client_id: `https://${name}:${host.port}/editor.json`, redirect_uris: ['https://editor.example/redirect'] }, {}, closed)
    }
    for (const name of ['10.0.0.1', '169.254.169.254', '192.168.1.1', '100.64.0.1', '[fd00::1]', '[fe80::1]', '[2002:7f00:1::]']) {
      await refused({ client_id: `https://${name}/editor.json`, redirect_uris: ['https://editor.example/redirect'] }, {}, closed)
    }
    assert.equal(host.connections, before)
    assert.match(await closed.log(), /an address of the host is not public/)
  })
})

describe('what the operator says', () => {
  let strict, off
  before(async () => {
    strict = await startSite({ plain: true, conf: fetching(host) + '\nCLIENT_METADATA_BLOCK=evil.example .localhost 127.0.0.2\nFETCH_LIMIT_ORIGIN=6' })
    off = await startSite({ plain: true, conf: fetching(host) + '\nCLIENT_METADATA_DOCUMENTS=off' })
  })
  after(async () => {
    await strict?.stop()
    await off?.stop()
  })

  test('a blocked host is refused without a fetch, also at the token endpoint', async () => {
    const before = host.connections
    await refused(publish('/blocked.json'), {}, strict)
    for (const name of ['localhost.', 'sub.localhost', 'sub.localhost.', 'LOCALHOST', '127.0.0.2', '2130706434', '127.2']) {
      await refused({ client_id: `https://${name}:${host.port}/blocked.json`, redirect_uris: ['https://editor.example/redirect'] }, {}, strict)
    }
    assert.equal(host.connections, before)
    const answer = await token(strict, { grant_type: 'refresh_token', refresh_token: 'x'.repeat(64), client_id: host.url('/blocked.json') })
    assert.equal(answer.status, 401)
  })

  const url = path => `https://127.0.0.1:${host.port}${path}`
  const askFrom = (localAddress, path) => {
    host.answers.set(path, editor(url(path)))
    const client = { client_id: url(path), redirect_uris: ['https://editor.example/redirect'] }
    return send(strict.url('/api/oauth/authorize?' + new URLSearchParams(authorizationRequest(client, newVerifier()))), { localAddress })
  }

  test('one origin is asked only so often, and nobody can spend all of it alone', async () => {
    await strict.sql('DELETE FROM oauth.attempt')
    for (const [from, path, status] of [['127.0.0.1', '/l1', 303], ['127.0.0.1', '/l2', 303], ['127.0.0.1', '/l3', 303], ['127.0.0.1', '/l4', 503],
      ['127.0.0.1', '/l1', 303], ['127.0.0.2', '/l5', 303], ['127.0.0.2', '/l6', 303], ['127.0.0.2', '/l7', 303], ['127.0.0.3', '/l8', 503]]) {
      const answer = await askFrom(from, path)
      assert.equal(answer.status, status, path + answer.text)
      if (status === 503) assert.ok(answer.headers['retry-after'])
    }
  })

  test('what strangers spend is not what a client in use needs', async () => {
    await strict.sql('DELETE FROM oauth.attempt')
    host.answers.set('/used', editor(url('/used')))
    await connect(strict, { client: { client_id: url('/used'), redirect_uris: ['https://editor.example/redirect'] } })
    await strict.sql("UPDATE oauth.attempt SET count = 1000 WHERE key LIKE 'fetch%'")
    await strict.sql("UPDATE oauth.client SET document_fresh_until = now() - interval '1 s', document_fetched_at = now() - interval '2 days'")
    assert.equal((await askFrom('127.0.0.1', '/unused')).status, 503)
    assert.equal((await askFrom('127.0.0.1', '/used')).status, 303)
    assert.equal(fetches('/used'), 2)
  })

  test('with a list of hosts that are let in, no other is', async () => {
    const listed = await startSite({ plain: true, conf: fetching(host) + '\nCLIENT_METADATA_ALLOW=.editor.example localhost' })
    try {
      await connect(listed, { client: publish('/listed.json') })
      const before = host.connections
      for (const name of ['127.0.0.1', 'sub.localhost', 'localhost.evil.example', 'xeditor.example']) {
        await refused({ client_id: `https://${name}:${host.port}/listed.json`, redirect_uris: ['https://editor.example/redirect'] }, {}, listed)
      }
      assert.equal(host.connections, before)
    } finally {
      await listed.stop()
    }
  })

  test('switched off, it is neither advertised nor served', async () => {
    const metadata = (await send(off.url('/.well-known/oauth-authorization-server'))).json
    assert.ok(!('client_id_metadata_document_supported' in metadata))
    await refused(publish('/off.json'), {}, off)
  })
})

test('the program that fetches inherits nothing: no descriptor, no setting, no secret', { skip: !front.logsToStderr && 'the log is a file here' }, async () => {
  // The sandbox would not let this one start all that it does.
  const spied = await startSite({ plain: true, conf: fetching(host) + '\nSANDBOX=off' })
  try {
    const program = join(spied.values.STATE, 'usr/libexec/mcp-oauth/fetch/fetch')
    await writeFile(program, `#!/bin/sh
for fd in /proc/$$/fd/*; do [ ! -e "$fd" ] || fds="$fds \${fd##*/}"; done
echo "refused fds=$fds environment=$(tr '\\0' ',' </proc/$$/environ) arguments=$#"
`)
    const client = { client_id: host.url('/spied.json'), redirect_uris: ['https://editor.example/redirect'] }
    const { errors } = await runCgi(spied, 'authorize', {
      path: '/api/oauth/authorize',
      query: new URLSearchParams(authorizationRequest(client, newVerifier())).toString(),
      under: ['bash', '-c', 'ulimit -n 4096 && exec 2000</dev/null && exec "$0"']
    })
    const [, fds, environment, number] = /fds=([\d ]*) environment=(\S*) arguments=(\d+)/.exec(errors)
    assert.equal(number, '6')
    assert.equal(environment, 'PATH=/usr/bin:/bin,SANDBOX=off,')
    assert.deepEqual(fds.trim().split(' ').map(Number).filter(n => n > 2 && n !== 10), [], 'but for the one through which the shell reads its script')
  } finally {
    await spied.stop()
  }
})
