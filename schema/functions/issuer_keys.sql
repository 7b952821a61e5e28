-- SPDX-License-Identifier: MIT
--
-- issuer_keys - the public keys of a trusted identity provider, as last fetched
-- from p_jwks_uri, NULL when they never were; fresh while they need not be fetched
-- anew.
CREATE OR REPLACE FUNCTION oauth.issuer_keys(p_issuer text, p_jwks_uri text)
RETURNS TABLE (jwks text, fresh boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  SELECT k.jwks::text, k.fresh_until > now() INTO jwks, fresh
    FROM oauth.issuer_keys k
   WHERE k.issuer = p_issuer AND k.jwks_uri = p_jwks_uri;
  fresh := coalesce(fresh, false);
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.issuer_keys(text, text) IS
  'The keys of an identity provider as last fetched, or NULL.';

-- Take the turn to fetch them; false within p_wait_s of the last one.
CREATE OR REPLACE FUNCTION oauth.issuer_keys_turn(p_issuer text, p_jwks_uri text, p_wait_s integer)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  INSERT INTO oauth.issuer_keys AS k (issuer, jwks_uri, tried_at)
  VALUES (p_issuer, p_jwks_uri, now())
  ON CONFLICT (issuer) DO UPDATE SET tried_at = now(), jwks_uri = excluded.jwks_uri,
      jwks = CASE WHEN k.jwks_uri = excluded.jwks_uri THEN k.jwks END
    WHERE k.jwks_uri <> excluded.jwks_uri OR k.tried_at IS NULL
       OR k.tried_at < now() - p_wait_s * interval '1 second';
  RETURN FOUND;
END
$body$;
COMMENT ON FUNCTION oauth.issuer_keys_turn(text, text, integer) IS
  'Takes the turn to fetch an identity provider''s keys; false when somebody did a moment ago.';

CREATE OR REPLACE FUNCTION oauth.issuer_keys_put(
  p_issuer text, p_jwks_uri text, p_jwks text, p_fresh_s integer)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  UPDATE oauth.issuer_keys k
     SET jwks = p_jwks::jsonb, fresh_until = now() + p_fresh_s * interval '1 second'
   WHERE k.issuer = p_issuer AND k.jwks_uri = p_jwks_uri;
END
$body$;
COMMENT ON FUNCTION oauth.issuer_keys_put(text, text, text, integer) IS
  'Keeps an identity provider''s keys.';
