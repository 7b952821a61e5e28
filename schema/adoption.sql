-- SPDX-License-Identifier: MIT
--
-- adoption.sql - before the first migration, where a site's sessions are to be
-- taken over: the indexes that take long are made while the site goes on
-- reading and writing.  What the tables must look like is 0001's to say.
--
-- mcp-oauth: outside a transaction

-- What was interrupted left an invalid index.
DO $body$
DECLARE
  v_index regclass;
BEGIN
  PERFORM set_config('lock_timeout', '500ms', true);
  FOR v_index IN
    SELECT i.indexrelid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid = 'public.mcp_server_sessions'::regclass AND NOT i.indisvalid
       AND c.relname IN ('idx_mcp_sessions_refresh_token', 'idx_mcp_sessions_expires_at',
                         'mcp_server_sessions_user_id_idx', 'mcp_server_sessions_client_idx')
  LOOP
    EXECUTE format('DROP INDEX %s', v_index);
  END LOOP;
END
$body$;

-- These wait for whoever is at work and let everybody go on meanwhile.
CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_mcp_sessions_refresh_token
  ON public.mcp_server_sessions (refresh_token_hash);
CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_mcp_sessions_expires_at
  ON public.mcp_server_sessions (expires_at);
CREATE INDEX CONCURRENTLY IF NOT EXISTS mcp_server_sessions_user_id_idx
  ON public.mcp_server_sessions (user_id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS mcp_server_sessions_client_idx
  ON public.mcp_server_sessions (client_identifier);
