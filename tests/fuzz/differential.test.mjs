// SPDX-License-Identifier: MIT
// Our parsers of URIs and forms beside others: the grammar of RFC 3986 as one
// expression, and node's URL and URLSearchParams (WHATWG). Each difference that
// is meant to be stands here with its reason; any other fails.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'

const rounds = Number(process.env.DIFFERENTIAL_ROUNDS ?? 20000)
const seed = Number(process.env.DIFFERENTIAL_SEED ?? Date.now() % 2 ** 31)

// Random but repeatable (mulberry32).
let state = seed
function random (n) {
  state = (state + 0x6D2B79F5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) % n
}
const pick = list => list[random(list.length)]
const several = (list, most) => Array.from({ length: random(most + 1) }, () => pick(list)).join('')

// What ours make of texts: a list of parsed answers.
async function ask (kind, texts) {
  const child = spawn(join(process.env.BUILD, 'tests/fuzz/parse'), { stdio: ['pipe', 'pipe', 'inherit'] })
  const parts = []
  child.stdout.on('data', part => parts.push(part))
  child.stdin.end(texts.map(text => `${kind} ${text}\n`).join(''))
  const [code] = await once(child, 'close')
  assert.equal(code, 0)
  const answers = Buffer.concat(parts).toString().trim().split('\n').map(line => JSON.parse(line))
  assert.equal(answers.length, texts.length)
  return answers
}

// ---- URIs

// Of most texts the parts are such as could be good; else any of all.
let mild = true
const either = (good, odd) => pick(mild ? good : [...good, ...odd])
const scheme = () => either(['http', 'https', 'HTTP', 'Https'], ['cursor', 'urn', 'x+1', '1x', ''])
const host = () => either(['a.example', 'A.Example', 'localhost', '127.0.0.1', '10.0.0.1', '[::1]', '[2001:db8::1]', '[::ffff:1.2.3.4]', 'xn--a', '-', 'a-.example', 'a.b-c.d3'],
  ['127.1', '2130706433', '0x7f.1', '0177.0.0.1', '[0:0::1]', '[fe80::1%25eth0]', '[v1.x]', '[', 'a%2eb', 'a..b', 'a.', '.a', 'a_b', '', 'a.1', '1.2.3.4.5', 'é', 'a b', 'a\\b'])
const piece = () => either(['/', 'a', '.', '..', '%2e', '%2E', '%7e', '%2f', '%00', '%C3%A9', ';', ':', '@', '~', '*', "'", '+', '=', '/../', '/./'], ['%', '%zz', '\\', '<', ' ', '|', '^', '?', '#'])
const segment = () => Array.from({ length: random(7) }, piece).join('')
const port = () => either(['', '', ':', ':80', ':443', ':8080', ':080', ':65535', ':000080', ':0'], [':65536', ':-1', ':a'])
const userinfo = () => either(['', '', '', '', 'u@', 'u:p@', ':@', '@', 'u%40@', 'u;=@', 'u:p:q@'], ['u@v@'])
const uri = () => {
  mild = random(4) > 0
  return scheme() + either([':'], ['']) + either(['//'], ['/', '', '///']) + userinfo() + host() + port() + either(['/'], ['']) + segment() +
    pick(['', '?' + segment()]) + pick(['', '', '#' + segment()])
}

const grammar = (() => {
  const plain = "[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2}"
  const authority = `(?:((?:${plain}|:)*)@)?(\\[[0-9A-Fa-f:.]+\\]|(?:${plain})*)(?::([0-9]*))?`
  const path = `(?:${plain}|[:@/])*`
  return new RegExp(`^([A-Za-z][A-Za-z0-9+.-]*):(?://${authority}(?=[/?#]|$))?(${path})(?:\\?((?:${plain}|[:@/?])*))?(?:#((?:${plain}|[:@/?])*))?$`)
})()

// RFC 3986, but for: no addresses of future versions (no web server has one),
// no port beyond 65535 or of more than five digits, and a host where the scheme
// is http or https.
function byGrammar (text) {
  const m = grammar.exec(text)
  if (!m) return null
  const [, scheme, userinfo, host, port, path, query, fragment] = m
  if (port && (port.length > 5 || Number(port) > 65535)) return null
  if (/^https?$/i.test(scheme) && !host) return null
  // Without an authority a path never begins with two slashes.
  if (host === undefined && path.startsWith('//')) return null
  const parts = { scheme: scheme.toLowerCase(), userinfo, host: host?.toLowerCase(), port, path, query, fragment }
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
}

// Unreserved characters plain and the hexadecimal digits of others in upper
// case: what uri_normal() does and URL does not. Characters that URL encodes
// though they need not be, as well.
const spelling = text => text
  .replace(/%([0-9A-Fa-f]{2})/g, (all, hex) => {
    const c = String.fromCharCode(parseInt(hex, 16))
    return /[A-Za-z0-9._~-]/.test(c) ? c : all.toUpperCase()
  })
  .replaceAll("'", '%27')

