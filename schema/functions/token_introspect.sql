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
BEGIN
  -- One query is all there is to a good token; only when it finds none is the
  -- reason looked for.
  SELECT 'active', u.email::text INTO outcome, username
    FROM oauth.client c, public.mcp_server_sessions s
    LEFT JOIN public.users u ON u.id = s.user_id
   WHERE c.client_id = p_client_id AND p_method <> 'none' -- anybody can say a client_id
     AND oauth.client_proved(c, p_method, p_client_secret_digest)
     AND p_resource = ANY (c.introspects)
     AND s.id = p_session_id
     AND (s.user_id IS NULL OR (u.id IS NOT NULL AND u.disabled_at IS NULL))
     AND oauth.token_alive(s, p_token_client_id, p_jti, p_issued_s);
  IF NOT FOUND THEN
    outcome := oauth.introspection_refusal(p_client_id, p_method, p_client_secret_digest);
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.token_introspect(text, text, bytea, uuid, text, text, bigint, text) IS
  'Is an access token still good? (RFC 7662): active, inactive, not_allowed.';

-- Why an access token was not found to be active: something about the caller, or
-- else inactive.
CREATE OR REPLACE FUNCTION oauth.introspection_refusal(
  p_client_id text, p_method text, p_client_secret_digest bytea)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  v_check CONSTANT text := oauth.client_check(p_client_id, p_method, p_client_secret_digest);
BEGIN
  RETURN CASE
    WHEN v_check <> 'ok' THEN v_check
    WHEN p_method = 'none' THEN 'wrong_method'
    WHEN EXISTS (SELECT FROM oauth.client c
                  WHERE c.client_id = p_client_id AND c.introspects IS NOT NULL) THEN 'inactive'
    ELSE 'not_allowed' END;
END
$body$;
COMMENT ON FUNCTION oauth.introspection_refusal(text, text, bytea) IS
  'Part of token_introspect: why a token was not found to be active.';

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
