-- SPDX-License-Identifier: MIT
--
-- consent_revoke - a user allows a client no more: what was remembered is
-- forgotten, codes under way are dead, and their sessions with it end.
-- Outcomes: done; nothing (there was nothing to revoke); unknown (no such user).
CREATE OR REPLACE FUNCTION oauth.consent_revoke(p_email text, p_client_id text)
RETURNS TABLE (outcome text, sessions bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_user_id uuid := oauth.user_id_of(p_email);
  v_consents bigint;
BEGIN
  DELETE FROM oauth.consent a WHERE a.user_id = v_user_id AND a.client_id = p_client_id;
  GET DIAGNOSTICS v_consents = ROW_COUNT;
  DELETE FROM oauth.authorization_code a
   WHERE a.user_id = v_user_id AND a.client_id = p_client_id AND a.spent_at IS NULL;
  DELETE FROM oauth.device_code d
   WHERE d.user_id = v_user_id AND d.client_id = p_client_id AND d.spent_at IS NULL;
  DELETE FROM public.mcp_server_sessions s
   WHERE s.user_id = v_user_id AND s.client_identifier = p_client_id;
  GET DIAGNOSTICS sessions = ROW_COUNT;
  outcome := CASE WHEN v_user_id IS NULL THEN 'unknown'
                  WHEN v_consents + sessions = 0 THEN 'nothing' ELSE 'done' END;
  IF outcome = 'done' THEN
    PERFORM oauth.audit_act('consent revoked', v_user_id, p_client_id, NULL,
                            jsonb_build_object('sessions', sessions));
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.consent_revoke(text, text) IS
  'Takes back what a user, by email, allowed a client: done, nothing, unknown; how many sessions ended.';
