-- SPDX-License-Identifier: MIT
--
-- session_find_legacy - the session of a refresh token issued before adoption,
-- by the spellings in which its SHA-256 may be stored; also just after its
-- first refresh, for a repeat.  Outcomes: found, unknown.
CREATE OR REPLACE FUNCTION oauth.session_find_legacy(
  p_hex text, p_base64 text, p_base64url text)
RETURNS TABLE (outcome text, session_id uuid, token_hash text, generation integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  v_spellings CONSTANT text[] :=
    ARRAY[p_hex, upper(p_hex), p_base64, rtrim(p_base64, '='), p_base64url];
BEGIN
  RETURN QUERY
    SELECT 'found', s.id, s.refresh_token_hash::text, 0
      FROM public.mcp_server_sessions s
     WHERE s.refresh_token_hash = ANY (v_spellings) AND s.generation = 0
    UNION ALL
    SELECT 'found', s.id, s.previous_token_hash, 0
      FROM public.mcp_server_sessions s
     WHERE s.previous_token_hash = ANY (v_spellings) AND s.generation = 1
       AND s.previous_token_hash IS NOT NULL
     LIMIT 1;
  IF NOT FOUND THEN
    outcome := 'unknown';
    RETURN NEXT;
  END IF;
END
$body$;
COMMENT ON FUNCTION oauth.session_find_legacy(text, text, text) IS
  'The session of a refresh token from before adoption: found, unknown.';
