-- SPDX-License-Identifier: MIT
--
-- revocation_write - triggers that tell the guards of what ends: however a
-- session, user or client goes, by a function here or by hand.
--
-- A revocation must reach the youngest access token, also one that was issued
-- while the revoking transaction was under way.  A session's tokens all die, so
-- not_before is when the last of them expires; a user or a client may come
-- back, so not_before is the moment of the commit (deferred triggers).

-- Sessions are gone: their access tokens are dead while one may live, and their
-- clients were in use until now, which client_retire wants to know to a day.
-- A session whose tokens a row for its user, client or everything covers adds
-- none: guards have less to remember when a million end at once.
CREATE OR REPLACE FUNCTION oauth.revoke_deleted_sessions()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  INSERT INTO oauth.revocation (session_id, not_before, expires_at)
  SELECT e.id, e.access_expires_at, e.access_expires_at + interval '1 minute'
    FROM ended e
   WHERE e.access_expires_at > now()
     AND NOT EXISTS (SELECT FROM oauth.revocation r
                      WHERE (r.user_id = e.user_id OR r.client_id = e.client_identifier
                             OR r.everything)
                        AND r.not_before >= e.last_used_at
                        AND r.expires_at >= e.access_expires_at);
  -- Whoever holds the client's row is doing the same, or deletes it.
  UPDATE oauth.client c SET last_used_at = now() WHERE c.client_id IN (
    SELECT u.client_id FROM oauth.client u
     WHERE u.client_id IN (SELECT e.client_identifier FROM ended e)
       AND (u.last_used_at IS NULL OR u.last_used_at < now() - interval '1 day')
       FOR NO KEY UPDATE SKIP LOCKED);
  RETURN NULL;
END
$body$;
COMMENT ON FUNCTION oauth.revoke_deleted_sessions() IS
  'Trigger: the access tokens of deleted sessions are refused, and their clients count as used.';
DROP TRIGGER IF EXISTS mcp_oauth_sessions_deleted ON public.mcp_server_sessions;
CREATE TRIGGER mcp_oauth_sessions_deleted AFTER DELETE ON public.mcp_server_sessions
  REFERENCING OLD TABLE AS ended
  FOR EACH STATEMENT EXECUTE FUNCTION oauth.revoke_deleted_sessions();

-- All sessions are gone at once, and with them the knowledge of when their
-- access tokens expire: in ten years, the longest ACCESS_TOKEN_EXPIRES, all have.
CREATE OR REPLACE FUNCTION oauth.revoke_truncated_sessions()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  INSERT INTO oauth.revocation (everything, not_before, expires_at)
  VALUES (true, clock_timestamp(), now() + interval '10 years');
  UPDATE oauth.client c SET last_used_at = now();
  RETURN NULL;
END
$body$;
COMMENT ON FUNCTION oauth.revoke_truncated_sessions() IS
  'Trigger: with all sessions truncated, all access tokens are refused, and their clients count as used.';
DROP TRIGGER IF EXISTS mcp_oauth_sessions_truncated ON public.mcp_server_sessions;
CREATE TRIGGER mcp_oauth_sessions_truncated AFTER TRUNCATE ON public.mcp_server_sessions
  FOR EACH STATEMENT EXECUTE FUNCTION oauth.revoke_truncated_sessions();

-- When those access tokens are gone for sure, of which p_last is known to expire
-- last: a refresh that is not committed yet is not seen, and its token lives from
-- now on at most as long as those before it did.
CREATE OR REPLACE FUNCTION oauth.access_tokens_gone(p_last timestamptz, p_lifetime interval)
RETURNS timestamptz LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN greatest(p_last, now() + p_lifetime, now()) + interval '1 minute';
END
$body$;
COMMENT ON FUNCTION oauth.access_tokens_gone(timestamptz, interval) IS
  'Part of the triggers that revoke: until when the tokens of a user or a client have to be refused.';

-- A user is disabled.  (A deleted one takes the sessions along.)
CREATE OR REPLACE FUNCTION oauth.revoke_disabled_user()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  INSERT INTO oauth.revocation (user_id, not_before, expires_at)
  SELECT NEW.id, clock_timestamp() + interval '1 second',
         oauth.access_tokens_gone(max(s.access_expires_at),
           max(s.access_expires_at - s.last_used_at))
    FROM public.mcp_server_sessions s WHERE s.user_id = NEW.id;
  PERFORM oauth.login_end_all(NEW.id, NULL);
  RETURN NULL;
END
$body$;
COMMENT ON FUNCTION oauth.revoke_disabled_user() IS
  'Trigger: a disabled user is signed out and their access tokens are refused.';
DROP TRIGGER IF EXISTS mcp_oauth_user_disabled ON public.users;
CREATE CONSTRAINT TRIGGER mcp_oauth_user_disabled AFTER UPDATE OF disabled_at ON public.users
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL)
  EXECUTE FUNCTION oauth.revoke_disabled_user();

-- A client is disabled.
CREATE OR REPLACE FUNCTION oauth.revoke_disabled_client()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  INSERT INTO oauth.revocation (client_id, not_before, expires_at)
  SELECT NEW.client_id, clock_timestamp() + interval '1 second',
         oauth.access_tokens_gone(max(s.access_expires_at),
           max(s.access_expires_at - s.last_used_at))
    FROM public.mcp_server_sessions s WHERE s.client_identifier = NEW.client_id;
  RETURN NULL;
END
$body$;
COMMENT ON FUNCTION oauth.revoke_disabled_client() IS
  'Trigger: the access tokens of a disabled client are refused.';
DROP TRIGGER IF EXISTS mcp_oauth_client_disabled ON oauth.client;
CREATE CONSTRAINT TRIGGER mcp_oauth_client_disabled AFTER UPDATE OF disabled_at ON oauth.client
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL)
  EXECUTE FUNCTION oauth.revoke_disabled_client();

-- A client is deleted: its sessions go along, or they would live on under the
-- next client of that name.
CREATE OR REPLACE FUNCTION oauth.revoke_deleted_client()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  PERFORM oauth.sessions_end(NULL, OLD.client_id);
  RETURN NULL;
END
$body$;
COMMENT ON FUNCTION oauth.revoke_deleted_client() IS
  'Trigger: the sessions of a deleted client end and their access tokens are refused.';
DROP TRIGGER IF EXISTS mcp_oauth_client_deleted ON oauth.client;
CREATE TRIGGER mcp_oauth_client_deleted AFTER DELETE ON oauth.client
  FOR EACH ROW EXECUTE FUNCTION oauth.revoke_deleted_client();
