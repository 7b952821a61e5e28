-- SPDX-License-Identifier: MIT
--
-- rfc3339 - a time as text that every program reads, in UTC, to the second.
CREATE OR REPLACE FUNCTION oauth.rfc3339(p_at timestamptz)
RETURNS text LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
END
$body$;
COMMENT ON FUNCTION oauth.rfc3339(timestamptz) IS
  'Part of what the command shows: a time such as 2026-01-31T12:00:00Z.';
