-- SPDX-License-Identifier: MIT
--
-- status_show - how the database is, for an operator: migrations with their
-- SHA-256, how much there is of everything, connections, and since when
-- something waits to be purged (NULL: nothing does).  Sessions and the like are
-- counted, which takes a moment where there are millions.
CREATE OR REPLACE FUNCTION oauth.status_show()
RETURNS TABLE (details json)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN QUERY SELECT json_build_object(
    'database', current_database(), 'server_version', current_setting('server_version'),
    'now', oauth.rfc3339(now()), 'standby', pg_is_in_recovery(),
    'migrations', (SELECT json_object_agg(m.number, m.sha256 ORDER BY m.number) FROM oauth.migration m),
    'migrated_at', (SELECT oauth.rfc3339(max(m.applied_at)) FROM oauth.migration m),
    'users', (SELECT count(*) FROM public.users),
    'users_disabled', (SELECT count(*) FROM public.users u WHERE u.disabled_at IS NOT NULL),
    'clients', (SELECT count(*) FROM oauth.client),
    'clients_disabled', (SELECT count(*) FROM oauth.client c WHERE c.disabled_at IS NOT NULL),
    'clients_stale', (SELECT count(*) FROM oauth.stale_clients c),
    'sessions', (SELECT count(*) FROM public.mcp_server_sessions s WHERE s.expires_at > now()),
    'browsers', (SELECT count(*) FROM oauth.login l WHERE l.expires_at > now()),
    'consents', (SELECT count(*) FROM oauth.consent),
    'revocations', (SELECT count(*) FROM oauth.revocation r WHERE r.expires_at > now()),
    'audit_since', (SELECT oauth.rfc3339(min(a.at)) FROM oauth.audit a),
    'session_bytes', pg_total_relation_size('public.mcp_server_sessions'),
    'audit_bytes', (SELECT sum(pg_total_relation_size(i.inhrelid)) FROM pg_inherits i
                     WHERE i.inhparent = 'oauth.audit'::regclass),
    'connections', (SELECT count(*) FROM pg_stat_activity s WHERE s.datname IS NOT NULL AND s.usename IS NOT NULL),
    'connections_here', (SELECT count(*) FROM pg_stat_activity s WHERE s.datname = current_database() AND s.usename IS NOT NULL),
    'connections_max', current_setting('max_connections')::integer
                       - current_setting('superuser_reserved_connections')::integer,
    'oldest_unpurged', oauth.rfc3339(nullif(least(now(),
      (SELECT min(s.expires_at) FROM public.mcp_server_sessions s),
      (SELECT min(r.expires_at) + interval '1 hour' FROM oauth.authorization_request r),
      (SELECT min(l.expires_at) FROM oauth.login l),
      (SELECT min(r.expires_at) FROM oauth.revocation r)), now())));
END
$body$;
COMMENT ON FUNCTION oauth.status_show() IS
  'How the database is: migrations, counts, sizes, connections, and since when something waits for purge.';
