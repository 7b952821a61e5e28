-- SPDX-License-Identifier: MIT
--
-- fetch_take - may a document be fetched from this origin now?  Counted by
-- origin, by the address of who makes us fetch, and for the whole server, in a
-- minute.  Returns the seconds to wait, 0 when it may.
CREATE OR REPLACE FUNCTION oauth.fetch_take(
  p_origin text, p_remote text, p_limit integer, p_limit_total integer)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_wait_s integer;
BEGIN
  -- The narrow ones first: what they refuse costs the whole nothing.
  v_wait_s := oauth.attempt_take('fetch from:' || p_origin, p_limit, 60);
  IF v_wait_s = 0 AND p_remote <> '' THEN
    v_wait_s := oauth.attempt_take('fetch for:' || p_remote, p_limit, 60);
  END IF;
  IF v_wait_s = 0 THEN
    v_wait_s := oauth.attempt_take('fetch', p_limit_total, 60);
  END IF;
  RETURN v_wait_s;
END
$body$;
COMMENT ON FUNCTION oauth.fetch_take(text, text, integer, integer) IS
  'Counts an outbound fetch; the seconds to wait when it is beyond a limit, else 0.';
