-- SPDX-License-Identifier: MIT
--
-- user_passwd - give a user another password.  Browsers signed in before are
-- signed out, recovery links end; sessions of clients go on.  Outcomes: changed, unknown.
CREATE OR REPLACE FUNCTION oauth.user_passwd(p_email text, p_password_hash text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_user_id uuid;
BEGIN
  SELECT u.id INTO v_user_id FROM public.users u WHERE lower(u.email) = lower(p_email);
  IF NOT FOUND THEN
    RETURN 'unknown';
  END IF;
  INSERT INTO oauth.credential AS c (user_id, password_hash) VALUES (v_user_id, p_password_hash)
  ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash, changed_at = now();
  PERFORM oauth.password_changed(v_user_id, NULL);
  PERFORM oauth.audit_act('password changed', v_user_id, NULL, NULL, '{}');
  RETURN 'changed';
END
$body$;
COMMENT ON FUNCTION oauth.user_passwd(text, text) IS
  'Sets a user''s password from its Argon2id hash: changed, unknown.';
