-- SPDX-License-Identifier: MIT
--
-- login_finish - the password was right: sign the browser in.
--
-- Refused when the user was disabled or the account locked meanwhile.  Clears
-- the account's count, and that alone; ends the login that the browser had.
-- Outcomes: signed_in, refused.
CREATE OR REPLACE FUNCTION oauth.login_finish(
  p_user_id uuid, p_login_digest bytea, p_previous_login_digest bytea,
  p_expires_s integer, p_remote text, p_user_agent text, p_account_limit integer,
  p_window_s integer)
RETURNS TABLE (outcome text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  DELETE FROM oauth.attempt a
   WHERE a.key = 'account:' || p_user_id
     AND (a.count <= p_account_limit
          OR a.window_started_at <= now() - p_window_s * interval '1 second');
  IF EXISTS (SELECT FROM oauth.attempt a WHERE a.key = 'account:' || p_user_id)
     OR NOT EXISTS (SELECT FROM public.users u
                     WHERE u.id = p_user_id AND u.disabled_at IS NULL) THEN
    outcome := 'refused';
    RETURN NEXT;
    RETURN;
  END IF;
  PERFORM oauth.login_start(p_user_id, p_login_digest, p_previous_login_digest,
    p_expires_s, p_remote, p_user_agent, NULL);
  outcome := 'signed_in';
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.login_finish(uuid, bytea, bytea, integer, text, text, integer, integer) IS
  'Signs a browser in after its password was right: signed_in, refused.';
