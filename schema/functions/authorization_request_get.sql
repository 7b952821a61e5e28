-- SPDX-License-Identifier: MIT
--
-- authorization_request_get - what a sign-in or consent page is about.
--
-- user_id, email, user_name and auth_s are those of the signed-in user, NULL
-- when nobody is.  scope is what this user may allow of the scope that was asked
-- for, scope_asked.  remembered: this user allowed the same client, address and
-- resource before, with at least this scope, and was shown since signing in whose
-- account it is.  A request without redirect_uri connects the device of
-- device_code_digest, in hex.  Outcomes: pending, unknown, other_browser, decided,
-- expired.
CREATE OR REPLACE FUNCTION oauth.authorization_request_get(
  p_request_id text, p_browser_digest bytea, p_login_digest bytea)
RETURNS TABLE (outcome text, client_id text, client_name text, client_uri text,
  registration text, redirect_uri text, scope text, resource text, state text,
  prompt text, request_created_s bigint, user_id uuid, email text, user_name text,
  auth_s bigint, remembered boolean, device_code_digest text,
  login_hint text, scope_asked text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  v oauth.authorization_request;
BEGIN
  SELECT * INTO v FROM oauth.authorization_request r WHERE r.request_id = p_request_id;
  outcome := oauth.authorization_request_fault(v, p_browser_digest);
  IF outcome IS NOT NULL THEN
    RETURN NEXT;
    RETURN;
  END IF;
  RETURN QUERY
    SELECT 'pending', c.client_id, c.client_name, c.client_uri, c.registration,
           v.redirect_uri, g.scope, v.resource, v.state, v.prompt,
           floor(extract(epoch FROM v.created_at))::bigint,
           l.user_id, l.email, l.user_name,
           floor(extract(epoch FROM l.auth_at))::bigint,
           coalesce(NOT l.unconfirmed, false)
           AND EXISTS (SELECT FROM oauth.consent a
                        WHERE a.user_id = l.user_id AND a.client_id = v.client_id
                          AND a.redirect_uri = v.redirect_uri AND a.resource = v.resource
                          AND oauth.scope_covers(a.scope, g.scope)),
           encode(v.device_code_digest, 'hex'), v.login_hint, v.scope
      FROM oauth.client c
      LEFT JOIN oauth.request_user(v, p_login_digest) l ON true
     CROSS JOIN LATERAL oauth.scope_allowed(v.scope, l.scope_ruled, l.scope_given) g(scope)
     WHERE c.client_id = v.client_id AND c.disabled_at IS NULL;
  IF NOT FOUND THEN
    outcome := 'unknown';
    RETURN NEXT;
  END IF;
END
$body$;
COMMENT ON FUNCTION oauth.authorization_request_get(text, bytea, bytea) IS
  'An authorization request and who is signed in: pending, unknown, other_browser, decided, expired.';

-- Why a request cannot be decided by this browser; NULL when it can.
CREATE OR REPLACE FUNCTION oauth.authorization_request_fault(
  p_request oauth.authorization_request, p_browser_digest bytea)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $body$
  SELECT CASE
    WHEN p_request.request_id IS NULL THEN 'unknown'
    WHEN p_request.browser_digest <> p_browser_digest THEN 'other_browser'
    WHEN p_request.decided_at IS NOT NULL THEN 'decided'
    WHEN p_request.expires_at <= now() THEN 'expired'
  END
$body$;
COMMENT ON FUNCTION oauth.authorization_request_fault(oauth.authorization_request, bytea) IS
  'unknown, other_browser, decided, expired, or NULL.';
