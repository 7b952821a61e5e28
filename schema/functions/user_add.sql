-- SPDX-License-Identifier: MIT
--
-- user_add - add a user who signs in with a password.
-- Outcomes: added, duplicate (that email stands there, whatever its case).
CREATE OR REPLACE FUNCTION oauth.user_add(p_email text, p_name text, p_password_hash text)
RETURNS TABLE (outcome text, user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  INSERT INTO public.users (email, name) VALUES (p_email, p_name)
  ON CONFLICT DO NOTHING RETURNING id INTO user_id;
  IF user_id IS NULL THEN
    outcome := 'duplicate';
  ELSE
    INSERT INTO oauth.credential (user_id, password_hash) VALUES (user_add.user_id, p_password_hash);
    PERFORM oauth.audit_act('user added', user_add.user_id, NULL, NULL, '{}');
    outcome := 'added';
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.user_add(text, text, text) IS
  'Adds a user with the Argon2id hash of a password: added, duplicate.';
