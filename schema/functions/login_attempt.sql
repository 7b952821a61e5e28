-- SPDX-License-Identifier: MIT
--
-- login_attempt_take - count one guess at what a person knows or holds, before
-- it is looked at, so that parallel guesses cannot outrun the count.
--
-- p_kind is what is guessed (account: the password; code: the second factor),
-- p_user_id whose, NULL when there is no such person.  Guesses are counted by
-- address and by account; who guesses from elsewhere can use both up.  So a
-- browser where this person signed in before (p_browser; NULL: not known) has a
-- small count of its own first, which nobody else can touch.
--
-- reason is NULL when the guess may be looked at: then counted and
-- counted_limit go to login_attempt_clear should it be right.  Otherwise
-- throttled, unknown or locked, and for how long.
CREATE OR REPLACE FUNCTION oauth.login_attempt_take(
  p_kind text, p_user_id uuid, p_browser text, p_remote text, p_account_limit integer,
  p_browser_limit integer, p_remote_limit integer, p_window_s integer,
  OUT reason text, OUT retry_after_s integer, OUT counted text, OUT counted_limit integer)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  IF p_browser IS NOT NULL AND p_user_id IS NOT NULL THEN
    counted := format('%s-browser:%s:%s', p_kind, p_user_id, p_browser);
    counted_limit := p_browser_limit;
    retry_after_s := oauth.attempt_take(counted, counted_limit, p_window_s);
    IF retry_after_s = 0 THEN
      RETURN;
    END IF;
  END IF;
  retry_after_s := oauth.attempt_take(
    'remote:' || oauth.remote_network(p_remote), p_remote_limit, p_window_s);
  IF retry_after_s > 0 THEN
    reason := 'throttled';
  ELSIF p_user_id IS NULL THEN
    reason := 'unknown';
  ELSE
    counted := p_kind || ':' || p_user_id;
    counted_limit := p_account_limit;
    retry_after_s := oauth.attempt_take(counted, counted_limit, p_window_s);
    IF retry_after_s > 0 THEN
      reason := 'locked';
      PERFORM oauth.login_locked(p_user_id, p_kind, p_account_limit, p_remote);
    END IF;
  END IF;
END
$body$;
COMMENT ON FUNCTION oauth.login_attempt_take(text, uuid, text, text, integer, integer, integer, integer) IS
  'Part of the functions that sign in: counts a guess; why it may not be looked at, or NULL.';

-- Audit that an account is locked, once a window: by whoever crossed the limit,
-- whose count is the only one just above it.
CREATE OR REPLACE FUNCTION oauth.login_locked(
  p_user_id uuid, p_kind text, p_limit integer, p_remote text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  INSERT INTO oauth.audit (event, user_id, remote, outcome, details)
  SELECT CASE p_kind WHEN 'code' THEN 'second factor locked' ELSE 'account locked' END,
         p_user_id, p_remote, 'refused', jsonb_build_object('attempts', a.count)
    FROM oauth.attempt a WHERE a.key = p_kind || ':' || p_user_id AND a.count = p_limit + 1;
END
$body$;
COMMENT ON FUNCTION oauth.login_locked(uuid, text, integer, text) IS
  'Part of the functions that sign in: audits that an account is locked, once.';

-- A guess was right: clear its count, and that alone.  False when the count
-- went beyond its limit meanwhile: then others are guessing too, and the guess
-- does not count (CVE-2023-47111).  What others count meanwhile, within it, is
-- theirs.
CREATE OR REPLACE FUNCTION oauth.login_attempt_clear(
  p_counted text, p_limit integer, p_window_s integer)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  DELETE FROM oauth.attempt a
   WHERE a.key = p_counted
     AND (a.count <= p_limit
          OR a.window_started_at <= now() - p_window_s * interval '1 second');
  RETURN NOT EXISTS (SELECT FROM oauth.attempt a WHERE a.key = p_counted AND a.count > p_limit);
END
$body$;
COMMENT ON FUNCTION oauth.login_attempt_clear(text, integer, integer) IS
  'Part of the functions that sign in: clears a count unless it went beyond its limit.';
