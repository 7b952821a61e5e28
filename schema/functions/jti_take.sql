-- SPDX-License-Identifier: MIT
--
-- jti_take - use the identifier of a signed assertion, once (RFC 7523 s3,
-- RFC 9449 s11.1).  It is remembered for p_expires_s, when the assertion is
-- dead anyway.  Each call also forgets a few of the dead.  False: used before.
CREATE OR REPLACE FUNCTION oauth.jti_take(p_digest bytea, p_expires_s integer)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_fresh boolean;
BEGIN
  INSERT INTO oauth.spent_jti (digest, expires_at)
  VALUES (p_digest, now() + p_expires_s * interval '1 second')
  ON CONFLICT (digest) DO NOTHING;
  v_fresh := FOUND;
  PERFORM oauth.jti_purge(5);
  RETURN v_fresh;
END
$body$;
COMMENT ON FUNCTION oauth.jti_take(bytea, integer) IS
  'Uses the jti of an assertion; false when it was used before.';

CREATE OR REPLACE FUNCTION oauth.jti_purge(p_batch integer)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_deleted bigint;
BEGIN
  DELETE FROM oauth.spent_jti j WHERE j.digest IN (
    SELECT o.digest FROM oauth.spent_jti o WHERE o.expires_at < now()
     ORDER BY o.expires_at LIMIT p_batch FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS v_deleted = ROW_COUNT;
  RETURN v_deleted;
END
$body$;
COMMENT ON FUNCTION oauth.jti_purge(integer) IS
  'Forgets some identifiers of assertions that expired; how many.';
