-- SPDX-License-Identifier: MIT
--
-- password_check_begin - a signed-in person is asked for their password once
-- more: count the attempt, then hand out the hash to compare.
--
-- The count is of those who are signed in as this person: guesses at sign-in
-- do not use it up.  Outcomes: check; refused, with the seconds to wait;
-- no_password (somebody else vouches for this person); not_signed_in.
CREATE OR REPLACE FUNCTION oauth.password_check_begin(
  p_login_digest bytea, p_limit integer, p_window_s integer)
RETURNS TABLE (outcome text, user_id uuid, email text, password_hash text,
  retry_after_s integer)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  SELECT l.user_id, l.email INTO user_id, email
    FROM oauth.login_user(p_login_digest, '-infinity') l;
  IF NOT FOUND THEN
    outcome := 'not_signed_in';
    RETURN NEXT;
    RETURN;
  END IF;
  retry_after_s := oauth.attempt_take('password-check:' || user_id, p_limit, p_window_s);
  IF retry_after_s = 0 THEN
    SELECT c.password_hash INTO password_hash
      FROM oauth.credential c WHERE c.user_id = password_check_begin.user_id;
  END IF;
  outcome := CASE WHEN retry_after_s > 0 THEN 'refused'
                  WHEN password_hash IS NULL THEN 'no_password' ELSE 'check' END;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.password_check_begin(bytea, integer, integer) IS
  'Counts an attempt at the password of who is signed in and returns the hash: check, refused, no_password, not_signed_in.';
