// SPDX-License-Identifier: MIT
// barrier.mjs - requests that come to their programs at the same moment: each is
// sent but for its last byte, and then the last bytes of all, one behind the
// other. The web server has a program for each of them ready by then.
import { connect } from 'node:net'
import { learnSecrets } from './known_secrets.mjs'

function open (site, { path, fields, json, headers = {}, method = 'POST' }) {
  const body = json ? JSON.stringify(json) : fields ? new URLSearchParams(fields).toString() : ''
  const type = json ? 'application/json' : 'application/x-www-form-urlencoded'
  const head = [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${site.port}`, 'Connection: close',
    ...Object.entries(headers).map(pair => pair.join(': ')),
    ...(body ? [`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`] : [])]
  const text = `${head.join('\r\n')}\r\n\r\n${body}`
  const socket = connect(site.port, '127.0.0.1')
  socket.setNoDelay(true)
  const answer = new Promise((resolve, reject) => {
    let all = ''
    socket.on('data', data => { all += data })
    socket.on('error', reject)
    socket.setTimeout(30000, () => socket.destroy(new Error('no answer in time')))
    socket.on('end', () => {
      const whole = parse(all)
      learnSecrets(site.port, body, whole)
      resolve(whole)
    })
  })
  answer.catch(() => {})
  const ready = new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('connect', () => socket.write(text.slice(0, -1), resolve))
  })
  return { ready, go: () => socket.write(text.slice(-1)), answer }
}

// Of a whole answer; its chunks are put together.
function parse (all) {
  const at = all.indexOf('\r\n\r\n')
  const [first, ...lines] = all.slice(0, at).split('\r\n')
  const headers = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    if (name === 'set-cookie') (headers[name] ??= []).push(value)
    else headers[name] = value
  }
  let text = all.slice(at + 4)
  if (/chunked/.test(headers['transfer-encoding'])) {
    let rest = text
    text = ''
    for (let n; (n = parseInt(rest, 16)) > 0;) {
      const from = rest.indexOf('\r\n') + 2
      text += rest.slice(from, from + n)
      rest = rest.slice(from + n + 2)
    }
  }
  return { status: Number(first.split(' ')[1]), headers, text, get json () { return JSON.parse(text) } }
}

/** Let them all go at once: {path, fields or json, headers, method} each; their answers. */
export async function together (site, requests) {
  const opened = requests.map(request => open(site, request))
  await Promise.all(opened.map(({ ready }) => ready))
  for (const { go } of opened) go()
  return Promise.all(opened.map(({ answer }) => answer))
}
