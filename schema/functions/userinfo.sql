-- SPDX-License-Identifier: MIT
--
-- userinfo - who the user of an access token is (OpenID Connect Core s5.3); the
-- token was verified already.  Outcomes: active; inactive: the session or the
-- user is gone, or the token was revoked.
CREATE OR REPLACE FUNCTION oauth.userinfo(
  p_session_id uuid, p_user_id uuid, p_client_id text, p_jti text, p_issued_s bigint)
RETURNS TABLE (outcome text, email text, user_name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  s public.mcp_server_sessions;
BEGIN
  SELECT * INTO s FROM public.mcp_server_sessions x
   WHERE x.id = p_session_id AND x.user_id = p_user_id;
  outcome := 'inactive';
  IF oauth.token_alive(s, p_client_id, p_jti, p_issued_s) THEN
    SELECT 'active', u.email::text, u.name::text INTO outcome, email, user_name
      FROM public.users u WHERE u.id = p_user_id AND u.disabled_at IS NULL;
    outcome := coalesce(outcome, 'inactive');
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.userinfo(uuid, uuid, text, text, bigint) IS
  'Who the user of an access token is (OpenID Connect Core s5.3): active, inactive.';
