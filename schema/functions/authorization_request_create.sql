-- SPDX-License-Identifier: MIT
--
-- authorization_request_create - keep a checked authorization request
-- (RFC 6749 s4.1.1) for the browser that started it.
--
-- signed_in: the login cookie is good for it, sign-in can be left out.  Each
-- call also removes a few expired requests.  Outcomes: created,
-- unknown_client.
CREATE OR REPLACE FUNCTION oauth.authorization_request_create(
  p_request_id text, p_browser_digest bytea, p_login_digest bytea, p_client_id text,
  p_redirect_uri text, p_scope text, p_resource text, p_state text,
  p_code_challenge text, p_prompt text, p_nonce text, p_max_age_s integer,
  p_login_hint text, p_expected_user_id uuid, p_dpop_jkt text, p_expires_s integer)
RETURNS TABLE (outcome text, signed_in boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v oauth.authorization_request;
BEGIN
  signed_in := false;
  DELETE FROM oauth.authorization_request r WHERE r.request_id IN (
    SELECT o.request_id FROM oauth.authorization_request o
     WHERE o.expires_at < now() - interval '1 hour'
     ORDER BY o.expires_at LIMIT 20 FOR UPDATE SKIP LOCKED);
  INSERT INTO oauth.authorization_request (request_id, browser_digest, client_id,
      redirect_uri, scope, resource, state, code_challenge, prompt, nonce, max_age_s,
      login_hint, expected_user_id, dpop_jkt, expires_at)
  SELECT p_request_id, p_browser_digest, c.client_id, p_redirect_uri, p_scope,
         p_resource, p_state, p_code_challenge, p_prompt,
         p_nonce, p_max_age_s, p_login_hint, p_expected_user_id, p_dpop_jkt,
         now() + p_expires_s * interval '1 second'
    FROM oauth.client c WHERE c.client_id = p_client_id AND c.disabled_at IS NULL
  RETURNING * INTO v;
  IF NOT FOUND THEN
    outcome := 'unknown_client';
    RETURN NEXT;
    RETURN;
  END IF;
  outcome := 'created';
  signed_in := EXISTS (SELECT FROM oauth.request_user(v, p_login_digest));
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.authorization_request_create(text, bytea, bytea, text, text, text,
  text, text, text, text, text, integer, text, uuid, text, integer) IS
  'Keeps an authorization request (RFC 6749 s4.1.1): created, unknown_client.';
