// SPDX-License-Identifier: MIT
// known_clients.mjs - what real programs say of themselves, as recorded in
// public in autumn 2026: by documents that they publish (Client ID Metadata
// Documents), at addresses of ours here, or when they register.

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

/** What others register, and where they want codes sent if anywhere else. */
export const registeringClients = {
  Cursor: {
    metadata: {
      application_type: 'web',
      redirect_uris: ['cursor://anysphere.cursor-mcp/oauth/callback', 'https://www.cursor.com/agents/mcp/oauth/callback', 'http://localhost:8787/callback']
    }
  },
  'VS Code': {
    metadata: { redirect_uris: ['http://127.0.0.1/', 'https://vscode.dev/redirect'] },
    uses: ['http://127.0.0.1:33418', 'http://127.0.0.1:50817/', 'https://vscode.dev/redirect']
  },
  Claude: {
    metadata: { redirect_uris: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'] }
  },
  'Codex CLI': {
    metadata: { redirect_uris: ['http://127.0.0.1:40123/callback'] },
    uses: ['http://127.0.0.1:40123/callback', 'http://127.0.0.1:51234/callback']
  },
  'Gemini CLI': {
    metadata: { redirect_uris: ['http://localhost:7777/oauth/callback'] }
  },
  n8n: {
    metadata: { redirect_uris: ['https://oauth.n8n.cloud/oauth2/callback'] }
  }
}

/** Publish one of the documents on the host, with keys if it signs; its client_id. */
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
