// SPDX-License-Identifier: MIT
// What mcp-oauth doctor finds on sites whose web server is set up wrong, and
// that what it says to paste heals them.
// This is about Apache itself.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startBrokenSite } from '../lib/doctor.mjs'

// lines break it, guard stands in place of "Use GuardMCP /mcp"; then the one
// finding. Its fix is pasted at the end of the virtual host, unless it is one for elsewhere.
const ways = {
  good: {},
  'stripped-token': {
    lines: '<Directory ${MCP_OAUTH_LIBEXEC}/cgi-bin>\n  CGIPassAuth Off\n</Directory>',
    code: 'authorization-token',
    text: /CGIPassAuth is missing for the programs/
  },
  'stripped-guard': {
    lines: '<Location "/mcp">\n  CGIPassAuth Off\n</Location>',
    code: 'authorization-guard',
    text: /guard of \/mcp does not see the Authorization header/
  },
  'stripped-proxy': {
    lines: 'ProxyPass / http://127.0.0.1:@good@/\nRequestHeader unset Authorization',
    guard: '',
    code: 'authorization-proxy',
    text: /something in front of them takes it away/,
    elsewhere: /proxy_set_header Authorization/
  },
  unguarded: { guard: '', code: 'unguarded', text: /\/mcp answers status 405 without a token/ },
  'guard-partial': {
    guard: '<LocationMatch "^/mcp$">\n  Use MCPOAuthGuard\n</LocationMatch>\n' +
      '<Location "/mcp/.well-known">\n  ErrorDocument 404 /api/oauth/not-found\n</Location>',
    code: 'guard-partial',
    text: /\/mcp is guarded, but \/mcp\/ is not \(status 405\)/
  },
  'guard-slash': {
    guard: 'Use GuardMCP /mcp/',
    code: 'trailing-slash',
    text: /\/mcp\/ is guarded, but \/mcp is not/
  },
  'challenge-replaced': {
    lines: '<Location "/mcp">\n  ErrorDocument 401 "Sorry"\n</Location>',
    code: 'challenge-replaced',
    text: /without the challenge/
  },
  'methods-refused': {
    lines: '<Location "/mcp">\n  AllowMethods GET POST\n</Location>',
    codes: ['method-refused', 'preflight-refused'],
    text: /DELETE \/mcp is not 401 without a token but status 405/,
    elsewhere: /take out .*AllowMethods/
  },
  'swallowed-alias': {
    lines: 'Alias /.well-known/oauth-protected-resource ${SHARE}',
    codes: ['well-known-swallowed', 'well-known-swallowed'],
    text: /oauth-protected-resource\/mcp is answered by something that is not ours \(status 404/
  },
  'swallowed-proxy': {
    lines: 'ProxyPass /.well-known/oauth-authorization-server http://127.0.0.1:@elsewhere@/',
    code: 'well-known-swallowed',
    text: /oauth-authorization-server is answered by something that is not ours \(status 200, type text\/html\)/
  },
  'swallowed-all': {
    lines: 'ProxyPass / http://127.0.0.1:@elsewhere@/',
    guard: '',
    code: 'not-included',
    text: /health is not ours: status 200, type "text\/html"/,
    elsewhere: /^Include .*\/apache-conf\/mcp-oauth\.conf/
  },
  'not-json-404': {
    lines: '<Location "/.well-known">\n  ErrorDocument 404 default\n</Location>',
    code: 'well-known-not-found',
    text: /oauth-no-such-document answers status 404, type text\/html/
  },
  'slash-added': {
    lines: 'AddOutputFilterByType SUBSTITUTE application/json\nSubstitute "s|\\"issuer\\":\\"([^\\"]*)\\"|\\"issuer\\":\\"$1/\\"|"',
    codes: ['trailing-slash', 'trailing-slash'],
    text: /oauth-authorization-server has a slash at the end of its address/,
    elsewhere: /cgi-bin\/server_metadata/
  },
  'to-https': {
    lines: 'RewriteEngine On\nRewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]',
    code: 'redirect',
    text: /redirected to https:\/\/127\.0\.0\.1:\d+ \(status 301\)/,
    elsewhere: /^OAUTH_BASE_URL=https:\/\/127\.0\.0\.1:\d+\n/
  },
  'post-redirected': {
    lines: 'RewriteEngine On\nRewriteCond %{REQUEST_METHOD} =POST\nRewriteRule ^(.*[^/])$ $1/ [R=301,L]',
    codes: ['redirect', 'method-refused'],
    text: /token is redirected to .*token\/ \(status 301\)/,
    elsewhere: /take out what redirects it/
  },
  'csp-added': {
    lines: 'Header always set Content-Security-Policy "default-src \'self\'; form-action \'self\'"',
    code: 'csp-form-action',
    text: /the button Authorize does nothing/
  },
  'csp-set': {
    lines: 'Header set Content-Security-Policy "default-src \'self\'; form-action \'self\'"',
    code: 'csp-form-action',
    text: /stops their forms: ".*, default-src 'self'; form-action 'self'"/
  },
  'csp-unset': {
    lines: 'Header always unset Content-Security-Policy',
    code: 'csp-replaced',
    text: /other sites may put them into a frame/
  },
  cached: {
    lines: 'Header always set Cache-Control "public, max-age=600"',
    code: 'token-cached',
    text: /Cache-Control is "public, max-age=600" there/
  },
  compressed: {
    lines: 'SetOutputFilter DEFLATE',
    code: 'token-compressed',
    text: /compressed \(gzip\)/
  },
  'error-pages': {
    lines: 'ProxyPass / http://127.0.0.1:@good@/\nProxyErrorOverride On',
    guard: '',
    code: 'error-page-replaced',
    text: /an error page of type "text\/html[^"]*" \(status 40\d\) stands in place of our JSON/
  },
  'body-fcgid': {
    lines: 'FcgidMaxRequestLen 131072',
    code: 'request-too-long',
    text: /fails \(status 500\): FcgidMaxRequestLen/
  },
  'body-limit': {
    lines: 'LimitRequestBody 100000',
    code: 'request-too-long',
    text: /the web server refuses a request of a mebibyte \(status 400\)/
  },
  'line-limit': {
    lines: 'LimitRequestLine 4096',
    code: 'request-line-too-long',
    text: /authorization request of 12288 bytes fails \(status 414\)/
  },
  'token-denied': {
    lines: '<Location "/api/oauth/token">\n  Require all denied\n</Location>',
    code: 'endpoint-missing',
    text: /there is no token endpoint/
  }
}

