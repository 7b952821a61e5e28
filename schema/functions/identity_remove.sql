-- SPDX-License-Identifier: MIT
--
-- identity_remove - a name of a source is no user any more: it signs in no
-- longer, and where it did so it is signed out.  The account and its sessions
-- stay.  Outcomes: removed, unknown.
CREATE OR REPLACE FUNCTION oauth.identity_remove(p_source text, p_name text)
RETURNS TABLE (outcome text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_user_id uuid;
BEGIN
  DELETE FROM oauth.identity i WHERE i.source = p_source AND i.name = p_name
  RETURNING i.user_id INTO v_user_id;
  outcome := CASE WHEN FOUND THEN 'removed' ELSE 'unknown' END;
  IF outcome = 'removed' THEN
    DELETE FROM oauth.login l WHERE l.user_id = v_user_id AND l.source = p_source;
    INSERT INTO oauth.audit (event, user_id, details)
    VALUES ('identity removed', v_user_id, jsonb_build_object('source', p_source, 'name', p_name));
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.identity_remove(text, text) IS
  'A name of a source signs in no more: removed, unknown.';
