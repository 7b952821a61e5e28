-- SPDX-License-Identifier: MIT
--
-- purge - remove up to p_batch rows of each kind that are of no more use; run
-- it from cron until it deletes nothing.  Two may run at once.
CREATE OR REPLACE FUNCTION oauth.purge(p_batch integer)
RETURNS TABLE (kind text, deleted bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_month date := date_trunc('month', now() AT TIME ZONE 'UTC');
BEGIN
  -- The audit's coming months, before their first row falls into the default.
  FOR i IN 1..2 LOOP
    v_month := v_month + interval '1 month';
    IF to_regclass('oauth.audit_' || to_char(v_month, 'YYYY_MM')) IS NULL THEN
      EXECUTE format('CREATE TABLE oauth.audit_%s PARTITION OF oauth.audit FOR VALUES FROM (%L) TO (%L)',
        to_char(v_month, 'YYYY_MM'), v_month::text || ' 00:00+00',
        (v_month + interval '1 month')::date::text || ' 00:00+00');
    END IF;
  END LOOP;

  kind := 'session';
  DELETE FROM public.mcp_server_sessions s WHERE s.id IN (
    SELECT o.id FROM public.mcp_server_sessions o WHERE o.expires_at < now()
     ORDER BY o.expires_at LIMIT p_batch FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN NEXT;
  kind := 'authorization_request';
  DELETE FROM oauth.authorization_request r WHERE r.request_id IN (
    SELECT o.request_id FROM oauth.authorization_request o
     WHERE o.expires_at < now() - interval '1 hour'
     ORDER BY o.expires_at LIMIT p_batch FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN NEXT;
  kind := 'pushed_request';
  deleted := oauth.pushed_request_purge(p_batch);
  RETURN NEXT;
  kind := 'device_code';
  deleted := oauth.device_code_purge(p_batch);
  RETURN NEXT;
  kind := 'authorization_code';
  deleted := oauth.authorization_code_purge(p_batch);
  RETURN NEXT;
  kind := 'login';
  deleted := oauth.login_purge(p_batch);
  RETURN NEXT;
  kind := 'attempt';
  DELETE FROM oauth.attempt a WHERE a.key IN (
    SELECT o.key FROM oauth.attempt o WHERE o.window_started_at < now() - interval '1 day'
     ORDER BY o.window_started_at LIMIT p_batch FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN NEXT;
  kind := 'revocation';
  DELETE FROM oauth.revocation r WHERE r.id IN (
    SELECT o.id FROM oauth.revocation o WHERE o.expires_at < now()
     ORDER BY o.expires_at LIMIT p_batch FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN NEXT;
  kind := 'spent_jti';
  deleted := oauth.jti_purge(p_batch);
  RETURN NEXT;
  kind := 'client';
  deleted := oauth.client_purge(p_batch) + oauth.client_retire(p_batch);
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.purge(integer) IS
  'Removes up to p_batch rows of each kind that are of no more use.';
