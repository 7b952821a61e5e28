// SPDX-License-Identifier: MIT
// guide.mjs - what sites that followed the guide have in their databases.

/** The table of sessions, once public.users is there. */
export const guideSessions = `
CREATE TABLE public.mcp_server_sessions (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id UUID REFERENCES public.users(id) ON DELETE CASCADE,
  client_identifier TEXT NOT NULL,
  refresh_token_hash TEXT NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  created_at TIMESTAMPTZ DEFAULT NOW()
);`
