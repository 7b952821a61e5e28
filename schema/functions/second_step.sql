-- SPDX-License-Identifier: MIT
--
-- second_step_begin - a browser that is half signed in sends a code: count the
-- attempt, then hand out what codes are judged by.
--
-- Counted as passwords are, and each count by day too, since whoever gets here
-- knows the password and a code has six digits only.  Outcomes: check; refused with a
-- reason for the log: unknown, locked, throttled; no_login (start again).
CREATE OR REPLACE FUNCTION oauth.second_step_begin(
  p_login_digest bytea, p_remote text, p_known_user_id uuid, p_known_browser text,
  p_account_limit integer, p_browser_limit integer, p_remote_limit integer,
  p_window_s integer)
RETURNS TABLE (outcome text, user_id uuid, sealed_secret bytea, last_step bigint,
  now_s bigint, reason text, counted text, counted_limit integer)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_factor oauth.second_factor;
  v_attempt record;
BEGIN
  SELECT f.* INTO v_factor
    FROM oauth.half_login h JOIN oauth.second_factor f ON f.user_id = h.user_id
   WHERE h.login_digest = p_login_digest AND h.expires_at > now()
     AND f.confirmed_at IS NOT NULL;
  IF NOT FOUND THEN
    outcome := 'no_login';
    RETURN NEXT;
    RETURN;
  END IF;
  SELECT * INTO v_attempt FROM oauth.login_attempt_take('code', v_factor.user_id,
    CASE WHEN p_known_user_id = v_factor.user_id THEN p_known_browser END, p_remote,
    p_account_limit, p_browser_limit, p_remote_limit, p_window_s);
  reason := v_attempt.reason;
  IF reason IS NULL
     AND oauth.attempt_take('day:' || v_attempt.counted, 3 * v_attempt.counted_limit, 86400) > 0 THEN
    reason := 'locked';
  END IF;
  outcome := CASE WHEN reason IS NULL THEN 'check' ELSE 'refused' END;
  IF outcome = 'check' THEN
    user_id := v_factor.user_id;
    sealed_secret := v_factor.sealed_secret;
    last_step := v_factor.last_step;
    now_s := floor(extract(epoch FROM now()))::bigint;
    counted := v_attempt.counted;
    counted_limit := v_attempt.counted_limit;
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.second_step_begin(bytea, text, uuid, text, integer, integer, integer, integer) IS
  'Counts a code of a half signed-in browser and returns what it is judged by: check, refused, no_login.';

-- The code was right, as far as could be told without the database: spend it
-- and sign the browser in, by a cookie that is new.  One of p_step and
-- p_recovery_digest is NULL; p_sealed_secret as in second_factor_spend.
-- Outcomes: signed_in; wrong (it was used before, or is no recovery code);
-- refused (locked or disabled meanwhile); no_login.
CREATE OR REPLACE FUNCTION oauth.second_step_finish(
  p_login_digest bytea, p_step bigint, p_recovery_digest bytea, p_sealed_secret bytea,
  p_counted text, p_counted_limit integer, p_window_s integer, p_new_login_digest bytea,
  p_expires_s integer, p_remote text, p_user_agent text)
RETURNS TABLE (outcome text, user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  SELECT h.user_id INTO user_id FROM oauth.half_login h
   WHERE h.login_digest = p_login_digest AND h.expires_at > now() FOR UPDATE;
  outcome := CASE
    WHEN NOT FOUND THEN 'no_login'
    WHEN NOT oauth.second_factor_spend(user_id, p_step, p_recovery_digest, p_sealed_secret)
      THEN 'wrong'
    WHEN NOT oauth.login_attempt_clear(p_counted, p_counted_limit, p_window_s)
      THEN 'refused'
    WHEN NOT EXISTS (SELECT FROM public.users u
                      WHERE u.id = second_step_finish.user_id AND u.disabled_at IS NULL)
      THEN 'refused'
    ELSE 'signed_in' END;
  IF outcome = 'signed_in' THEN
    DELETE FROM oauth.attempt a WHERE a.key = 'day:' || p_counted;
    PERFORM oauth.login_start(user_id, p_new_login_digest, p_login_digest, p_expires_s,
      p_remote, p_user_agent, CASE WHEN p_step IS NULL THEN 'pwd mfa' ELSE 'pwd otp mfa' END, NULL);
    IF p_step IS NULL THEN
      INSERT INTO oauth.audit (event, user_id, remote)
      VALUES ('recovery code used', second_step_finish.user_id, p_remote);
    END IF;
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.second_step_finish(bytea, bigint, bytea, bytea, text, integer, integer, bytea,
  integer, text, text) IS
  'Spends a code and signs a half signed-in browser in: signed_in, wrong, refused, no_login.';
