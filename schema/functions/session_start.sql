-- SPDX-License-Identifier: MIT
--
-- session_start - a new session, and its line in the audit.
--
-- Part of the functions that grant; p_refresh_token_hash NULL starts one that
-- cannot be refreshed and ends with its only access token.  rotated_from is
-- where the session was last used from, at first where it was started; p_dpop_jkt
-- is the key that refreshes are bound to.
CREATE OR REPLACE FUNCTION oauth.session_start(
  p_session_id uuid, p_user_id uuid, p_client_id text, p_refresh_token_hash text,
  p_scope text, p_resource text, p_auth_at timestamptz, p_dpop_jkt text,
  p_access_s integer, p_idle_s integer, p_session_s integer, p_remote text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_session_s CONSTANT integer :=
    CASE WHEN p_refresh_token_hash IS NULL THEN p_access_s ELSE p_session_s END;
BEGIN
  INSERT INTO public.mcp_server_sessions (id, user_id, client_identifier,
      refresh_token_hash, expires_at, generation, scope, resource, session_expires_at,
      access_expires_at, last_used_at, rotated_from, auth_at, dpop_jkt)
  VALUES (p_session_id, p_user_id, p_client_id, coalesce(p_refresh_token_hash, '-'),
      now() + least(p_idle_s, v_session_s) * interval '1 second', 1, p_scope, p_resource,
      now() + v_session_s * interval '1 second',
      now() + p_access_s * interval '1 second', now(), p_remote, p_auth_at, p_dpop_jkt);
  INSERT INTO oauth.audit (event, user_id, client_id, session_id, remote, details)
  VALUES ('session started', p_user_id, p_client_id, p_session_id, p_remote,
          jsonb_build_object('resource', p_resource, 'scope', p_scope));
END
$body$;
COMMENT ON FUNCTION oauth.session_start(uuid, uuid, text, text, text, text, timestamptz,
  text, integer, integer, integer, text) IS
  'Part of the functions that grant: stores a session and audits its start.';

-- How many seconds a session may last that must not outlive p_until, if that is
-- given.
CREATE OR REPLACE FUNCTION oauth.session_limit_s(p_session_s integer, p_until timestamptz)
RETURNS integer LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN least(p_session_s, floor(extract(epoch FROM p_until - now()))::integer);
END
$body$;
COMMENT ON FUNCTION oauth.session_limit_s(integer, timestamptz) IS
  'Part of the functions that grant: the length of a session that must not outlive a moment.';
