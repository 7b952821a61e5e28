-- SPDX-License-Identifier: MIT
--
-- login_user - who is signed in by this cookie, not before p_since; no row
-- when nobody is, the login expired, or its user was disabled.
CREATE OR REPLACE FUNCTION oauth.login_user(p_login_digest bytea, p_since timestamptz)
RETURNS TABLE (user_id uuid, email text, user_name text, auth_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN QUERY
    SELECT u.id, u.email::text, u.name::text, l.auth_at
      FROM oauth.login l JOIN public.users u ON u.id = l.user_id
     WHERE l.login_digest = p_login_digest AND l.expires_at > now()
       AND l.auth_at >= p_since AND u.disabled_at IS NULL;
END
$body$;
COMMENT ON FUNCTION oauth.login_user(bytea, timestamptz) IS
  'The user whom a login cookie stands for; no row when it is good for nobody.';

-- With prompt=login (OpenID Connect Core s3.1.2.1) only a sign-in after the
-- request counts.
CREATE OR REPLACE FUNCTION oauth.login_since(p_prompt text, p_requested_at timestamptz)
RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $body$
  SELECT CASE WHEN 'login' = ANY (string_to_array(p_prompt, ' '))
              THEN p_requested_at ELSE '-infinity'::timestamptz END
$body$;
COMMENT ON FUNCTION oauth.login_since(text, timestamptz) IS
  'The time from which on a sign-in counts for a request.';
