// SPDX-License-Identifier: MIT
// bearer_proxy.mjs - lends an access token to programs that know of none.
import { createServer, request } from 'node:http'

/**
 * Passes what comes to a free port of 127.0.0.1 on to the site, with the token
 * and otherwise as it is, Host and Origin too, and answers as they come.
 */
export async function startBearerProxy (site, accessToken) {
  const server = createServer((rq, rs) => {
    const onward = request({
      host: '127.0.0.1',
      port: site.port,
      path: rq.url,
      method: rq.method,
      headers: { ...rq.headers, Authorization: `Bearer ${accessToken}` }
    }, answer => {
      rs.writeHead(answer.statusCode, answer.headers)
      rs.flushHeaders()
      answer.pipe(rs)
    })
    onward.on('error', () => rs.destroy())
    rs.on('close', () => onward.destroy())
    rq.pipe(onward)
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: path => `http://127.0.0.1:${server.address().port}${path}`,
    stop () {
      server.close()
      server.closeAllConnections()
    }
  }
}
