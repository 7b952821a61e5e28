-- SPDX-License-Identifier: MIT
--
-- fetch_take - may a document of a stranger be fetched from this origin now?
-- Counted in a minute: by the address of who makes us fetch, half as many as from
-- one origin, so that no single address can spend what an origin has; by origin;
-- and for the whole server.  Returns the seconds to wait, 0 when it may.
CREATE OR REPLACE FUNCTION oauth.fetch_take(
  p_origin text, p_remote text, p_limit integer, p_limit_total integer)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_wait_s integer := 0;
BEGIN
  -- The narrow ones first: what they refuse costs the whole nothing.
  IF p_remote <> '' THEN
    v_wait_s := oauth.attempt_take(
      'fetch for:' || oauth.remote_network(p_remote), (p_limit + 1) / 2, 60);
  END IF;
  IF v_wait_s = 0 THEN
    v_wait_s := oauth.attempt_take('fetch from:' || p_origin, p_limit, 60);
  END IF;
  IF v_wait_s = 0 THEN
    v_wait_s := oauth.attempt_take('fetch', p_limit_total, 60);
  END IF;
  RETURN v_wait_s;
END
$body$;
COMMENT ON FUNCTION oauth.fetch_take(text, text, integer, integer) IS
  'Counts an outbound fetch; the seconds to wait when it is beyond a limit, else 0.';
