-- SPDX-License-Identifier: MIT
--
-- 0006_machines.sql - sessions that begin without a browser: clients that act
-- for themselves, and people an identity provider vouches for.
--
--   public.mcp_server_sessions  user_id is NULL in a machine's session
--   oauth.client                which resources a client is bound to, and which
--                               resources' tokens it may introspect
--   oauth.issuer_keys           public keys of trusted identity providers
SET LOCAL lock_timeout = '5s';

ALTER TABLE public.mcp_server_sessions ALTER COLUMN user_id DROP NOT NULL;
COMMENT ON COLUMN public.mcp_server_sessions.user_id IS
  'Whose session it is; NULL when the client acts for itself (client_credentials).';

ALTER TABLE oauth.client
  ADD COLUMN resources text[],
  ADD COLUMN introspects text[];
COMMENT ON COLUMN oauth.client.resources IS
  'The resources it may have tokens for by itself (client_credentials); NULL: any.';
COMMENT ON COLUMN oauth.client.introspects IS
  'The resources whose access tokens it may introspect (RFC 7662).';

CREATE TABLE oauth.issuer_keys (
  issuer text PRIMARY KEY,
  jwks_uri text NOT NULL,
  jwks jsonb,
  tried_at timestamptz
);
COMMENT ON TABLE oauth.issuer_keys IS
  'Public keys of the identity providers that ID_JAG_ISSUER names, as last fetched.';
