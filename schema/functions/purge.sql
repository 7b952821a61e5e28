-- SPDX-License-Identifier: MIT
--
-- purge - remove up to p_batch rows of each kind that are of no more use; run
-- it from cron until it deletes nothing.  Any number may run at once: a row
-- that somebody holds is passed over.  p_audit_keep_days is how long the audit
-- is kept; NULL: for good.
CREATE OR REPLACE FUNCTION oauth.purge(
  p_batch integer DEFAULT 10000, p_audit_keep_days integer DEFAULT NULL)
RETURNS TABLE (kind text, deleted bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_table regclass;
  v_column text;
  v_age interval;
BEGIN
  FOR kind, v_table, v_column, v_age IN VALUES
    ('session', 'public.mcp_server_sessions'::regclass, 'expires_at', interval '0'),
    ('authorization_request', 'oauth.authorization_request', 'expires_at', '1 hour'),
    ('login', 'oauth.login', 'expires_at', '0'),
    ('half_login', 'oauth.half_login', 'expires_at', '0'),
    ('recovery_link', 'oauth.recovery_link', 'expires_at', '0'),
    ('attempt', 'oauth.attempt', 'window_started_at', '1 day'),
    ('revocation', 'oauth.revocation', 'expires_at', '0')
  LOOP
    deleted := oauth.purge_older(v_table, v_column, v_age, p_batch);
    RETURN NEXT;
  END LOOP;
  kind := 'pushed_request';
  deleted := oauth.pushed_request_purge(p_batch);
  RETURN NEXT;
  kind := 'device_code';
  deleted := oauth.device_code_purge(p_batch);
  RETURN NEXT;
  kind := 'authorization_code';
  deleted := oauth.authorization_code_purge(p_batch);
  RETURN NEXT;
  kind := 'spent_jti';
  deleted := oauth.jti_purge(p_batch);
  RETURN NEXT;
  kind := 'client';
  deleted := oauth.client_purge(p_batch) + oauth.client_retire(p_batch);
  RETURN NEXT;
  -- Last, for the lock that it may take is held until the commit.
  kind := 'audit';
  deleted := oauth.audit_purge(p_batch, p_audit_keep_days);
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.purge(integer, integer) IS
  'Removes up to p_batch rows of each kind that are of no more use, and the audit of more than p_audit_keep_days ago (NULL: none); makes the audit''s coming months. Run it until it deletes nothing.';

-- Up to p_batch rows of a table whose p_column is more than p_age ago.
CREATE OR REPLACE FUNCTION oauth.purge_older(
  p_table regclass, p_column text, p_age interval, p_batch integer)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_deleted bigint;
BEGIN
  EXECUTE format(
    'DELETE FROM %1$s WHERE ctid = ANY (ARRAY(SELECT o.ctid FROM %1$s o WHERE o.%2$I < now() - $1
       ORDER BY o.%2$I LIMIT $2 FOR UPDATE SKIP LOCKED))', p_table, p_column)
    USING p_age, p_batch;
  GET DIAGNOSTICS v_deleted = ROW_COUNT;
  RETURN v_deleted;
END
$body$;
COMMENT ON FUNCTION oauth.purge_older(regclass, text, interval, integer) IS
  'Part of purge: removes some rows of a table that are older than that; how many.';
