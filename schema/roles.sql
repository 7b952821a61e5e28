-- SPDX-License-Identifier: MIT
--
-- roles.sql - the four group roles.  Run by "mcp-oauth migrate --roles", where
-- the login may create roles; a host that gives one login needs none of them.
--
--   mcp_oauth_owner   may own the schema and run migrations
--   mcp_oauth_web     the endpoints: EXECUTE on their functions, no table
--   mcp_oauth_guard   the guards: reads revocations, nothing else
--   mcp_oauth_admin   people and jobs that operate: functions, and SELECT
--
-- Give a login one of them: CREATE ROLE mcp_web LOGIN IN ROLE mcp_oauth_web;
DO $body$
DECLARE
  v_purposes CONSTANT jsonb := '{
    "mcp_oauth_owner": "Owns the schema oauth and runs its migrations.",
    "mcp_oauth_web": "For the endpoints: may call their functions, touches no table.",
    "mcp_oauth_guard": "For the guards: reads what was revoked, nothing else.",
    "mcp_oauth_admin": "For people and jobs that operate: views, tables without digests, functions such as oauth.revoke_user()."
  }';
  v_role text;
BEGIN
  FOR v_role IN SELECT jsonb_object_keys(v_purposes) LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = v_role) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
        EXECUTE format('COMMENT ON ROLE %I IS %L', v_role, v_purposes ->> v_role);
      EXCEPTION WHEN duplicate_object THEN
        NULL; -- made just now, for another database of this cluster
      END;
    END IF;
  END LOOP;
END
$body$;
