-- SPDX-License-Identifier: MIT
--
-- authorization_code_purge - remove up to p_batch codes that expired more than
-- a day ago; until then a spent one tells of its replay.
CREATE OR REPLACE FUNCTION oauth.authorization_code_purge(p_batch integer)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_deleted bigint;
BEGIN
  DELETE FROM oauth.authorization_code a WHERE a.code_digest IN (
    SELECT o.code_digest FROM oauth.authorization_code o
     WHERE o.expires_at < now() - interval '1 day'
     ORDER BY o.expires_at LIMIT p_batch FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS v_deleted = ROW_COUNT;
  RETURN v_deleted;
END
$body$;
COMMENT ON FUNCTION oauth.authorization_code_purge(integer) IS
  'Removes some codes that expired long ago; how many.';
