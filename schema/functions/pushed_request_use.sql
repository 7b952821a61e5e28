-- SPDX-License-Identifier: MIT
--
-- pushed_request_use - a browser brings the request_uri of a pushed request
-- (RFC 9126 s4): it becomes an authorization request of that browser, and the
-- pushed one is gone, so that it is used at most once (s7.3).
--
-- Only the client that pushed it may use it.  redirect_uri, state, prompt and
-- max_age_s are those that were pushed.  Outcomes: used; unknown, expired, not_yours,
-- unknown_client (nothing changed).
CREATE OR REPLACE FUNCTION oauth.pushed_request_use(
  p_request_uri_digest bytea, p_client_id text, p_request_id text,
  p_browser_digest bytea, p_login_digest bytea, p_expires_s integer)
RETURNS TABLE (outcome text, signed_in boolean, redirect_uri text, state text, prompt text,
  max_age_s integer)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v oauth.pushed_request;
BEGIN
  -- Whoever comes second waits here and then finds nothing.
  SELECT * INTO v FROM oauth.pushed_request r
   WHERE r.request_uri_digest = p_request_uri_digest FOR UPDATE;
  outcome := CASE
    WHEN v.request_uri_digest IS NULL THEN 'unknown'
    WHEN v.client_id <> p_client_id THEN 'not_yours'
    WHEN v.expires_at <= now() THEN 'expired'
  END;
  IF outcome IS NOT NULL THEN
    RETURN NEXT;
    RETURN;
  END IF;
  SELECT CASE c.outcome WHEN 'created' THEN 'used' ELSE c.outcome END, c.signed_in
    INTO outcome, signed_in
    FROM oauth.authorization_request_create(p_request_id, p_browser_digest,
      p_login_digest, v.client_id, v.redirect_uri, v.scope, v.resource, v.state,
      v.code_challenge, v.prompt, v.nonce, v.max_age_s, v.login_hint,
      v.expected_user_id, v.dpop_jkt, p_expires_s) c;
  IF outcome = 'used' THEN
    DELETE FROM oauth.pushed_request r WHERE r.request_uri_digest = p_request_uri_digest;
    redirect_uri := v.redirect_uri;
    state := v.state;
    prompt := v.prompt;
    max_age_s := v.max_age_s;
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.pushed_request_use(bytea, text, text, bytea, bytea, integer) IS
  'Uses a pushed authorization request once (RFC 9126 s4): used, unknown, expired, not_yours, unknown_client.';
