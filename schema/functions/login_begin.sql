-- SPDX-License-Identifier: MIT
--
-- login_begin - count a sign-in attempt, then hand out the hash to compare.
--
-- Counted per account and per address before the password is looked at, so
-- that parallel guesses cannot outrun the count.  Outcomes: check; refused with
-- a reason for the log: unknown, disabled, locked, throttled, no_password.
CREATE OR REPLACE FUNCTION oauth.login_begin(
  p_email text, p_remote text, p_account_limit integer, p_remote_limit integer,
  p_window_s integer)
RETURNS TABLE (outcome text, user_id uuid, password_hash text, reason text,
  retry_after_s integer)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_user public.users;
  v_hash text;
BEGIN
  outcome := 'refused';
  retry_after_s := oauth.attempt_take('remote:' || p_remote, p_remote_limit, p_window_s);
  IF retry_after_s > 0 THEN
    reason := 'throttled';
    RETURN NEXT;
    RETURN;
  END IF;
  SELECT * INTO v_user FROM public.users u WHERE lower(u.email) = lower(p_email);
  IF NOT FOUND THEN
    reason := 'unknown';
    RETURN NEXT;
    RETURN;
  END IF;
  retry_after_s := oauth.attempt_take('account:' || v_user.id, p_account_limit, p_window_s);
  SELECT c.password_hash INTO v_hash FROM oauth.credential c WHERE c.user_id = v_user.id;
  IF retry_after_s > 0 THEN
    PERFORM oauth.login_locked(v_user.id, p_account_limit, p_remote);
  END IF;
  reason := CASE WHEN retry_after_s > 0 THEN 'locked'
                 WHEN v_user.disabled_at IS NOT NULL THEN 'disabled'
                 WHEN v_hash IS NULL THEN 'no_password' END;
  IF reason IS NULL THEN
    outcome := 'check';
    user_id := v_user.id;
    password_hash := v_hash;
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.login_begin(text, text, integer, integer, integer) IS
  'Counts a sign-in attempt and returns the password hash to compare: check, refused.';

-- Audit that an account is locked, once a window: by whoever crossed the limit,
-- whose count is the only one just above it.
CREATE OR REPLACE FUNCTION oauth.login_locked(p_user_id uuid, p_limit integer, p_remote text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  INSERT INTO oauth.audit (event, user_id, remote, outcome, details)
  SELECT 'account locked', p_user_id, p_remote, 'refused', jsonb_build_object('attempts', a.count)
    FROM oauth.attempt a WHERE a.key = 'account:' || p_user_id AND a.count = p_limit + 1;
END
$body$;
COMMENT ON FUNCTION oauth.login_locked(uuid, integer, text) IS
  'Part of login_begin: audits that an account is locked, once.';
