-- SPDX-License-Identifier: MIT
--
-- recovery_check - is a recovery link good?  Spends nothing.
-- Outcomes: good, unknown (or expired, used, or the user is disabled).
CREATE OR REPLACE FUNCTION oauth.recovery_check(p_token_digest bytea)
RETURNS TABLE (outcome text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  PERFORM FROM oauth.recovery_link r JOIN public.users u ON u.id = r.user_id
    WHERE r.token_digest = p_token_digest AND r.expires_at > now()
      AND u.disabled_at IS NULL;
  outcome := CASE WHEN FOUND THEN 'good' ELSE 'unknown' END;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.recovery_check(bytea) IS
  'Whether a recovery link is good, spending nothing: good, unknown.';

-- Spend the link, once, and set the password.  Every browser is signed out; a
-- second factor is asked for as before.  Outcomes: changed, unknown.
CREATE OR REPLACE FUNCTION oauth.recovery_use(
  p_token_digest bytea, p_password_hash text, p_remote text)
RETURNS TABLE (outcome text, user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  outcome := 'unknown';
  DELETE FROM oauth.recovery_link r USING public.users u
   WHERE r.token_digest = p_token_digest AND r.expires_at > now()
     AND u.id = r.user_id AND u.disabled_at IS NULL
  RETURNING r.user_id INTO user_id;
  IF FOUND THEN
    INSERT INTO oauth.credential AS c (user_id, password_hash)
    VALUES (recovery_use.user_id, p_password_hash)
    ON CONFLICT ON CONSTRAINT credential_pkey
    DO UPDATE SET password_hash = excluded.password_hash, changed_at = now();
    PERFORM oauth.password_changed(user_id, NULL);
    INSERT INTO oauth.audit (event, user_id, remote)
    VALUES ('password recovered', recovery_use.user_id, p_remote);
    outcome := 'changed';
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.recovery_use(bytea, text, text) IS
  'Spends a recovery link and sets the password: changed, unknown.';