// RFC 3986 s5.2.4 once more: node's URL overlooks dot segments behind a segment
// that begins with a dot and is none (/x/.b/../c).
function withoutDots (path) {
  const kept = []
  const segments = path.split('/').slice(1)
  segments.forEach((segment, i) => {
    const last = i === segments.length - 1
    if (segment === '..') kept.pop()
    if (segment !== '.' && segment !== '..') kept.push(segment)
    else if (last) kept.push('')
  })
  return '/' + kept.join('/')
}

function sameAsUrl (text, ours) {
  let url
  try {
    url = new URL(text)
  } catch {
    // A name that claims to be punycode and is none: DNS will not know it.
    assert.match(ours.host, /(^|\.)xn--/, `URL refuses ${text}`)
    return
  }
  // In IPv6 URL writes an embedded IPv4 address in hexadecimal; inet_ntop() with
  // dots.
  if (!/^\[.*\./.test(ours.host)) assert.equal(url.hostname, ours.host, text)
  // A port with zeros in front stays as it was written: it is compared as text.
  if (!/^0\d/.test(ours.port ?? '') && !/^\[.*\./.test(ours.host)) assert.equal(url.origin, ours.origin, text)
  assert.equal(withoutDots(spelling(url.pathname)), spelling(ours.normal.slice(ours.origin.length)), text)
  assert.equal(spelling(url.search), spelling(ours.query ? '?' + ours.query : ''), text)
  assert.equal(spelling(url.hash), spelling(ours.fragment ? '#' + ours.fragment : ''), text)
  assert.equal(Boolean(url.username || url.password), Boolean(ours.userinfo?.replace(':', '')), text)
}

test(`URIs, ${rounds} of them, seed ${seed}`, async () => {
  const texts = Array.from({ length: rounds }, uri)
  const answers = await ask('uri', texts)
  let accepted = 0
  let plain = 0
  texts.forEach((text, i) => {
    const ours = answers[i]
    const { origin, normal, plain: isPlain, ...parts } = ours ?? {}
    assert.deepEqual(ours && parts, byGrammar(text), text)
    accepted += Boolean(ours)
    // What is not plain is not let in anywhere that names a host to us.
    if (!isPlain || !/^https?$/.test(ours.scheme)) return
    plain++
    sameAsUrl(text, ours)
  })
  assert.ok(accepted > rounds / 3 && plain > rounds / 4, `${accepted} accepted, ${plain} plain`)
})

test('no spelling of an address of this host passes for a name', async () => {
  const hosts = ['127.1', '2130706433', '0x7f000001', '0177.0.0.1', '127.0.0.1.', '127.0.1', '0x7f.1', '00127.0.0.1', '017700000001', 'localhost.',
    '127%2e0%2e0%2e1', '%31%32%37.0.0.1', '[0:0:0:0:0:0:0:1]', '[::0001]', '[0::1]', '[::127.0.0.1]', '[::ffff:7f00:1]', '[::FFFF:127.0.0.1]x']
  const answers = await ask('uri', hosts.map(host => `http://${host}/`))
  hosts.forEach((host, i) => {
    // What inet_ntop() writes is an address, and judged as one.
    if (host === '[::127.0.0.1]') assert.ok(answers[i].plain)
    else assert.ok(!answers[i]?.plain, host)
  })
})

// ---- forms

const formPiece = () => several(['a', 'b', '=', '&', '+', '%20', '%2B', '%26', '%3d', '%C3%A9', 'é', '%E2%82%AC', '%F0%9F%98%80', '%ED%A0%80', '%C0%80', '%ff', '%00', '%', '%4', '%zz',
  '?', ';', '#', '%EF%BB%BF'], 12)

// Why ours refuses what URLSearchParams takes: it would have to guess.
function refusedFor (text) {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return 'a broken encoding'
  if (/%00/.test(text)) return 'a NUL'
  // A sequence of bytes may not be cut by what separates names and values.
  return text.split(/[&=+]/).some(part => {
    try {
      decodeURIComponent(part)
      return false
    } catch {
      return true
    }
  }) && 'no UTF-8'
}

test(`forms, ${rounds} of them, seed ${seed}`, async () => {
  const texts = Array.from({ length: rounds }, formPiece)
  const answers = await ask('form', texts)
  let accepted = 0
  texts.forEach((text, i) => {
    const reason = refusedFor(text)
    if (reason) {
      assert.equal(answers[i], null, `${reason}: ${text}`)
      return
    }
    accepted++
    assert.deepEqual(answers[i], [...new URLSearchParams('?' + text)], text)
  })
  assert.ok(accepted > rounds / 20, `${accepted} accepted`)
})
