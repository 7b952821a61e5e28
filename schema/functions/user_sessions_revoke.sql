-- SPDX-License-Identifier: MIT
--
-- user_sessions_revoke - a signed-in person disconnects all applications and,
-- with p_sign_out, signs out in every browser.  Triggers tell the guards.
-- Outcomes: revoked, not_signed_in.
CREATE OR REPLACE FUNCTION oauth.user_sessions_revoke(
  p_login_digest bytea, p_sign_out boolean, p_remote text)
RETURNS TABLE (outcome text, user_id uuid, sessions bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  SELECT l.user_id INTO user_id FROM oauth.login_user(p_login_digest, '-infinity') l;
  IF NOT FOUND THEN
    outcome := 'not_signed_in';
    RETURN NEXT;
    RETURN;
  END IF;
  -- A sign-in is what consent needs: without any, nothing new begins.
  IF p_sign_out THEN
    PERFORM oauth.login_end_all(user_id, NULL);
  END IF;
  SELECT e.sessions INTO sessions FROM oauth.user_access_end(user_id, NULL) e;
  INSERT INTO oauth.audit (event, user_id, remote)
  VALUES (CASE WHEN p_sign_out THEN 'signed out everywhere'
               ELSE 'all applications disconnected' END,
          user_sessions_revoke.user_id, p_remote);
  outcome := 'revoked';
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.user_sessions_revoke(bytea, boolean, text) IS
  'Disconnects all applications of the user of a login cookie and signs out everywhere: revoked, not_signed_in.';
