// SPDX-License-Identifier: MIT
// published_clients.mjs - what real programs publish about themselves (Client
// ID Metadata Documents), as recorded in public in autumn 2026, at addresses of
// ours.

/** Their documents but for client_id and jwks_uri, and where they want codes sent. */
export const publishedClients = {
  Claude: {
    document: {
      client_name: 'Claude',
      client_uri: 'https://claude.ai',
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none'
    },
    uses: ['https://claude.ai/api/mcp/auth_callback']
  },
  'Claude Code': {
    document: {
      client_name: 'Claude Code',
      client_uri: 'https://claude.ai',
      redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none'
    },
    uses: ['http://localhost:53123/callback', 'http://127.0.0.1:53123/callback']
  },
  ChatGPT: {
    signs: true,
    document: {
      client_name: 'ChatGPT',
      client_uri: 'https://chatgpt.com/',
      logo_uri: 'https://persistent.oaistatic.com/sonic/misc/openai-logo.png',
      redirect_uris: ['https://chatgpt.com/connector/oauth/mcp'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
      token_endpoint_auth_signing_alg: 'RS256'
    },
    uses: ['https://chatgpt.com/connector/oauth/mcp']
  },
  'VS Code': {
    document: {
      client_name: 'Visual Studio Code',
      client_uri: 'https://vscode.dev/product',
      logo_uri: 'https://code.visualstudio.com/assets/branding/code-stable.png',
      redirect_uris: ['http://127.0.0.1:33418/', 'https://vscode.dev/redirect'],
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native'
    },
    uses: ['http://127.0.0.1:33418/', 'http://127.0.0.1:33418', 'http://127.0.0.1:50817/', 'https://vscode.dev/redirect']
  },
  opencode: {
    document: {
      client_name: 'opencode',
      client_uri: 'https://opencode.ai',
      logo_uri: 'https://opencode.ai/web-app-manifest-512x512.png',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      token_endpoint_auth_methods_supported: ['none']
    },
    uses: ['http://127.0.0.1:19876/callback', 'http://localhost:19876/callback']
  },
  Grok: {
    document: {
      client_name: 'Grok',
      client_uri: 'https://grok.com',
      logo_uri: 'https://grok.com/icon-512x512.png',
      redirect_uris: ['https://grok.com/connectors-oauth-exchange-code/', 'https://console.x.ai/connectors-oauth-exchange-code/'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none'
    },
    uses: ['https://grok.com/connectors-oauth-exchange-code/']
  }
}

/** Publish one of them on the host, with keys if it signs; its client_id. */
export function publishClient (host, name, keys = { keys: [] }) {
  const path = `/${encodeURIComponent(name)}/client.json`
  const { document, signs } = publishedClients[name]
  const jwksPath = path.replace('client.json', 'jwks.json')
  host.answers.set(path, {
    client_id: host.url(path),
    ...document,
    ...(signs && { jwks_uri: host.url(jwksPath) })
  })
  if (signs) host.answers.set(jwksPath, keys)
  return host.url(path)
}