// Not looked at: what other virtual hosts hand over to.
const others = {
  elsewhere: {
    guard: '',
    lines: 'RewriteEngine On\nRewriteRule ^ ${SHARE}/legacy-paths.conf [END]\n<Directory ${SHARE}>\n  Require all granted\n  ForceType text/html\n</Directory>'
  }
}

let broken
before(async () => {
  broken = await startBrokenSite({ ...others, ...ways }, { modules: 'allowmethods filter deflate substitute' })
})
after(() => broken?.stop())

describe('each way of breaking the web server is found by its cause', () => {
  for (const [name, { code, codes = code ? [code] : [], text, elsewhere }] of Object.entries(ways)) {
    test(name, async () => {
      const { problems } = await broken.look(name)
      assert.deepEqual(problems.map(p => p.code), codes, JSON.stringify(problems, null, 1))
      for (const problem of problems.slice(0, 1)) {
        assert.match(problem.text, text)
        assert.match(problem.fix, elsewhere ?? /^[A-Z<]/)
      }
      if (!elsewhere) await broken.paste(name, problems.map(p => p.fix).join('\n'))
    })
  }
})

test('what was pasted heals them', async () => {
  await broken.restart()
  for (const [name, { elsewhere }] of Object.entries(ways)) {
    if (!elsewhere) assert.deepEqual((await broken.look(name)).problems, [], name)
  }
})
