-- SPDX-License-Identifier: MIT
--
-- revoke - ending sessions by hand: those of a user, of a client, one, one
-- access token, all.  For psql and for the command; each says how many sessions
-- ended and leaves a row in the audit.  Triggers tell the guards, which refuse
-- the access tokens within two seconds of the commit.
--
-- What is under way goes too: codes that were not redeemed yet, and, with a
-- user, the browsers that are signed in.  Nobody is kept from signing in anew:
-- user_disable and client_disable do that.

-- Outcomes: done, unknown.
CREATE OR REPLACE FUNCTION oauth.revoke_user(p_email text)
RETURNS TABLE (outcome text, sessions bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_user_id uuid := oauth.user_id_of(p_email);
BEGIN
  sessions := 0;
  IF v_user_id IS NULL THEN
    outcome := 'unknown';
    RETURN NEXT;
    RETURN;
  END IF;
  PERFORM oauth.login_end_all(v_user_id, NULL);
  DELETE FROM oauth.authorization_code a WHERE a.user_id = v_user_id AND a.spent_at IS NULL;
  DELETE FROM oauth.device_code d WHERE d.user_id = v_user_id AND d.spent_at IS NULL;
  sessions := oauth.sessions_end(v_user_id, NULL);
  PERFORM oauth.audit_act('user revoked', v_user_id, NULL, NULL,
                          jsonb_build_object('sessions', sessions));
  outcome := 'done';
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.revoke_user(text) IS
  'Ends all sessions of a user, by email, and signs their browsers out: done, unknown; how many sessions.';

-- Outcomes: done, unknown.
CREATE OR REPLACE FUNCTION oauth.revoke_client(p_client_id text)
RETURNS TABLE (outcome text, sessions bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  sessions := 0;
  IF NOT EXISTS (SELECT FROM oauth.client c WHERE c.client_id = p_client_id) THEN
    outcome := 'unknown';
    RETURN NEXT;
    RETURN;
  END IF;
  DELETE FROM oauth.authorization_code a WHERE a.client_id = p_client_id AND a.spent_at IS NULL;
  DELETE FROM oauth.device_code d WHERE d.client_id = p_client_id AND d.spent_at IS NULL;
  sessions := oauth.sessions_end(NULL, p_client_id);
  PERFORM oauth.audit_act('client revoked', NULL, p_client_id, NULL,
                          jsonb_build_object('sessions', sessions));
  outcome := 'done';
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.revoke_client(text) IS
  'Ends all sessions of a client: done, unknown; how many sessions.';

-- Outcomes: done, unknown.
CREATE OR REPLACE FUNCTION oauth.revoke_session(p_session_id uuid)
RETURNS TABLE (outcome text, sessions bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v public.mcp_server_sessions;
BEGIN
  DELETE FROM public.mcp_server_sessions s WHERE s.id = p_session_id RETURNING * INTO v;
  outcome := CASE WHEN v.id IS NULL THEN 'unknown' ELSE 'done' END;
  sessions := CASE WHEN v.id IS NULL THEN 0 ELSE 1 END;
  IF v.id IS NOT NULL THEN
    PERFORM oauth.audit_act('session revoked', v.user_id, v.client_identifier, v.id, '{}');
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.revoke_session(uuid) IS
  'Ends a session, by the id that oauth.live_sessions shows: done, unknown; how many sessions.';

-- One access token, by its jti, until p_expires_at, when it expires anyway
-- (NULL: until no access token of today lives).  Its session goes on.
-- Outcomes: done, expired.
CREATE OR REPLACE FUNCTION oauth.revoke_token(
  p_jti text, p_expires_at timestamptz DEFAULT NULL)
RETURNS TABLE (outcome text, sessions bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_expires_at CONSTANT timestamptz :=
    least(p_expires_at, oauth.access_tokens_end()) + interval '1 minute';
BEGIN
  sessions := 0;
  outcome := CASE WHEN v_expires_at > now() THEN 'done' ELSE 'expired' END;
  IF outcome = 'done' THEN
    INSERT INTO oauth.revocation (jti, not_before, expires_at)
    VALUES (p_jti, v_expires_at, v_expires_at);
    PERFORM oauth.audit_act('token revoked', NULL, NULL, NULL,
                            jsonb_build_object('until', v_expires_at), p_jti);
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.revoke_token(text, timestamptz) IS
  'Has one access token refused, by its jti, until it expires: done, expired. Its session goes on.';

-- Everything, for when nobody knows what was stolen: all sessions, all access
-- tokens issued until now, all codes, all browsers that are signed in.
-- Outcome: done.
CREATE OR REPLACE FUNCTION oauth.revoke_everything()
RETURNS TABLE (outcome text, sessions bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  -- Those that start or refresh a session wait until this has ended.
  LOCK TABLE public.mcp_server_sessions IN SHARE ROW EXCLUSIVE MODE;
  INSERT INTO oauth.revocation (everything, not_before, expires_at)
  VALUES (true, clock_timestamp(),
          greatest(oauth.access_tokens_end(), now()) + interval '1 minute');
  DELETE FROM oauth.half_login; -- first: they become logins
  DELETE FROM oauth.login;
  DELETE FROM oauth.authorization_code a WHERE a.spent_at IS NULL;
  DELETE FROM oauth.device_code d WHERE d.spent_at IS NULL;
  DELETE FROM public.mcp_server_sessions;
  GET DIAGNOSTICS sessions = ROW_COUNT;
  PERFORM oauth.audit_act('everything revoked', NULL, NULL, NULL,
                          jsonb_build_object('sessions', sessions));
  outcome := 'done';
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.revoke_everything() IS
  'Ends all sessions of everybody and signs all browsers out: done; how many sessions.';

-- When the last access token that still counts expires: those of sessions that
-- ended earlier are refused one by one.
CREATE OR REPLACE FUNCTION oauth.access_tokens_end()
RETURNS timestamptz LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN (SELECT max(s.access_expires_at) FROM public.mcp_server_sessions s);
END
$body$;
COMMENT ON FUNCTION oauth.access_tokens_end() IS
  'When the last access token of a session that goes on expires; NULL without any.';
