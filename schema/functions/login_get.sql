-- SPDX-License-Identifier: MIT
--
-- login_get - who is signed in by this cookie, for a page that changes nothing.
-- Outcomes: signed_in, not_signed_in.
CREATE OR REPLACE FUNCTION oauth.login_get(p_login_digest bytea)
RETURNS TABLE (outcome text, email text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  SELECT l.email INTO email FROM oauth.login_user(p_login_digest, '-infinity') l;
  outcome := CASE WHEN FOUND THEN 'signed_in' ELSE 'not_signed_in' END;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.login_get(bytea) IS
  'Who is signed in by a login cookie: signed_in, not_signed_in.';
