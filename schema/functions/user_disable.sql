-- SPDX-License-Identifier: MIT
--
-- user_disable - keep a user out, let them in again, or remove them.
--
-- A disabled user signs in no more and is signed out; their sessions refresh no
-- more, guards refuse their access tokens (a trigger tells them), and all of it
-- is back when the user is enabled, but for the access tokens of before.

-- sessions: how many live ones are of no use now.  Outcomes: disabled, already,
-- unknown.
CREATE OR REPLACE FUNCTION oauth.user_disable(p_email text)
RETURNS TABLE (outcome text, sessions bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_user_id uuid := oauth.user_id_of(p_email);
BEGIN
  SELECT count(*) INTO sessions FROM public.mcp_server_sessions s
   WHERE s.user_id = v_user_id AND s.expires_at > now();
  UPDATE public.users u SET disabled_at = now()
   WHERE u.id = v_user_id AND u.disabled_at IS NULL;
  IF FOUND THEN
    PERFORM oauth.audit_act('user disabled', v_user_id, NULL, NULL,
                            jsonb_build_object('sessions', sessions));
    outcome := 'disabled';
  ELSE
    outcome := CASE WHEN v_user_id IS NULL THEN 'unknown' ELSE 'already' END;
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.user_disable(text) IS
  'Keeps a user out, by email: disabled, already, unknown; how many sessions stand still.';

-- Outcomes: enabled, already, unknown.
CREATE OR REPLACE FUNCTION oauth.user_enable(p_email text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_user_id uuid := oauth.user_id_of(p_email);
BEGIN
  UPDATE public.users u SET disabled_at = NULL
   WHERE u.id = v_user_id AND u.disabled_at IS NOT NULL;
  IF FOUND THEN
    PERFORM oauth.audit_act('user enabled', v_user_id, NULL, NULL, '{}');
    RETURN 'enabled';
  END IF;
  RETURN CASE WHEN v_user_id IS NULL THEN 'unknown' ELSE 'already' END;
END
$body$;
COMMENT ON FUNCTION oauth.user_enable(text) IS
  'Lets a disabled user in again, by email: enabled, already, unknown.';

-- With the user go sessions, consents, sign-ins and the password.  A table of
-- the site's own that refers to the user without ON DELETE stops it with an
-- error.  Outcomes: deleted, unknown.
CREATE OR REPLACE FUNCTION oauth.user_delete(p_email text)
RETURNS TABLE (outcome text, sessions bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_user_id uuid := oauth.user_id_of(p_email);
BEGIN
  DELETE FROM public.mcp_server_sessions s WHERE s.user_id = v_user_id;
  GET DIAGNOSTICS sessions = ROW_COUNT;
  DELETE FROM oauth.attempt a WHERE a.key = 'account:' || v_user_id;
  DELETE FROM public.users u WHERE u.id = v_user_id;
  IF FOUND THEN
    PERFORM oauth.audit_act('user deleted', v_user_id, NULL, NULL,
                            jsonb_build_object('email', p_email, 'sessions', sessions));
    outcome := 'deleted';
  ELSE
    outcome := 'unknown';
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.user_delete(text) IS
  'Removes a user and all that is theirs, by email: deleted, unknown; how many sessions ended.';
