-- SPDX-License-Identifier: MIT
--
-- 0009_operators.sql - what operators need: an audit that says who, where and
-- with what outcome, and names for everything.
--
--   oauth.audit   details take the place of a sentence; which token, which
--                 request, and what came of it
SET LOCAL lock_timeout = '2s';

ALTER TABLE oauth.audit
  ADD COLUMN jti text,
  ADD COLUMN request_id text,
  ADD COLUMN outcome text NOT NULL DEFAULT 'done',
  ADD COLUMN details jsonb NOT NULL DEFAULT '{}';
UPDATE oauth.audit SET details = jsonb_build_object('text', detail) WHERE detail IS NOT NULL;
ALTER TABLE oauth.audit DROP COLUMN detail;
CREATE INDEX audit_event_idx ON oauth.audit (event, at);
CREATE INDEX audit_session_id_idx ON oauth.audit (session_id);

-- Whoever deletes a user looks for their codes.
CREATE INDEX authorization_code_user_id_idx ON oauth.authorization_code (user_id);

-- Another way of telling the guards takes their place.
DROP TRIGGER IF EXISTS mcp_oauth_session_deleted ON public.mcp_server_sessions;
DROP TRIGGER IF EXISTS mcp_oauth_client_disabled ON oauth.client;
DROP TRIGGER IF EXISTS mcp_oauth_client_deleted ON oauth.client;
DROP FUNCTION IF EXISTS oauth.revoke_deleted_session();
DROP FUNCTION IF EXISTS oauth.revoke_ended_client();

-- It has another argument now.
DROP FUNCTION IF EXISTS oauth.purge(integer);
