// SPDX-License-Identifier: MIT
// identity_provider.mjs - a company's identity provider: oidc-provider on the
// HTTPS host, which also exchanges its ID tokens for ID-JAG assertions
// (RFC 8693, Enterprise-Managed Authorization).
import { randomUUID } from 'node:crypto'
import { SignJWT, createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import Provider, { errors } from 'oidc-provider'

const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
const idJag = 'urn:ietf:params:oauth:token-type:id-jag'
const idToken = 'urn:ietf:params:oauth:token-type:id_token'

// The claims of an assertion (Enterprise-Managed Authorization s4.2).
const assertion = (issuer, person, knownAs, { audience, resource, scope }) => ({
  iss: issuer,
  sub: person.sub,
  email: person.email,
  email_verified: true,
  aud: audience,
  resource,
  scope,
  client_id: knownAs[audience],
  jti: randomUUID()
})

/**
 * Options: client (client_id, client_secret, redirect_uris at the provider),
 * email of the person who signs in there, under whatever name, and knownAs: the
 * client_id of the client at each authorization server it may go to.
 * assertions counts those that were issued.
 */
export async function startIdentityProvider (host, { client, email, knownAs }) {
  const issuer = host.url('')
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const kid = randomUUID()
  const keys = createLocalJWKSet({ keys: [{ ...await exportJWK(publicKey), kid, alg: 'RS256' }] })
  const provider = new Provider(issuer, {
    clients: [{ ...client, grant_types: ['authorization_code', tokenExchange], token_endpoint_auth_method: 'client_secret_post' }],
    jwks: { keys: [{ ...await exportJWK(privateKey), kid, use: 'sig', alg: 'RS256' }] },
    cookies: { keys: [randomUUID()] },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, email, email_verified: true }) }),
    claims: { openid: ['sub'], email: ['email', 'email_verified'] }
  })
  const idp = { issuer, jwksUri: host.url('/jwks'), assertions: 0 }

  provider.registerGrantType(tokenExchange, async ctx => {
    const { params } = ctx.oidc
    if (params.requested_token_type !== idJag || params.subject_token_type !== idToken || !knownAs[params.audience]) {
      throw new errors.InvalidRequest('not a request for an ID-JAG')
    }
    const { payload } = await jwtVerify(params.subject_token, keys, { issuer, audience: ctx.oidc.client.clientId })
      .catch(() => { throw new errors.InvalidGrant('not an ID token of ours') })
    const jag = new SignJWT(assertion(issuer, { sub: payload.sub, email }, knownAs, params))
    idp.assertions++
    ctx.set('Cache-Control', 'no-store')
    ctx.body = {
      issued_token_type: idJag,
      access_token: await jag.setProtectedHeader({ alg: 'RS256', kid, typ: 'oauth-id-jag+jwt' })
        .setIssuedAt().setExpirationTime('5m').sign(privateKey),
      token_type: 'N_A',
      expires_in: 300
    }
  }, ['subject_token', 'subject_token_type', 'requested_token_type', 'audience', 'resource', 'scope'])

  host.otherwise = provider.callback()
  return idp
}
