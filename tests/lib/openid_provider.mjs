// SPDX-License-Identifier: MIT
// openid_provider.mjs - a company's OpenID Connect provider on loopback: it
// asks for a name and a password and, knowing its one client well, for nothing
// else.
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'

const form = uid => `<!DOCTYPE html><title>Company sign-in</title>
<form method="post" action="/interaction/${uid}">
<label>Name <input name="name"></label>
<label>Password <input name="password" type="password"></label>
<button>Enter</button></form>`

async function bodyOf (rq) {
  const parts = []
  for await (const part of rq) parts.push(part)
  return new URLSearchParams(Buffer.concat(parts).toString())
}

/**
 * people: {name: {email, groups}}, each with "password of NAME". client:
 * metadata of its client. Gives {issuer, metadataUrl, signIns, register, stop}.
 */
export async function startProvider ({ people }) {
  const server = createServer()
  await new Promise((resolve, reject) => {
    server.on('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const issuer = `http://127.0.0.1:${server.address().port}`
  const here = { issuer, metadataUrl: `${issuer}/.well-known/openid-configuration`, signIns: [] }

  here.register = client => {
    const provider = new Provider(issuer, {
      clients: [client],
      scopes: ['openid', 'email', 'groups'],
      claims: { openid: ['sub'], email: ['email'], groups: ['groups'] },
      cookies: { keys: ['a key of the test'] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (ctx, name) => ({ accountId: name, claims: () => ({ sub: name, ...people[name] }) }),
      loadExistingGrant: async ctx => {
        const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId })
        grant.addOIDCScope('openid email groups')
        await grant.save()
        return grant
      }
    })
    const answer = provider.callback()
    server.on('request', async (rq, rs) => {
      const uid = /^\/interaction\/([\w-]+)$/.exec(rq.url)?.[1]
      if (!uid) return answer(rq, rs)
      const fields = rq.method === 'POST' ? await bodyOf(rq) : new URLSearchParams()
      const name = fields.get('name')
      if (!people[name] || fields.get('password') !== `password of ${name}`) {
        return rs.writeHead(200, { 'Content-Type': 'text/html' }).end(form(uid))
      }
      here.signIns.push(name)
      await provider.interactionFinished(rq, rs, { login: { accountId: name } })
    })
  }
  here.stop = async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  return here
}
