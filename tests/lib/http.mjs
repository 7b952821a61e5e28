// SPDX-License-Identifier: MIT
// http.mjs - requests that fetch() would not let through: any header, any
// path, no redirect followed, no cookie kept.
import { request } from 'node:http'
import { learnSecrets } from './known_secrets.mjs'

/**
 * Resolves to {status, headers, rawHeaders, text, json}; localAddress is where it comes from, 127.0.0.2 or the like.
 * Rejects when nothing came for timeout ms.
 */
export function send (url, { method = 'GET', headers = {}, body, path, localAddress, timeout = 30000 } = {}) {
  const at = new URL(url)
  return new Promise((resolve, reject) => {
    const rq = request({
      host: at.hostname,
      port: at.port,
      path: path ?? at.pathname + at.search,
      method,
      headers,
      localAddress,
      agent: false,
      timeout
    }, response => {
      const parts = []
      response.on('data', part => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(parts).toString()
        learnSecrets(at.port, body, { text, headers: response.headers })
        resolve({
          status: response.statusCode,
          headers: response.headers,
          rawHeaders: response.rawHeaders,
          text,
          get json () { return JSON.parse(text) }
        })
      })
    })
    rq.on('error', reject)
    rq.on('timeout', () => rq.destroy(new Error('no answer in time')))
    rq.end(body)
  })
}

/** POST a form; fields is an object or a list of pairs, options are of send(). */
export function postForm (url, fields, headers = {}, options = {}) {
  const body = new URLSearchParams(fields).toString()
  return send(url, {
    ...options,
    method: 'POST',
    body,
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': Buffer.byteLength(body),
      ...headers
    }
  })
}

/** Send JSON by any method: an object, or text as it stands. */
export function sendJson (url, method, value, headers = {}) {
  const body = typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value)
  return send(url, {
    method,
    body,
    headers: {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      ...headers
    }
  })
}

/** POST JSON. */
export const postJson = (url, value, headers) => sendJson(url, 'POST', value, headers)
