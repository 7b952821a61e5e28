-- SPDX-License-Identifier: MIT
--
-- 0008_dpop.sql - keys that codes and sessions are bound to (RFC 9449), by
-- their RFC 7638 thumbprints.
SET LOCAL lock_timeout = '5s';

-- Nullable or with one default for all rows there are: none is rewritten.
ALTER TABLE public.mcp_server_sessions
  ADD COLUMN dpop_jkt text CHECK (length(dpop_jkt) = 43),
  ADD COLUMN unbound_generation integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN public.mcp_server_sessions.dpop_jkt IS
  'The key that refreshes must prove (RFC 9449 s5): the one that a public client showed first. NULL: none.';
COMMENT ON COLUMN public.mcp_server_sessions.unbound_generation IS
  'Refresh tokens up to this generation were handed out before the session was bound to dpop_jkt.';
ALTER TABLE oauth.authorization_request
  ADD COLUMN dpop_jkt text CHECK (length(dpop_jkt) = 43);
ALTER TABLE oauth.pushed_request
  ADD COLUMN dpop_jkt text CHECK (length(dpop_jkt) = 43);
ALTER TABLE oauth.authorization_code
  ADD COLUMN dpop_jkt text CHECK (length(dpop_jkt) = 43);
COMMENT ON COLUMN oauth.authorization_request.dpop_jkt IS
  'The key that must be proved where the code is redeemed (RFC 9449 s10).';
COMMENT ON COLUMN oauth.pushed_request.dpop_jkt IS
  'The key that must be proved where the code is redeemed (RFC 9449 s10.1).';
COMMENT ON COLUMN oauth.authorization_code.dpop_jkt IS
  'The key that must be proved where it is redeemed (RFC 9449 s10). NULL: none.';
ALTER TABLE oauth.client
  ADD COLUMN dpop_bound_access_tokens boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN oauth.client.dpop_bound_access_tokens IS
  'It always uses DPoP: without a proof it gets no token (RFC 9449 s5.2).';

-- Arguments or result columns change.
DROP FUNCTION IF EXISTS oauth.authorization_request_create(text, bytea, bytea, text, text, text,
  text, text, text, text, text, integer, text, uuid, integer);
DROP FUNCTION IF EXISTS oauth.pushed_request_create(bytea, text, text, text, text, text, text,
  text, text, integer, text, uuid, integer);
DROP FUNCTION IF EXISTS oauth.session_start(uuid, uuid, text, text, text, text, timestamptz,
  integer, integer, integer, text);
DROP FUNCTION IF EXISTS oauth.code_redeem(text, text, bytea, bytea, text, text, text, uuid, text,
  integer, integer, integer, text);
DROP FUNCTION IF EXISTS oauth.code_refusal(text, text, bytea, bytea, text, text, text);
DROP FUNCTION IF EXISTS oauth.device_redeem(text, text, bytea, bytea, text, uuid, text, integer,
  integer, integer, text);
DROP FUNCTION IF EXISTS oauth.session_rotate(text, text, bytea, uuid, integer, text, text, text,
  text, text, text, integer, integer, integer, integer, text);
DROP FUNCTION IF EXISTS oauth.session_rotate_again(text, text, bytea, uuid, integer, text, text,
  text, text, integer, integer, text);
DROP FUNCTION IF EXISTS oauth.machine_grant(text, text, bytea, text, text, text, uuid, integer,
  text);
DROP FUNCTION IF EXISTS oauth.assertion_grant(text, text, bytea, text, text, text, bytea, integer,
  text, text, uuid, integer, text);
DROP FUNCTION IF EXISTS oauth.client_register(text, text, bytea, text, text, text, text, text,
  text, text, text, text, text, text, text, text, text, text, text, integer, bytea, text, text,
  text);
DROP FUNCTION IF EXISTS oauth.client_document_put(text, text, text, text, text, text, text,
  text, text, text, text, text, text, text, integer);
DROP FUNCTION IF EXISTS oauth.client_configuration_get(text, bytea);
DROP FUNCTION IF EXISTS oauth.client_configuration_put(text, bytea, bytea, text, bytea, text, text,
  text, text, text, text, text, text, text, text, text, text, text, text);
