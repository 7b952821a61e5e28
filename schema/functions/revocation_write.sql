-- SPDX-License-Identifier: MIT
--
-- revocation_write - triggers that tell the guards of what ends: however a
-- session, user or client goes, by a function here or by hand.

-- A session is gone: its access tokens are dead while one may live, and its
-- client was in use until now, which client_retire wants to know to a day.
CREATE OR REPLACE FUNCTION oauth.revoke_deleted_session()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF OLD.access_expires_at > now() THEN
    INSERT INTO oauth.revocation (session_id, expires_at)
    VALUES (OLD.id, OLD.access_expires_at + interval '1 minute');
  END IF;
  -- Whoever holds the client's row is doing the same, or deletes it.
  UPDATE oauth.client c SET last_used_at = now() WHERE c.client_id IN (
    SELECT u.client_id FROM oauth.client u
     WHERE u.client_id = OLD.client_identifier AND u.registration = 'dynamic'
       AND (u.last_used_at IS NULL OR u.last_used_at < now() - interval '1 day')
       FOR NO KEY UPDATE SKIP LOCKED);
  RETURN NULL;
END
$body$;
COMMENT ON FUNCTION oauth.revoke_deleted_session() IS
  'Trigger: a deleted session''s access tokens are refused, and its client counts as used.';
DROP TRIGGER IF EXISTS mcp_oauth_session_deleted ON public.mcp_server_sessions;
CREATE TRIGGER mcp_oauth_session_deleted AFTER DELETE ON public.mcp_server_sessions
  FOR EACH ROW EXECUTE FUNCTION oauth.revoke_deleted_session();

-- All sessions are gone at once.
CREATE OR REPLACE FUNCTION oauth.revoke_truncated_sessions()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  INSERT INTO oauth.revocation (everything, expires_at) VALUES (true, now() + interval '7 days');
  UPDATE oauth.client c SET last_used_at = now() WHERE c.registration = 'dynamic';
  RETURN NULL;
END
$body$;
COMMENT ON FUNCTION oauth.revoke_truncated_sessions() IS
  'Trigger: with all sessions truncated, all access tokens are refused, and their clients count as used.';
DROP TRIGGER IF EXISTS mcp_oauth_sessions_truncated ON public.mcp_server_sessions;
CREATE TRIGGER mcp_oauth_sessions_truncated AFTER TRUNCATE ON public.mcp_server_sessions
  FOR EACH STATEMENT EXECUTE FUNCTION oauth.revoke_truncated_sessions();

-- A user is disabled.  (A deleted one takes the sessions along.)
CREATE OR REPLACE FUNCTION oauth.revoke_disabled_user()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  INSERT INTO oauth.revocation (user_id, expires_at)
  SELECT NEW.id, greatest(max(s.access_expires_at), now()) + interval '1 minute'
    FROM public.mcp_server_sessions s WHERE s.user_id = NEW.id;
  DELETE FROM oauth.login l WHERE l.user_id = NEW.id;
  RETURN NULL;
END
$body$;
COMMENT ON FUNCTION oauth.revoke_disabled_user() IS
  'Trigger: a disabled user is signed out and their access tokens are refused.';
DROP TRIGGER IF EXISTS mcp_oauth_user_disabled ON public.users;
CREATE TRIGGER mcp_oauth_user_disabled AFTER UPDATE OF disabled_at ON public.users
  FOR EACH ROW WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL)
  EXECUTE FUNCTION oauth.revoke_disabled_user();

-- A client is disabled or deleted.  A deleted one takes its sessions along, or
-- they would live on under the next client of that name.
CREATE OR REPLACE FUNCTION oauth.revoke_ended_client()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  INSERT INTO oauth.revocation (client_id, expires_at)
  SELECT OLD.client_id, max(s.access_expires_at) + interval '1 minute'
    FROM public.mcp_server_sessions s
   WHERE s.client_identifier = OLD.client_id AND s.access_expires_at > now()
  HAVING max(s.access_expires_at) IS NOT NULL;
  IF TG_OP = 'DELETE' THEN
    DELETE FROM public.mcp_server_sessions s WHERE s.client_identifier = OLD.client_id;
  END IF;
  RETURN NULL;
END
$body$;
COMMENT ON FUNCTION oauth.revoke_ended_client() IS
  'Trigger: the access tokens of a disabled or deleted client are refused, sessions of a deleted one end.';
DROP TRIGGER IF EXISTS mcp_oauth_client_disabled ON oauth.client;
CREATE TRIGGER mcp_oauth_client_disabled AFTER UPDATE OF disabled_at ON oauth.client
  FOR EACH ROW WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL)
  EXECUTE FUNCTION oauth.revoke_ended_client();
DROP TRIGGER IF EXISTS mcp_oauth_client_deleted ON oauth.client;
CREATE TRIGGER mcp_oauth_client_deleted AFTER DELETE ON oauth.client
  FOR EACH ROW EXECUTE FUNCTION oauth.revoke_ended_client();
