-- SPDX-License-Identifier: MIT
--
-- client_purge - remove up to p_batch clients that came by themselves and that no
-- user allowed within a day.  One with a session is never removed.
CREATE OR REPLACE FUNCTION oauth.client_purge(p_batch integer)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_deleted bigint;
BEGIN
  DELETE FROM oauth.client c WHERE c.client_id IN (
    SELECT u.client_id FROM oauth.client u
     WHERE u.registration IN ('dynamic', 'metadata') AND u.consented_at IS NULL
       AND u.created_at < now() - interval '1 day'
       AND NOT EXISTS (SELECT FROM public.mcp_server_sessions s
                        WHERE s.client_identifier = u.client_id)
     ORDER BY u.created_at LIMIT p_batch FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS v_deleted = ROW_COUNT;
  RETURN v_deleted;
END
$body$;
COMMENT ON FUNCTION oauth.client_purge(integer) IS
  'Removes some registrations that never reached consent; how many.';

-- client_retire - remove up to p_batch such clients that were allowed once
-- and have had no session and no user's consent for 90 days: what a user
-- forgot.  One with a session is never removed.
CREATE OR REPLACE FUNCTION oauth.client_retire(p_batch integer)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_deleted bigint;
BEGIN
  DELETE FROM oauth.client c WHERE c.client_id IN (
    SELECT u.client_id FROM oauth.client u
     WHERE u.registration IN ('dynamic', 'metadata') AND u.consented_at IS NOT NULL
       AND coalesce(u.last_used_at, u.consented_at) < now() - interval '90 days'
       AND NOT EXISTS (SELECT FROM public.mcp_server_sessions s
                        WHERE s.client_identifier = u.client_id)
     ORDER BY coalesce(u.last_used_at, u.consented_at)
     LIMIT p_batch FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS v_deleted = ROW_COUNT;
  RETURN v_deleted;
END
$body$;
COMMENT ON FUNCTION oauth.client_retire(integer) IS
  'Removes some registrations that were used, but not for 90 days; how many.';
