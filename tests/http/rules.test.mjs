// SPDX-License-Identifier: MIT
// Rules by method and name: what the guard believes of a request's headers.
import assert from 'node:assert/strict'
import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connect, rpc } from '../lib/flow.mjs'
import { send } from '../lib/http.mjs'
import { freePort, front, startSite } from '../lib/site.mjs'

const now = '2026-07-28'
const wrapped = text => `=?base64?${Buffer.from(text).toString('base64')}?=`
const rules = `# resource  method  name  scopes
/mcp    tools/call       whoami      -
/mcp    tools/call       ech*        email tools:write
/mcp    tools/call       grüße       -
/mcp    tools/call       ${wrapped('two words')}  -
/mcp    tools/list       *           email
/mcp    server/*         *           -
/mcp    resources/read   file:///a/* nowhere
/files  *                *           email profile
/bad    tools/*          *           -
/old    tools/call       echo        tools:write
/old    tools/list       *           -
/old    *                *           email
unsafe-legacy /old headers=optional
`
const settings = `MCP_RESOURCES=/mcp /files /old /free /bad
SCOPES_SUPPORTED=email profile tools:*`

// A server that takes everything, whatever its headers say.
const careless = createServer((rq, response) => rq.resume().on('end', () => response.writeHead(204).end()))

let site, folder, file, token, wide
before(async () => {
  folder = await mkdtemp('/var/tmp/mcp-oauth-rules-')
  file = join(folder, 'guard.rules')
  await chmod(folder, 0o755)
  await writeFile(file, rules)
  const port = await freePort()
  await new Promise(resolve => careless.listen(port, '127.0.0.1', resolve))
  site = await startSite({
    conf: settings,
    guardConf: `${settings}\nGUARD_RULES=${file}\nMCP_ALLOWED_ORIGINS=https://app.example`,
    serve: { '/files': 'whoami', '/old': 'whoami', '/free': 'whoami', '/bad': `http://127.0.0.1:${port}/bad` }
  })
  token = (await connect(site, { params: { scope: 'email' } })).tokens.access_token
  wide = (await connect(site, { params: { scope: 'email tools:*' } })).tokens.access_token
})
after(async () => {
  await site?.stop()
  careless.close()
  await rm(folder, { recursive: true })
})

// A message of 2026-07-28; headers may be changed, or left out by undefined.
function message (bearer, method, name, headers = {}, url = site.mcp) {
  const all = { 'MCP-Protocol-Version': now, 'Mcp-Method': method, ...(name && { 'Mcp-Name': name }), ...headers }
  return rpc(url, bearer, method, { ...(name && { name }), arguments: { message: 'hello' } },
    Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)))
}

async function headerMismatch (answer, what) {
  answer = await answer
  assert.equal(answer.status, 400, what)
  assert.match(answer.headers['content-type'], /^application\/json/)
  assert.deepEqual({ ...answer.json, error: { ...answer.json.error, message: '' } },
    { jsonrpc: '2.0', id: null, error: { code: -32020, message: '' } }, what)
  assert.ok(answer.json.error.message.length > 10)
  assert.equal(answer.headers['www-authenticate'], undefined)
}

async function denied (answer) {
  answer = await answer
  assert.equal(answer.status, 403)
  assert.equal(answer.json.error, 'access_denied')
  assert.equal(answer.headers['www-authenticate'], undefined)
}

const passed = async answer => assert.equal((await answer).status, 200)

