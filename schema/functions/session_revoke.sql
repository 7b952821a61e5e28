-- SPDX-License-Identifier: MIT
--
-- session_revoke - end the session that a presented token names, if it is this
-- client's (RFC 7009 s2.1).  A trigger tells the guards.
-- Outcomes: done, unknown, not_yours and those of client_check.
CREATE OR REPLACE FUNCTION oauth.session_revoke(
  p_client_id text, p_method text, p_client_secret_digest bytea, p_session_id uuid)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v public.mcp_server_sessions;
  v_check text;
BEGIN
  SELECT * INTO v FROM public.mcp_server_sessions s WHERE s.id = p_session_id FOR UPDATE;
  IF p_client_id IS NOT NULL OR v.id IS NOT NULL THEN
    v_check := oauth.client_check(coalesce(p_client_id, v.client_identifier), p_method,
                                  p_client_secret_digest);
    IF v_check <> 'ok' THEN
      RETURN v_check;
    END IF;
  END IF;
  IF v.id IS NULL THEN
    RETURN 'unknown';
  ELSIF v.client_identifier <> p_client_id THEN
    RETURN 'not_yours';
  END IF;
  DELETE FROM public.mcp_server_sessions s WHERE s.id = p_session_id;
  INSERT INTO oauth.audit (event, user_id, client_id, session_id)
  VALUES ('session revoked', v.user_id, v.client_identifier, v.id);
  RETURN 'done';
END
$body$;
COMMENT ON FUNCTION oauth.session_revoke(text, text, bytea, uuid) IS
  'Ends a session for its client (RFC 7009): done, unknown, not_yours.';
