-- SPDX-License-Identifier: MIT
--
-- access_token_state - what became of an access token whose signature and times
-- are good: alive; revoked; no_session; client_disabled; user_disabled.
CREATE OR REPLACE FUNCTION oauth.access_token_state(
  p_session_id uuid, p_client_id text, p_jti text, p_issued_s bigint)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  s public.mcp_server_sessions;
BEGIN
  SELECT * INTO s FROM public.mcp_server_sessions x
   WHERE x.id = p_session_id AND x.client_identifier = p_client_id;
  IF NOT FOUND THEN
    RETURN 'no_session';
  END IF;
  IF EXISTS (SELECT FROM oauth.client c WHERE c.client_id = p_client_id AND c.disabled_at IS NOT NULL) THEN
    RETURN 'client_disabled';
  END IF;
  IF EXISTS (SELECT FROM public.users u WHERE u.id = s.user_id AND u.disabled_at IS NOT NULL) THEN
    RETURN 'user_disabled';
  END IF;
  RETURN CASE WHEN oauth.token_alive(s, p_client_id, p_jti, p_issued_s) THEN 'alive' ELSE 'revoked' END;
END
$body$;
COMMENT ON FUNCTION oauth.access_token_state(uuid, text, text, bigint) IS
  'What became of an access token: alive, revoked, no_session, client_disabled, user_disabled.';

-- refresh_token_state - what became of a refresh token, by its session and the
-- spellings in which its SHA-256 may be stored; one that was issued before adoption
-- names no session (NULL).  current; rotated: used, a repeat within the grace gets its
-- successor again; retired: a replay, which would end the session; expired;
-- no_session; client_disabled; user_disabled.  Changes nothing.
CREATE OR REPLACE FUNCTION oauth.refresh_token_state(
  p_session_id uuid, p_hex text, p_base64 text, p_base64url text)
RETURNS TABLE (state text, session_id uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  v_hashes CONSTANT text[] := ARRAY[p_hex, upper(p_hex), p_base64, rtrim(p_base64, '='), p_base64url];
  s public.mcp_server_sessions;
BEGIN
  session_id := coalesce(p_session_id,
    (SELECT f.session_id FROM oauth.session_find_legacy(p_hex, p_base64, p_base64url) f));
  SELECT * INTO s FROM public.mcp_server_sessions x WHERE x.id = refresh_token_state.session_id;
  state := CASE
    WHEN s.id IS NULL THEN 'no_session'
    WHEN EXISTS (SELECT FROM oauth.client c
                  WHERE c.client_id = s.client_identifier AND c.disabled_at IS NOT NULL) THEN 'client_disabled'
    WHEN EXISTS (SELECT FROM public.users u
                  WHERE u.id = s.user_id AND u.disabled_at IS NOT NULL) THEN 'user_disabled'
    WHEN s.expires_at <= now() THEN 'expired'
    WHEN s.refresh_token_hash = ANY (v_hashes) THEN 'current'
    WHEN s.previous_token_hash = ANY (v_hashes) THEN 'rotated'
    ELSE 'retired' END;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.refresh_token_state(uuid, text, text, text) IS
  'What became of a refresh token: current, rotated, retired, expired, no_session, client_disabled, user_disabled.';