// Bytes as they are, because a client library would tidy them up.
function raw (lines, body) {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(site.port, '127.0.0.1', () => socket.end(
      ['POST /mcp HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close', 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`,
        ...lines, '', body].join('\r\n')))
    let all = ''
    socket.on('data', data => { all += data })
    socket.on('end', () => resolve(all))
    socket.on('error', reject)
  })
}

describe('the first rule that fits decides', () => {
  test('by tool, by prefix, by method', async () => {
    await passed(message(token, 'tools/call', 'whoami'))
    await passed(message(token, 'tools/list'))
    await passed(message(token, 'server/discover'))
    const refused = await message(token, 'tools/call', 'echo')
    assert.equal(refused.status, 403)
    assert.equal(refused.json.error, 'insufficient_scope')
    await passed(message(wide, 'tools/call', 'echo'))
  })

  test('no rule, or a rule whose scope nobody can get: 403 without a challenge', async () => {
    await denied(message(wide, 'tools/call', 'delete'))
    await denied(message(wide, 'tools/call', 'Whoami'))
    await denied(message(wide, 'prompts/get', 'whoami'))
    await denied(message(wide, 'ping'))
    await denied(message(wide, 'Tools/list'))
    await denied(message(wide, 'resources/read', 'file:///a/b'))
    await denied(message(wide, 'resources/read', 'file:///b'))
  })

  test('a step-up challenge holds what is needed and what was granted', async () => {
    const other = (await connect(site, { params: { scope: 'profile tools:read' } })).tokens.access_token
    const { headers } = await message(other, 'tools/call', 'echo')
    const challenge = headers['www-authenticate']
    assert.match(challenge, /^Bearer error="insufficient_scope"/)
    assert.ok(challenge.includes('scope="email tools:write profile tools:read"'), challenge)
    assert.ok(challenge.includes(`resource_metadata="${site.url('/.well-known/oauth-protected-resource/mcp')}"`))
  })

  test('names outside of ASCII come wrapped', async () => {
    await passed(message(token, 'tools/call', 'grüße', { 'Mcp-Name': wrapped('grüße') }).then(answer => {
      assert.equal(answer.json.error.code, -32602) // it passed, and there is no such tool
      return answer
    }))
    await passed(message(token, 'tools/call', 'two words'))
    await passed(message(token, 'tools/call', 'whoami', { 'Mcp-Name': wrapped('whoami') }))
    await denied(message(token, 'tools/call', '=?BASE64?d2hvYW1p?='))
    for (const name of ['=?base64?d2hvYW1?=', '=?base64?d2hv YW1p?=', '=?base64?d2hvYW1p?=, =?base64?d2hvYW1p?=', '=?base64?////?=',
      '=?base64?AAAA?=', '=?base64?d2hvYW1p=?=', '=?base64?d2hv_W1p?=', 'gr\u00fc\u00dfe']) {
      await headerMismatch(message(token, 'tools/call', 'whoami', { 'Mcp-Name': name }), name)
    }
  })
})

describe('a strict resource wants to be told', () => {
  test('missing headers, and versions whose servers do not compare them', async () => {
    await headerMismatch(rpc(site.mcp, wide, 'tools/list', {}))
    await headerMismatch(message(wide, 'tools/list', undefined, { 'MCP-Protocol-Version': undefined }))
    await headerMismatch(message(wide, 'tools/list', undefined, { 'Mcp-Method': undefined }))
    await headerMismatch(message(wide, 'tools/list', undefined, { 'Mcp-Method': '' }))
    for (const method of ['tools/call', 'resources/read', 'prompts/get']) {
      await headerMismatch(message(wide, method, 'whoami', { 'Mcp-Name': undefined }), method)
      await headerMismatch(message(wide, method, 'whoami', { 'Mcp-Name': '' }), method)
    }
    for (const version of ['2025-11-25', '2025-03-26', '2026-07-27', '1999-01-01', 'x', '2026-07-28x', '2026-7-28', '20260728',
      '9', '2026-07-28, 2026-07-28', '2026-07-28, 2025-11-25']) {
      await headerMismatch(message(wide, 'tools/list', undefined, { 'MCP-Protocol-Version': version }), version)
    }
  })

  test('a doubled header opens nothing', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo', arguments: { message: 'opened' } } })
    const lines = [`Authorization: Bearer ${token}`, `MCP-Protocol-Version: ${now}`]
    for (const more of [['Mcp-Method: tools/call', 'Mcp-Name: whoami', 'Mcp-Name: echo'], ['Mcp-Method: tools/call', 'Mcp-Name: echo', 'Mcp-Name: whoami'],
      ['Mcp-Method: tools/list', 'Mcp-Method: tools/call', 'Mcp-Name: echo'], ['Mcp-Method: tools/call', 'Mcp-Name: whoami', 'Mcp-Name: whoami'],
      ['Mcp-Method: tools/call', 'Mcp-Name: echo', 'Mcp-Name:'], ['Mcp-Method: tools/call', 'Mcp-Name:', 'Mcp-Name: whoami'],
      ['Mcp-Method: tools/call', 'Mcp-Name: whoami', 'MCP-Protocol-Version: 2025-11-25'],
      ['Mcp-Method: tools/call', 'Mcp-Name: whoami', 'Mcp_Name: echo'], ['Mcp-Method: tools/list', 'Mcp.Method: tools/call', 'Mcp-Name: echo'],
      ['Mcp-Method: tools/call', 'Mcp-Name: whoami', 'MCP_Protocol-Version: 2025-11-25']]) {
      const answer = await raw([...lines, ...more], body)
      // Without the empty one that a server dropped, it is judged as one header.
      const one = !front.emptyHeaders && more.some(line => line.endsWith(':'))
      assert.match(answer, one ? /^HTTP\/1\.1 40[03] / : /^HTTP\/1\.1 400 /, more.join(' | '))
      if (/M[cC][pP][_.]/.test(more.join())) assert.match(answer, /another spelling/, more.join(' | '))
      assert.doesNotMatch(answer, /opened/)
    }
  })

  test('a name counts only where the method has one', async () => {
    // ping has no rule, and no name may lend it one.
    await denied(message(token, 'ping', undefined, { 'Mcp-Name': 'whoami' }))
  })

  test('only POST carries a message', async () => {
    for (const method of ['GET', 'DELETE', 'PUT', 'HEAD']) {
      const headers = { Authorization: `Bearer ${wide}`, 'MCP-Protocol-Version': now, 'Mcp-Method': 'tools/list' }
      const answer = await send(site.mcp, { method, headers })
      assert.equal(answer.status, 405, method)
      assert.match(answer.headers.allow, /POST/)
    }
    assert.equal((await send(site.mcp, { method: 'GET', headers: { Authorization: `Bearer ${wide}` } })).status, 400)
  })

  test('the token comes first, then headers, rules and Origin', async () => {
    const elsewhere = { Origin: 'https://evil.example' }
    assert.equal((await rpc(site.mcp, null, 'tools/list', {}, elsewhere)).status, 401)
    assert.equal((await message('x', 'tools/call', 'delete', elsewhere)).status, 401)
    await headerMismatch(rpc(site.mcp, token, 'tools/list', {}, elsewhere))
    assert.equal((await message(token, 'tools/call', 'echo', elsewhere)).json.error, 'insufficient_scope')
    await denied(message(wide, 'tools/call', 'delete', elsewhere))
    const origin = await message(wide, 'tools/call', 'echo', elsewhere)
    assert.equal(origin.status, 403)
    assert.match(origin.json.error_description, /Origin/)
    await passed(message(wide, 'tools/call', 'echo', { Origin: 'https://app.example' }))
  })

  test('refusals can be read by pages of any site', async () => {
    const answer = await rpc(site.mcp, token, 'tools/list', {}, { Origin: 'https://app.example' })
    assert.equal(answer.status, 400)
    assert.equal(answer.headers['access-control-allow-origin'], '*')
  })
})

test('the demo server refuses a body that its headers do not tell, and does nothing', async () => {
  const body = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'echo', arguments: { message: 'executed' } } }
  for (const headers of [{ 'Mcp-Method': 'tools/list' }, { 'Mcp-Method': 'tools/call', 'Mcp-Name': 'whoami' },
    { 'Mcp-Method': 'server/discover', 'Mcp-Name': 'echo' }]) {
    const answer = await send(site.mcp, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'MCP-Protocol-Version': now, ...headers }
    })
    assert.equal(answer.status, 400)
    assert.equal(answer.json.error.code, -32020)
    assert.equal(answer.json.id, 7) // the server's answer, not the guard's
    assert.doesNotMatch(answer.text, /executed/)
  }
})

describe('other resources', () => {
  const at = (path, scope) => connect(site, { params: { resource: site.url(path), scope } }).then(s => s.tokens.access_token)

  test('without a rule by name: no header is needed, nor believed', async () => {
    const narrow = await at('/files', 'email')
    const broad = await at('/files', 'email profile')
    assert.equal((await rpc(site.url('/files'), narrow, 'tools/list', {})).json.error, 'insufficient_scope')
    await passed(rpc(site.url('/files'), broad, 'tools/list', {}))
    await passed(rpc(site.url('/files'), broad, 'tools/list', {}, { 'Mcp-Name': 'a, b' }))
    assert.equal((await send(site.url('/files'), { headers: { Authorization: `Bearer ${broad}` } })).status, 405)
    await passed(rpc(site.url('/free'), await at('/free', 'profile'), 'tools/list', {}))
  })

  test('headers made optional: old clients are judged by the rules for any, whatever they say', async () => {
    const email = await at('/old', 'email')
    const none = await at('/old', 'profile')
    const url = site.url('/old')
    await passed(rpc(url, email, 'tools/list', {}))
    await passed(rpc(url, email, 'tools/call', { name: 'echo', arguments: { message: 'x' } }, { 'MCP-Protocol-Version': '2025-11-25' }))
    const lying = await rpc(url, none, 'tools/call', { name: 'whoami' }, { 'MCP-Protocol-Version': '2025-11-25', 'Mcp-Method': 'tools/list' })
    assert.equal(lying.json.error, 'insufficient_scope')
    await passed(message(none, 'tools/list', undefined, {}, url))
    assert.equal((await message(email, 'tools/call', 'echo', {}, url)).json.error, 'insufficient_scope')
    await headerMismatch(message(email, 'tools/call', 'echo', { 'Mcp-Method': undefined }, url))
    await headerMismatch(message(email, 'tools/list', undefined, { 'MCP-Protocol-Version': 'x' }, url))
  })
})

test('doctor finds rules that nobody can meet, and servers that do not compare', async () => {
  await assert.rejects(site.command('doctor'), error => {
    assert.match(error.stdout, /guard\.rules line 8 asks for "nowhere", which does not exist for \/mcp/)
    assert.match(error.stdout, /ok: the server of \/mcp refuses a body that its headers do not tell/)
    assert.match(error.stdout, /ok: the server of \/old refuses/)
    assert.match(error.stdout, /problem: the server of \/bad answers status 204/)
    assert.match(error.stdout, /\n2 problems\n$/)
    return true
  })
})

test('a changed file is noticed; a broken one leaves the old rules in force, and the command names its line', async () => {
  const replace = async text => {
    await writeFile(file + '.new', text)
    await rename(file + '.new', file)
  }
  const until = async (method, status) => {
    for (const end = Date.now() + 10000; (await message(token, method)).status !== status; await new Promise(resolve => setTimeout(resolve, 100))) {
      assert.ok(Date.now() < end, `${method} is not ${status}`)
    }
  }
  try {
    await denied(message(token, 'ping'))
    await replace(rules + '/mcp ping * -\n')
    await until('ping', 404) // it passed, and 2026-07-28 has no such method
    await replace(rules + '/mcp ping * -\n/fiels * * -\n')
    for (const end = Date.now() + 10000; !(await site.log()).includes('/fiels is not in MCP_RESOURCES'); await new Promise(resolve => setTimeout(resolve, 100))) {
      assert.equal((await message(token, 'ping')).status, 404)
      assert.ok(Date.now() < end, 'the broken file was not noticed')
    }
    assert.equal((await message(token, 'ping')).status, 404)
    await assert.rejects(site.command('config', 'check'), error => {
      assert.match(error.stderr, /guard\.rules line 16: \/fiels is not in MCP_RESOURCES/)
      return true
    })
  } finally {
    await replace(rules)
  }
  await until('ping', 403)
  await site.command('config', 'check')
})
