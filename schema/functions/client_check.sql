-- SPDX-License-Identifier: MIT
--
-- client_check - are these the credentials of a registered client? (RFC 6749 s2.3)
--
-- p_method is what was presented, 'none' without a secret; a confidential
-- client may use either secret method.  Outcomes: ok, unknown_client,
-- unexpected_secret, missing_secret, wrong_secret.
CREATE OR REPLACE FUNCTION oauth.client_check(
  p_client_id text, p_method text, p_client_secret_digest bytea)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  v_digest bytea;
BEGIN
  SELECT client_secret_digest INTO v_digest FROM oauth.client
   WHERE client_id = p_client_id AND disabled_at IS NULL;
  IF NOT FOUND THEN
    RETURN 'unknown_client';
  ELSIF v_digest IS NULL THEN
    RETURN CASE WHEN p_client_secret_digest IS NULL THEN 'ok' ELSE 'unexpected_secret' END;
  ELSIF p_client_secret_digest IS NULL THEN
    RETURN 'missing_secret';
  END IF;
  RETURN CASE WHEN v_digest = p_client_secret_digest THEN 'ok' ELSE 'wrong_secret' END;
END
$body$;
COMMENT ON FUNCTION oauth.client_check(text, text, bytea) IS
  'Client authentication (RFC 6749 s2.3): ok, unknown_client, unexpected_secret, missing_secret, wrong_secret.';
