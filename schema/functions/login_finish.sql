-- SPDX-License-Identifier: MIT
--
-- login_finish - the password was right: sign the browser in, or half in when
-- there is a second factor.
--
-- Refused when the user was disabled, the account locked or the password changed
-- meanwhile.  Whoever changes it, or adds a second factor, waits until this is
-- over and then ends the login.  Ends the login that the browser had.
-- Outcomes: signed_in, second_factor, refused.
CREATE OR REPLACE FUNCTION oauth.login_finish(
  p_user_id uuid, p_password_hash text, p_counted text, p_counted_limit integer, p_window_s integer,
  p_login_digest bytea, p_previous_login_digest bytea, p_expires_s integer,
  p_half_expires_s integer, p_remote text, p_user_agent text)
RETURNS TABLE (outcome text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  PERFORM FROM oauth.credential c JOIN public.users u ON u.id = c.user_id
    WHERE c.user_id = p_user_id AND c.password_hash = p_password_hash
      AND u.disabled_at IS NULL
      FOR SHARE OF c;
  IF NOT FOUND OR NOT oauth.login_attempt_clear(p_counted, p_counted_limit, p_window_s) THEN
    outcome := 'refused';
    RETURN NEXT;
    RETURN;
  END IF;
  IF EXISTS (SELECT FROM oauth.second_factor f
              WHERE f.user_id = p_user_id AND f.confirmed_at IS NOT NULL) THEN
    PERFORM oauth.login_forget(p_previous_login_digest);
    INSERT INTO oauth.half_login (login_digest, user_id, expires_at)
    VALUES (p_login_digest, p_user_id, now() + p_half_expires_s * interval '1 second');
    outcome := 'second_factor';
  ELSE
    PERFORM oauth.login_start(p_user_id, p_login_digest, p_previous_login_digest,
      p_expires_s, p_remote, p_user_agent, 'pwd', NULL);
    outcome := 'signed_in';
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.login_finish(uuid, text, text, integer, integer, bytea, bytea, integer,
  integer, text, text) IS
  'Signs a browser in after its password was right: signed_in, second_factor, refused.';

-- What the browser had before is over, and some that expired.
CREATE OR REPLACE FUNCTION oauth.login_forget(p_login_digest bytea)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  DELETE FROM oauth.login l WHERE l.login_digest = p_login_digest;
  DELETE FROM oauth.half_login h WHERE h.login_digest = p_login_digest;
  PERFORM oauth.purge_older('oauth.login', 'expires_at', '0', 20);
  PERFORM oauth.purge_older('oauth.half_login', 'expires_at', '0', 20);
END
$body$;
COMMENT ON FUNCTION oauth.login_forget(bytea) IS
  'Part of the functions that sign in: ends what a browser had before.';

-- All sign-ins of a person are over, save that of p_except (or NULL); half ones
-- first, because they become whole ones.
CREATE OR REPLACE FUNCTION oauth.login_end_all(p_user_id uuid, p_except bytea)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  DELETE FROM oauth.half_login h WHERE h.user_id = p_user_id;
  DELETE FROM oauth.login l
   WHERE l.user_id = p_user_id AND l.login_digest IS DISTINCT FROM p_except;
END
$body$;
COMMENT ON FUNCTION oauth.login_end_all(uuid, bytea) IS
  'Part of the functions that end sign-ins: all of a user, save one.';
