-- SPDX-License-Identifier: MIT
--
-- login_end - sign the browser out.  Outcomes: ended, unknown.
CREATE OR REPLACE FUNCTION oauth.login_end(p_login_digest bytea)
RETURNS TABLE (outcome text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_user_id uuid;
BEGIN
  DELETE FROM oauth.login l WHERE l.login_digest = p_login_digest
  RETURNING l.user_id INTO v_user_id;
  IF NOT FOUND THEN
    outcome := 'unknown';
    RETURN NEXT;
    RETURN;
  END IF;
  INSERT INTO oauth.audit (event, user_id) VALUES ('sign-out', v_user_id);
  outcome := 'ended';
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.login_end(bytea) IS 'Signs a browser out: ended, unknown.';
