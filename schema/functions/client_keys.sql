-- SPDX-License-Identifier: MIT
--
-- client_keys - the public keys that a client's assertions are verified with
-- (RFC 7523 s3), and when they have to come from elsewhere its jwks_uri; fresh
-- while they need not be fetched anew.  known: a user allowed the client before, or
-- the operator registered it.
-- Outcomes: ok, unknown_client, no_keys.
CREATE OR REPLACE FUNCTION oauth.client_keys(p_client_id text)
RETURNS TABLE (outcome text, jwks text, jwks_uri text, fresh boolean, known boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN QUERY
    SELECT CASE WHEN oauth.client_method_allowed(c, 'private_key_jwt')
                THEN 'ok' ELSE 'no_keys' END,
           c.jwks::text, c.jwks_uri,
           c.jwks_uri IS NULL OR coalesce(c.jwks_fresh_until > now(), false),
           c.consented_at IS NOT NULL OR c.registration = 'admin'
      FROM oauth.client c WHERE c.client_id = p_client_id AND c.disabled_at IS NULL;
  IF NOT FOUND THEN
    outcome := 'unknown_client';
    RETURN NEXT;
  END IF;
END
$body$;
COMMENT ON FUNCTION oauth.client_keys(text) IS
  'A client''s public keys (RFC 7523 s3): ok, unknown_client, no_keys.';

-- Take the turn to ask jwks_uri; false within p_wait_s of the last one.
CREATE OR REPLACE FUNCTION oauth.client_keys_turn(
  p_client_id text, p_jwks_uri text, p_wait_s integer)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  UPDATE oauth.client c SET jwks_tried_at = now()
   WHERE c.client_id = p_client_id AND c.jwks_uri = p_jwks_uri
     AND (c.jwks_tried_at IS NULL OR c.jwks_tried_at < now() - p_wait_s * interval '1 second');
  RETURN FOUND;
END
$body$;
COMMENT ON FUNCTION oauth.client_keys_turn(text, text, integer) IS
  'Takes the turn to fetch a client''s keys; false when somebody did a moment ago.';

-- Keep keys fetched from p_jwks_uri for p_fresh_s, if that is still the client's.
CREATE OR REPLACE FUNCTION oauth.client_keys_put(
  p_client_id text, p_jwks_uri text, p_jwks text, p_fresh_s integer)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  UPDATE oauth.client c
     SET jwks = p_jwks::jsonb, jwks_fresh_until = now() + p_fresh_s * interval '1 second'
   WHERE c.client_id = p_client_id AND c.jwks_uri = p_jwks_uri;
END
$body$;
COMMENT ON FUNCTION oauth.client_keys_put(text, text, text, integer) IS
  'Keeps a client''s keys fetched from its jwks_uri.';
