-- SPDX-License-Identifier: MIT
--
-- password_change - the current password was right: another one takes its
-- place.  Other browsers are signed out, this one is not; sessions of
-- applications end only with p_disconnect.
--
-- p_current_hash is what was compared: changed meanwhile, it does not count.
-- Outcomes: changed, stale, not_signed_in.
CREATE OR REPLACE FUNCTION oauth.password_change(
  p_login_digest bytea, p_current_hash text, p_password_hash text, p_disconnect boolean,
  p_remote text)
RETURNS TABLE (outcome text, user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  SELECT l.user_id INTO user_id FROM oauth.login_user(p_login_digest, '-infinity') l;
  IF NOT FOUND THEN
    outcome := 'not_signed_in';
    RETURN NEXT;
    RETURN;
  END IF;
  UPDATE oauth.credential c SET password_hash = p_password_hash, changed_at = now()
   WHERE c.user_id = password_change.user_id AND c.password_hash = p_current_hash;
  IF NOT FOUND THEN
    outcome := 'stale';
    RETURN NEXT;
    RETURN;
  END IF;
  DELETE FROM oauth.attempt a WHERE a.key = 'password-check:' || user_id;
  PERFORM oauth.password_changed(user_id, p_login_digest);
  INSERT INTO oauth.audit (event, user_id, remote)
  VALUES ('password changed', password_change.user_id, p_remote);
  IF p_disconnect THEN
    PERFORM oauth.user_access_end(user_id, NULL);
  END IF;
  outcome := 'changed';
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.password_change(bytea, text, text, boolean, text) IS
  'Changes the password of who is signed in: changed, stale, not_signed_in.';

-- What follows from another password: sign-ins with the old one are over, so
-- are links to choose one, and guesses at the old one are forgotten.
CREATE OR REPLACE FUNCTION oauth.password_changed(p_user_id uuid, p_except bytea)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  PERFORM oauth.login_end_all(p_user_id, p_except);
  DELETE FROM oauth.recovery_link r WHERE r.user_id = p_user_id;
  DELETE FROM oauth.attempt a WHERE a.key = 'account:' || p_user_id;
END
$body$;
COMMENT ON FUNCTION oauth.password_changed(uuid, bytea) IS
  'Part of the functions that set a password: ends sign-ins, save one, and links.';
