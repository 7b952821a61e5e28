-- SPDX-License-Identifier: MIT
--
-- user_reset_second_factor - the operator takes a person's second factor away,
-- for one who lost the app and the recovery codes.  Every browser is signed
-- out.  Outcomes: reset, none, unknown.
CREATE OR REPLACE FUNCTION oauth.user_reset_second_factor(p_email text)
RETURNS TABLE (outcome text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_user_id CONSTANT uuid := oauth.user_id_of(p_email);
BEGIN
  outcome := 'none';
  IF v_user_id IS NULL THEN
    outcome := 'unknown';
  ELSIF EXISTS (SELECT FROM oauth.second_factor f WHERE f.user_id = v_user_id) THEN
    PERFORM oauth.login_end_all(v_user_id, NULL);
    DELETE FROM oauth.second_factor f WHERE f.user_id = v_user_id;
    PERFORM oauth.audit_act('second factor reset', v_user_id, NULL, NULL, '{}');
    outcome := 'reset';
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.user_reset_second_factor(text) IS
  'Removes a user''s second factor: reset, none, unknown.';
