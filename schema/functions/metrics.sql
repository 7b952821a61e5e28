-- SPDX-License-Identifier: MIT
--
-- metrics - figures for a monitor that asks every few seconds.  None takes
-- long, however large the tables are: see rows_about.
CREATE OR REPLACE FUNCTION oauth.metrics()
RETURNS TABLE (migration integer, sessions bigint, users bigint, clients bigint,
  authorization_requests bigint, revocations bigint, purge_overdue_s bigint,
  connections integer, max_connections integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN QUERY SELECT (SELECT max(m.number) FROM oauth.migration m),
    oauth.rows_about('public.mcp_server_sessions'), oauth.rows_about('public.users'),
    oauth.rows_about('oauth.client'), oauth.rows_about('oauth.authorization_request'),
    oauth.rows_about('oauth.revocation'),
    (SELECT greatest(0, floor(extract(epoch FROM now() - min(s.expires_at))))::bigint
       FROM public.mcp_server_sessions s),
    (SELECT d.numbackends FROM pg_stat_database d WHERE d.datname = current_database()),
    current_setting('max_connections')::integer;
END
$body$;
COMMENT ON FUNCTION oauth.metrics() IS
  'Figures for a monitor: how many rows there are of what, since when purge is overdue, connections.';

-- How many rows a table has: counted as far as 20000, beyond that the
-- planner's estimate.
CREATE OR REPLACE FUNCTION oauth.rows_about(p_table regclass)
RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  c_counted CONSTANT integer := 20000;
  v_rows bigint;
BEGIN
  EXECUTE format('SELECT count(*) FROM (SELECT FROM %s LIMIT $1) AS first_rows', p_table)
     INTO v_rows USING c_counted;
  IF v_rows < c_counted THEN
    RETURN v_rows;
  END IF;
  RETURN (SELECT greatest(v_rows, c.reltuples::bigint) FROM pg_class c WHERE c.oid = p_table);
END
$body$;
COMMENT ON FUNCTION oauth.rows_about(regclass) IS
  'Part of metrics: how many rows a table has, exactly if they are few.';
