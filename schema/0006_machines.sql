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
  ADD COLUMN post_logout_redirect_uris text[],
  ADD COLUMN resources text[],
  ADD COLUMN introspects text[];
COMMENT ON COLUMN oauth.client.post_logout_redirect_uris IS
  'Where the browser may go after signing out (OpenID Connect RP-Initiated Logout).';
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

-- Those that are purged when nobody wants them: clients that registered
-- themselves, and those that publish their metadata.
DROP INDEX oauth.client_unused_idx;
CREATE INDEX client_unused_idx ON oauth.client (created_at)
  WHERE registration IN ('dynamic', 'metadata') AND consented_at IS NULL;
DROP INDEX oauth.client_retired_idx;
CREATE INDEX client_retired_idx ON oauth.client (coalesce(last_used_at, consented_at))
  WHERE registration IN ('dynamic', 'metadata') AND consented_at IS NOT NULL;

-- Introspection looks revocations up one by one.
CREATE INDEX revocation_session_id_idx ON oauth.revocation (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX revocation_user_id_idx ON oauth.revocation (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX revocation_client_id_idx ON oauth.revocation (client_id) WHERE client_id IS NOT NULL;
CREATE INDEX revocation_jti_idx ON oauth.revocation (jti) WHERE jti IS NOT NULL;
CREATE INDEX revocation_everything_idx ON oauth.revocation (not_before) WHERE everything;
