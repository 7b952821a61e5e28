-- SPDX-License-Identifier: MIT
--
-- audit_act - what an operator did, by the command or in psql: the audit names
-- the login that it was done with.
CREATE OR REPLACE FUNCTION oauth.audit_act(
  p_event text, p_user_id uuid, p_client_id text, p_session_id uuid, p_details jsonb,
  p_jti text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  INSERT INTO oauth.audit (event, user_id, client_id, session_id, jti, remote, details)
  VALUES (p_event, p_user_id, p_client_id, p_session_id, p_jti,
          host(inet_client_addr()), p_details || jsonb_build_object('by', session_user));
END
$body$;
COMMENT ON FUNCTION oauth.audit_act(text, uuid, text, uuid, jsonb, text) IS
  'Part of the operator''s functions: audits an act and the login that did it.';

-- Whom an operator means by an email, whatever its case; NULL for nobody.
CREATE OR REPLACE FUNCTION oauth.user_id_of(p_email text)
RETURNS uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN (SELECT u.id FROM public.users u WHERE lower(u.email) = lower(p_email));
END
$body$;
COMMENT ON FUNCTION oauth.user_id_of(text) IS
  'Part of the operator''s functions: the user of an email, or NULL.';
