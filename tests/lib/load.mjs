// SPDX-License-Identifier: MIT
// load.mjs - clients that refresh their token and call the MCP server without
// a pause, while something happens to the site.
import { connect, refreshing, rpc, token } from './flow.mjs'

/**
 * Start so many clients. Returns {answers, more, stop}: answers counts what
 * came back by status or error ('200', '503', 'ECONNRESET' ...); more(n) waits
 * until each client has made n rounds more; stop() ends them.
 */
export async function startLoad (site, clients = 8) {
  const answers = {}
  const rounds = new Array(clients).fill(0)
  const waiting = new Set()
  let stopped = false

  // One request: what it brought is counted, and given back.
  async function ask (request) {
    let answer
    try {
      answer = await request()
    } catch (error) {
      answer = { status: error.code ?? error.message }
    }
    answers[answer.status] = (answers[answer.status] ?? 0) + 1
    return answer
  }

  async function round (client, number) {
    const answer = await ask(() => token(site, refreshing(client.client, client.tokens)))
    if (answer.status === 200) client.tokens = answer.json
    await ask(() => rpc(site.mcp, client.tokens.access_token, 'tools/call', { name: 'whoami' }))
    rounds[number]++
    for (const check of waiting) check()
  }

  const connected = []
  for (let i = 0; i < clients; i++) connected.push(await connect(site))
  const running = connected.map(async (client, number) => {
    while (!stopped) await round(client, number)
  })
  return {
    answers,
    more: n => new Promise(resolve => {
      const goal = rounds.map(done => done + n)
      const check = () => {
        if (rounds.some((done, number) => done < goal[number])) return
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
    }),
    stop: () => {
      stopped = true
      return Promise.all(running)
    }
  }
}
