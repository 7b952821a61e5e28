-- SPDX-License-Identifier: MIT
--
-- 0009_operators.sql - what operators need: an audit that says who, where and
-- with what outcome, and names for everything.
--
--   oauth.audit   details take the place of a sentence; which token, which
--                 request, and what came of it
SET LOCAL lock_timeout = '500ms';

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

-- ---- names for everything: \d+ tells what a DBA asks -----------------------

COMMENT ON SCHEMA oauth IS
  'The authorization server: tables, views to look at (live_sessions, connected_apps, stale_clients, replayed_tokens, login_failures) and functions to act with (revoke_user, revoke_client, ...).';

COMMENT ON TABLE public.users IS
  'Who may sign in; the site may keep columns of its own here. UPDATE disabled_at, or DELETE, and guards refuse within seconds.';
COMMENT ON COLUMN public.users.email IS 'What a user signs in with, unique whatever its case.';
COMMENT ON COLUMN public.mcp_server_sessions.client_identifier IS
  'The client_id: of oauth.client.';
COMMENT ON COLUMN public.mcp_server_sessions.rotated_at IS
  'When the live refresh token took the place of the previous one.';
COMMENT ON COLUMN public.mcp_server_sessions.rotated_from IS
  'The address that the last tokens were issued to.';
COMMENT ON COLUMN public.mcp_server_sessions.scope IS
  'What was granted; NULL, like resource, in a row from before adoption that has not refreshed yet.';
COMMENT ON COLUMN public.mcp_server_sessions.resource IS
  'The MCP server that its access tokens are for.';
COMMENT ON COLUMN public.mcp_server_sessions.last_used_at IS
  'When its youngest access token was issued.';
COMMENT ON COLUMN public.mcp_server_sessions.auth_at IS
  'When the user had signed in for it.';

COMMENT ON COLUMN oauth.migration.number IS
  'Of the file; 0 stands for functions, views and grants together.';
COMMENT ON COLUMN oauth.migration.sha256 IS 'Of the file as it was applied.';

COMMENT ON COLUMN oauth.client.client_id IS
  'A name of ours, or the URL of its metadata document.';
COMMENT ON COLUMN oauth.client.client_secret_digest IS
  'SHA-256 of the secret; NULL for a client without.';
COMMENT ON COLUMN oauth.client.scope IS
  'What it may ask for; NULL: whatever there is.';
COMMENT ON COLUMN oauth.client.disabled_at IS
  'Set: unknown to every endpoint, sessions refresh no more, guards refuse within seconds.';
COMMENT ON COLUMN oauth.client.document_fresh_until IS
  'Until then the metadata document is not fetched anew.';

COMMENT ON COLUMN oauth.authorization_request.request_id IS
  'What the pages'' forms carry; of no use without the browser''s cookie.';
COMMENT ON COLUMN oauth.authorization_request.browser_digest IS
  'SHA-256 of the cookie of the browser that started it.';
COMMENT ON COLUMN oauth.authorization_request.decided_at IS
  'When the person answered; once.';
COMMENT ON COLUMN oauth.authorization_request.user_id IS 'Who granted it.';
COMMENT ON COLUMN oauth.authorization_code.session_id IS
  'The session that it started; NULL when a wrong verifier burnt it.';
COMMENT ON COLUMN oauth.authorization_code.auth_at IS 'When the user had signed in.';
COMMENT ON COLUMN oauth.device_code.device_code_digest IS 'SHA-256 of what the device polls with.';
COMMENT ON COLUMN oauth.device_code.user_code_digest IS
  'HMAC of what the person types, which is too short for a plain digest.';
COMMENT ON COLUMN oauth.device_code.polled_at IS 'When the device asked last.';
COMMENT ON COLUMN oauth.device_code.user_id IS 'Who granted it.';
COMMENT ON COLUMN oauth.device_code.auth_at IS 'When that user had signed in.';

COMMENT ON COLUMN oauth.consent.scope IS 'What the last answer allowed.';
COMMENT ON COLUMN oauth.login.login_digest IS 'SHA-256 of the cookie.';
COMMENT ON COLUMN oauth.login.auth_at IS 'When the password was last given.';
COMMENT ON COLUMN oauth.login.remote IS 'The address that it was given from.';
COMMENT ON COLUMN oauth.identity.source IS
  'Where somebody is known by name: an issuer, or the web server.';
COMMENT ON COLUMN oauth.identity.name IS 'The subject at that issuer, or REMOTE_USER.';
COMMENT ON COLUMN oauth.attempt.window_started_at IS
  'When count began; it begins anew with the first attempt after the window.';
COMMENT ON COLUMN oauth.issuer_keys.tried_at IS
  'When jwks_uri was last asked; once in five minutes at most.';

COMMENT ON COLUMN oauth.revocation.txid IS
  'The transaction that wrote it: guards read on from the oldest one that was under way.';
COMMENT ON COLUMN oauth.revocation.everything IS 'All access tokens issued up to not_before.';
COMMENT ON COLUMN oauth.revocation.not_before IS
  'Access tokens issued until then are refused, later ones are good.';
COMMENT ON COLUMN oauth.revocation.expires_at IS
  'When none of them lives and the row may go.';

COMMENT ON TABLE oauth.audit IS
  'What happened: sign-ins, consents, starts and ends of sessions, replays, what operators did. Partitions by month (UTC), made by oauth.purge(); nobody but the owner can change or remove a row.';
COMMENT ON TABLE oauth.audit_default IS
  'Audit rows of months whose partition was not made in time.';
COMMENT ON COLUMN oauth.audit.event IS 'One of a fixed set of phrases, such as ''sign-in''.';
COMMENT ON COLUMN oauth.audit.user_id IS 'Whom it is about; stays when the user is deleted.';
COMMENT ON COLUMN oauth.audit.client_id IS 'Which client it is about.';
COMMENT ON COLUMN oauth.audit.session_id IS 'Which session it is about.';
COMMENT ON COLUMN oauth.audit.jti IS 'Which access token it is about.';
COMMENT ON COLUMN oauth.audit.remote IS 'The address that the request came from.';
COMMENT ON COLUMN oauth.audit.request_id IS 'The request''s, as in the logs.';
COMMENT ON COLUMN oauth.audit.outcome IS
  'done; refused; session ended: it was taken for an attack.';
COMMENT ON COLUMN oauth.audit.details IS
  'More of it, never a secret; by: the database login of an operator who did it.';

DO $body$
DECLARE
  v_partition record;
BEGIN
  FOR v_partition IN
    SELECT c.oid::regclass AS name, to_date(substr(c.relname, 7), 'YYYY_MM') AS month
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'oauth.audit'::regclass AND c.relname ~ '^audit_\d{4}_\d{2}$'
  LOOP
    EXECUTE format('COMMENT ON TABLE %s IS %L', v_partition.name,
      'The audit of ' || to_char(v_partition.month, 'YYYY-MM') || ', UTC.');
  END LOOP;
END
$body$;
