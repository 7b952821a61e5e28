-- SPDX-License-Identifier: MIT
--
-- client_check - are these the credentials of a registered client? (RFC 6749 s2.3)
--
-- p_method is what was presented: 'none' without a credential,
-- 'private_key_jwt' for an assertion that was verified already; a client with a
-- secret may use either secret method.  Outcomes: ok, unknown_client,
-- unexpected_secret, missing_secret, wrong_secret, wrong_method.
CREATE OR REPLACE FUNCTION oauth.client_check(
  p_client_id text, p_method text, p_client_secret_digest bytea)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  v oauth.client;
BEGIN
  SELECT * INTO v FROM oauth.client
   WHERE client_id = p_client_id AND disabled_at IS NULL;
  IF v.client_id IS NULL THEN
    RETURN 'unknown_client';
  ELSIF v.client_secret_digest IS NULL THEN
    IF p_client_secret_digest IS NOT NULL THEN
      RETURN 'unexpected_secret';
    END IF;
    RETURN CASE WHEN oauth.client_method_allowed(v, p_method) THEN 'ok' ELSE 'wrong_method' END;
  ELSIF p_client_secret_digest IS NULL THEN
    RETURN 'missing_secret';
  END IF;
  RETURN CASE WHEN v.client_secret_digest = p_client_secret_digest THEN 'ok' ELSE 'wrong_secret' END;
END
$body$;
COMMENT ON FUNCTION oauth.client_check(text, text, bytea) IS
  'Client authentication (RFC 6749 s2.3): ok, unknown_client, unexpected_secret, missing_secret, wrong_secret, wrong_method.';

-- May the client come by this method?  For clients without a secret.
--
-- Here and below without SET, and of one expression, so that PostgreSQL puts it in
-- place of the call: it costs what the conditions cost.
CREATE OR REPLACE FUNCTION oauth.client_method_allowed(p_client oauth.client, p_method text)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $body$
  SELECT p_method = (p_client).token_endpoint_auth_method
      OR coalesce(p_method = ANY ((p_client).token_endpoint_auth_methods), false)
$body$;
COMMENT ON FUNCTION oauth.client_method_allowed(oauth.client, text) IS
  'Is this one of the client''s authentication methods?';

-- client_check() as a condition of a query: does an enabled client have these
-- credentials?
CREATE OR REPLACE FUNCTION oauth.client_proved(
  p_client oauth.client, p_method text, p_client_secret_digest bytea)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $body$
  SELECT (p_client).disabled_at IS NULL
     AND (p_client).client_secret_digest IS NOT DISTINCT FROM p_client_secret_digest
     AND (p_client_secret_digest IS NOT NULL
          OR oauth.client_method_allowed(p_client, p_method))
$body$;
COMMENT ON FUNCTION oauth.client_proved(oauth.client, text, bytea) IS
  'Is this an enabled client with these credentials? client_check() tells why not.';
