-- SPDX-License-Identifier: MIT
--
-- login_user - who is signed in by this cookie, not before p_since; no row
-- when nobody is, the login expired, or its user was disabled.
CREATE OR REPLACE FUNCTION oauth.login_user(p_login_digest bytea, p_since timestamptz)
RETURNS TABLE (user_id uuid, email text, user_name text, auth_at timestamptz, amr text,
  scope_ruled text, scope_given text, session_until timestamptz, unconfirmed boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN QUERY
    SELECT u.id, u.email::text, u.name::text, l.auth_at, l.amr, l.scope_ruled, l.scope_given,
           l.session_until, l.unconfirmed
      FROM oauth.login l JOIN public.users u ON u.id = l.user_id
     WHERE l.login_digest = p_login_digest AND l.expires_at > now()
       AND l.auth_at >= p_since AND u.disabled_at IS NULL;
END
$body$;
COMMENT ON FUNCTION oauth.login_user(bytea, timestamptz) IS
  'The user whom a login cookie stands for; no row when it is good for nobody.';

-- Who is signed in for this request (OpenID Connect Core s3.1.2.1): with
-- prompt=login or select_account only a sign-in after it counts, with max_age
-- none that is older, and with an id_token_hint and prompt=none only that user.
CREATE OR REPLACE FUNCTION oauth.request_user(
  p_request oauth.authorization_request, p_login_digest bytea)
RETURNS TABLE (user_id uuid, email text, user_name text, auth_at timestamptz, amr text,
  scope_ruled text, scope_given text, session_until timestamptz, unconfirmed boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  v_since timestamptz := '-infinity';
BEGIN
  IF string_to_array(p_request.prompt, ' ') && '{login,select_account}' THEN
    v_since := p_request.created_at;
  ELSIF p_request.max_age_s IS NOT NULL THEN
    v_since := p_request.created_at - p_request.max_age_s * interval '1 second';
  END IF;
  RETURN QUERY
    SELECT l.* FROM oauth.login_user(p_login_digest, v_since) l
     WHERE coalesce(l.user_id = p_request.expected_user_id, true);
END
$body$;
COMMENT ON FUNCTION oauth.request_user(oauth.authorization_request, bytea) IS
  'Who is signed in by this cookie, as far as it counts for the request.';
