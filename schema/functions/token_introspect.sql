-- SPDX-License-Identifier: MIT
--
-- token_introspect - is an access token, whose signature and times were
-- verified already, still good? (RFC 7662 s2.2)  Asked by a client that the
-- operator lets introspect tokens of this resource.
--
-- Outcomes: active (username is the user's e-mail address); inactive: revoked,
-- its session gone, its user or client disabled, or of a resource that is not
-- the caller's; not_allowed: the caller may introspect nothing; and those of
-- client_check.
CREATE OR REPLACE FUNCTION oauth.token_introspect(
  p_client_id text, p_method text, p_client_secret_digest bytea, p_session_id uuid,
  p_token_client_id text, p_jti text, p_issued_s bigint, p_resource text)
RETURNS TABLE (outcome text, username text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  v_introspects text[];
  s public.mcp_server_sessions;
BEGIN
  outcome := oauth.client_check(p_client_id, p_method, p_client_secret_digest);
  IF outcome = 'ok' THEN
    SELECT c.introspects INTO v_introspects FROM oauth.client c WHERE c.client_id = p_client_id;
    outcome := CASE WHEN p_method = 'none' THEN 'wrong_method' -- anybody can say a client_id
                    WHEN v_introspects IS NULL THEN 'not_allowed' END;
  END IF;
  IF outcome IS NOT NULL THEN
    RETURN NEXT;
    RETURN;
  END IF;

  outcome := 'inactive';
  SELECT * INTO s FROM public.mcp_server_sessions x WHERE x.id = p_session_id;
  IF p_resource = ANY (v_introspects)
     AND oauth.token_alive(s, p_token_client_id, p_jti, p_issued_s) THEN
    SELECT u.email::text INTO username FROM public.users u
     WHERE u.id = s.user_id AND u.disabled_at IS NULL;
    IF FOUND OR s.user_id IS NULL THEN
      outcome := 'active';
    END IF;
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.token_introspect(text, text, bytea, uuid, text, text, bigint, text) IS
  'Is an access token still good? (RFC 7662): active, inactive, not_allowed.';

-- Is an access token of this session, whose client has not been disabled and
-- that nobody revoked?
CREATE OR REPLACE FUNCTION oauth.token_alive(
  p_session public.mcp_server_sessions, p_client_id text, p_jti text, p_issued_s bigint)
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN p_session.id IS NOT NULL AND p_session.client_identifier = p_client_id
     AND EXISTS (SELECT FROM oauth.client c
                  WHERE c.client_id = p_client_id AND c.disabled_at IS NULL)
     AND NOT EXISTS (SELECT FROM oauth.revocation r
                      WHERE (r.session_id = p_session.id OR r.user_id = p_session.user_id
                             OR r.client_id = p_client_id OR r.jti = p_jti OR r.everything)
                        AND r.not_before >= to_timestamp(p_issued_s));
END
$body$;
COMMENT ON FUNCTION oauth.token_alive(public.mcp_server_sessions, text, text, bigint) IS
  'Is an access token of this session, its client enabled, and not revoked?';
