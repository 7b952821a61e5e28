-- SPDX-License-Identifier: MIT
--
-- attempt_take - count one attempt under a key, exactly, whoever counts at the
-- same time.  The window is fixed: attempts beyond the limit do not extend it.
--
-- Returns the seconds to wait, 0 when the attempt is within the limit.
CREATE OR REPLACE FUNCTION oauth.attempt_take(p_key text, p_limit integer, p_window_s integer)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_window CONSTANT interval := p_window_s * interval '1 second';
  v_count integer;
  v_started_at timestamptz;
BEGIN
  INSERT INTO oauth.attempt AS a (key, count) VALUES (p_key, 1)
  ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN a.window_started_at <= now() - v_window THEN 1 ELSE a.count + 1 END,
    window_started_at = CASE WHEN a.window_started_at <= now() - v_window
                             THEN now() ELSE a.window_started_at END
  RETURNING a.count, a.window_started_at INTO v_count, v_started_at;
  IF v_count <= p_limit THEN
    RETURN 0;
  END IF;
  RETURN greatest(1, ceil(extract(epoch FROM v_started_at + v_window - now()))::integer);
END
$body$;
COMMENT ON FUNCTION oauth.attempt_take(text, integer, integer) IS
  'Counts an attempt; the seconds to wait when it is beyond the limit of its window, else 0.';

-- The seconds to wait when no attempt is left under a key, 0 when one is; none
-- is counted.
CREATE OR REPLACE FUNCTION oauth.attempt_wait(p_key text, p_limit integer, p_window_s integer)
RETURNS integer LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  v_ends_at timestamptz;
BEGIN
  SELECT a.window_started_at + p_window_s * interval '1 second' INTO v_ends_at
    FROM oauth.attempt a WHERE a.key = p_key AND a.count >= p_limit;
  IF v_ends_at > now() THEN
    RETURN greatest(1, ceil(extract(epoch FROM v_ends_at - now()))::integer);
  END IF;
  RETURN 0;
END
$body$;
COMMENT ON FUNCTION oauth.attempt_wait(text, integer, integer) IS
  'The seconds to wait when no attempt is left in the window of a key, else 0; counts nothing.';
