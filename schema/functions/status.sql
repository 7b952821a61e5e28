-- SPDX-License-Identifier: MIT
--
-- status - is the database there, and at which migration?
CREATE OR REPLACE FUNCTION oauth.status()
RETURNS TABLE (migration integer, now_s bigint, server_version_num integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN QUERY SELECT max(m.number), floor(extract(epoch FROM now()))::bigint,
    current_setting('server_version_num')::integer FROM oauth.migration m;
END
$body$;
COMMENT ON FUNCTION oauth.status() IS 'The last migration, the time, the server''s version.';
