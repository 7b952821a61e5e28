-- SPDX-License-Identifier: MIT
--
-- sessions_end - part of the functions that revoke: all sessions of a user, or
-- of a client (the other is NULL).  One row tells the guards, not one for each
-- session.  Returns how many there were.
CREATE OR REPLACE FUNCTION oauth.sessions_end(p_user_id uuid, p_client_id text)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_sessions bigint;
BEGIN
  INSERT INTO oauth.revocation (user_id, client_id, not_before, expires_at)
  SELECT p_user_id, p_client_id, clock_timestamp(),
         max(s.access_expires_at) + interval '1 minute'
    FROM public.mcp_server_sessions s
   WHERE (s.user_id = p_user_id OR s.client_identifier = p_client_id)
     AND s.access_expires_at > now()
  HAVING max(s.access_expires_at) IS NOT NULL;
  DELETE FROM public.mcp_server_sessions s
   WHERE s.user_id = p_user_id OR s.client_identifier = p_client_id;
  GET DIAGNOSTICS v_sessions = ROW_COUNT;
  RETURN v_sessions;
END
$body$;
COMMENT ON FUNCTION oauth.sessions_end(uuid, text) IS
  'Part of the functions that revoke: ends all sessions of a user or of a client; how many.';
