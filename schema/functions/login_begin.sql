-- SPDX-License-Identifier: MIT
--
-- login_begin - count a sign-in attempt, then hand out the hash to compare.
--
-- p_known_user_id and p_known_browser are what the browser's cookie of an
-- earlier sign-in says, NULL without one.  Outcomes: check; refused with a
-- reason for the log: unknown, disabled, locked, throttled, no_password.
CREATE OR REPLACE FUNCTION oauth.login_begin(
  p_email text, p_remote text, p_known_user_id uuid, p_known_browser text,
  p_account_limit integer, p_browser_limit integer, p_remote_limit integer,
  p_window_s integer)
RETURNS TABLE (outcome text, user_id uuid, password_hash text, reason text,
  counted text, counted_limit integer)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_user public.users;
  v_attempt record;
  v_hash text;
BEGIN
  SELECT * INTO v_user FROM public.users u WHERE lower(u.email) = lower(p_email);
  SELECT * INTO v_attempt FROM oauth.login_attempt_take('account', v_user.id,
    CASE WHEN p_known_user_id = v_user.id THEN p_known_browser END, p_remote,
    p_account_limit, p_browser_limit, p_remote_limit, p_window_s);
  SELECT c.password_hash INTO v_hash FROM oauth.credential c WHERE c.user_id = v_user.id;
  reason := CASE WHEN v_attempt.reason IS NOT NULL THEN v_attempt.reason
                 WHEN v_user.disabled_at IS NOT NULL THEN 'disabled'
                 WHEN v_hash IS NULL THEN 'no_password' END;
  outcome := CASE WHEN reason IS NULL THEN 'check' ELSE 'refused' END;
  IF outcome = 'check' THEN
    user_id := v_user.id;
    password_hash := v_hash;
    counted := v_attempt.counted;
    counted_limit := v_attempt.counted_limit;
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.login_begin(text, text, uuid, text, integer, integer, integer, integer) IS
  'Counts a sign-in attempt and returns the password hash to compare: check, refused.';
