-- SPDX-License-Identifier: MIT
--
-- user_app_revoke - a signed-in person disconnects an application: its
-- sessions end, what they allowed is forgotten, and codes under way are dead.
-- Triggers tell the guards.  Outcomes: revoked, unknown, not_signed_in.
CREATE OR REPLACE FUNCTION oauth.user_app_revoke(
  p_login_digest bytea, p_client_id text, p_remote text)
RETURNS TABLE (outcome text, user_id uuid, sessions bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v record;
BEGIN
  SELECT l.user_id INTO user_id FROM oauth.login_user(p_login_digest, '-infinity') l;
  IF NOT FOUND THEN
    outcome := 'not_signed_in';
    RETURN NEXT;
    RETURN;
  END IF;
  SELECT * INTO v FROM oauth.user_access_end(user_id, p_client_id);
  sessions := v.sessions;
  outcome := CASE WHEN v.sessions + v.consents > 0 THEN 'revoked' ELSE 'unknown' END;
  IF outcome = 'revoked' THEN
    INSERT INTO oauth.audit (event, user_id, client_id, remote)
    VALUES ('application disconnected', user_app_revoke.user_id, p_client_id, p_remote);
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.user_app_revoke(bytea, text, text) IS
  'Disconnects an application from the user of a login cookie: revoked, unknown, not_signed_in.';

-- End what a client may do for a user; p_client_id NULL: what any may.  In the
-- order in which one leads to the next: who uses one of these at this moment is
-- waited for, and then what came of it is seen.
CREATE OR REPLACE FUNCTION oauth.user_access_end(
  p_user_id uuid, p_client_id text, OUT sessions bigint, OUT consents bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  DELETE FROM oauth.consent a
   WHERE a.user_id = p_user_id AND a.client_id = coalesce(p_client_id, a.client_id);
  GET DIAGNOSTICS consents = ROW_COUNT;
  DELETE FROM oauth.authorization_code a
   WHERE a.user_id = p_user_id AND a.client_id = coalesce(p_client_id, a.client_id)
     AND a.spent_at IS NULL;
  DELETE FROM oauth.device_code d
   WHERE d.user_id = p_user_id AND d.client_id = coalesce(p_client_id, d.client_id)
     AND d.spent_at IS NULL;
  DELETE FROM public.mcp_server_sessions s
   WHERE s.user_id = p_user_id
     AND s.client_identifier = coalesce(p_client_id, s.client_identifier);
  GET DIAGNOSTICS sessions = ROW_COUNT;
END
$body$;
COMMENT ON FUNCTION oauth.user_access_end(uuid, text) IS
  'Part of the functions that disconnect: ends sessions, consents and codes of a user with a client, or with all.';
