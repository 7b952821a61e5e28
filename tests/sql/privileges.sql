-- SPDX-License-Identifier: MIT
-- Who may do what: the whole table of rights, and nobody has more.
BEGIN;
SELECT plan(26);

-- ---- functions
CREATE FUNCTION pg_temp.functions_of(p_role text) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT DISTINCT p.proname::text FROM pg_proc p
   WHERE p.pronamespace = 'oauth'::regnamespace AND has_function_privilege(p_role, p.oid, 'EXECUTE')
$$;
SELECT set_eq($$SELECT pg_temp.functions_of('mcp_oauth_web')$$, string_to_array(
  'access_token_state assertion_grant authorization_request_create authorization_request_get client_check'
  ' client_configuration_delete client_configuration_get client_configuration_put'
  ' client_document_missed client_document_put client_get client_keys client_keys_put'
  ' client_keys_turn client_post_logout client_register code_redeem consent_deny consent_grant'
  ' device_authorization_create device_redeem device_request_create fetch_take identity_sign_in issuer_keys'
  ' issuer_keys_put issuer_keys_turn jti_take login_begin login_end login_finish login_get machine_grant metrics'
  ' password_change password_check_begin pushed_request_create pushed_request_use recovery_check recovery_use'
  ' refresh_token_state'
  ' second_factor_begin second_factor_change second_factor_confirm second_factor_get second_factor_offer'
  ' second_step_begin second_step_finish session_find_legacy session_revoke session_rotate session_rotate_2'
  ' status token_introspect user_app_revoke user_apps user_sessions_revoke userinfo', ' '),
  'the endpoints call what they are made of');
SELECT set_eq($$SELECT pg_temp.functions_of('mcp_oauth_guard')$$, '{revocations_since,status}'::text[],
  'the guard asks what was revoked and how the database is');
SELECT set_eq($$SELECT pg_temp.functions_of('mcp_oauth_admin')$$, string_to_array(
  'access_token_state client_delete client_disable client_enable client_get client_list client_prune client_register client_rotate_secret client_show'
  ' audit_follow audit_list consent_list session_list status_show user_list user_show'
  ' consent_revoke identity_add identity_list identity_remove purge refresh_token_state revocations_since revoke_client revoke_everything revoke_session revoke_token'
  ' revoke_user status user_add user_delete user_disable user_enable user_passwd user_recover user_reset_second_factor', ' '),
  'operators act');
SELECT is_empty($$
  SELECT p.proname FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
   WHERE p.pronamespace = 'oauth'::regnamespace AND a.grantee = 0
$$, 'nothing is for everybody');
SELECT is_empty($$
  SELECT p.proname, a.grantee::regrole FROM pg_proc p, aclexplode(p.proacl) a
   WHERE p.pronamespace = 'oauth'::regnamespace AND a.is_grantable AND a.grantee <> p.proowner
$$, 'nobody passes a right on');
SELECT is_empty($$
  SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'oauth'::regnamespace
     AND p.prosecdef AND NOT p.proconfig::text LIKE '%search_path=pg_catalog, pg_temp%'
$$, 'each function that runs as its owner fixes its search path');

-- ---- tables and views
CREATE FUNCTION pg_temp.rights_of(p_role text) RETURNS TABLE (name text, rights text) LANGUAGE sql AS $$
  SELECT c.relname::text, string_agg(r, ' ' ORDER BY r)
    FROM pg_class c CROSS JOIN unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) r
   WHERE (c.relnamespace = 'oauth'::regnamespace OR c.oid IN ('public.users'::regclass, 'public.mcp_server_sessions'::regclass))
     AND c.relkind IN ('r', 'p', 'v')
     AND (has_table_privilege(p_role, c.oid, r)
          OR r IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege(p_role, c.oid, r))
   GROUP BY c.relname
$$;
SELECT is_empty(format('SELECT * FROM pg_temp.rights_of(%L)', r), r || ' may touch no table')
  FROM unnest('{mcp_oauth_web,mcp_oauth_guard,mcp_web,mcp_guard}'::text[]) r;
SELECT set_eq($$SELECT * FROM pg_temp.rights_of('mcp_oauth_admin')$$, $$
  SELECT unnest(string_to_array(
    'live_sessions connected_apps stale_clients replayed_tokens login_failures'
    ' client consent login identity attempt revocation audit issuer_keys migration'
    ' users mcp_server_sessions', ' ')), 'SELECT'
$$, 'operators read');
SELECT set_eq($$
  SELECT c.relname::text || '.' || a.attname FROM pg_temp.rights_of('mcp_oauth_admin') r
    JOIN pg_class c ON c.relname = r.name AND c.relkind IN ('r', 'p', 'v')
     AND c.relnamespace IN ('oauth'::regnamespace, 'public'::regnamespace)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
   WHERE NOT has_column_privilege('mcp_oauth_admin', c.oid, a.attnum, 'SELECT')
$$, string_to_array(
  'client.client_secret_digest client.registration_access_token_digest login.login_digest'
  ' mcp_server_sessions.previous_token_hash mcp_server_sessions.refresh_token_hash users.created_at', ' '),
  'all but digests of secrets, and what the site may keep of its own');
SELECT is_empty($$
  SELECT r.rolname, c.relname FROM pg_class c CROSS JOIN pg_roles r
   WHERE c.relnamespace = 'oauth'::regnamespace AND c.relkind = 'S' AND r.rolname ~ '^mcp_(oauth_)?(web|guard|admin)$'
     AND has_sequence_privilege(r.oid, c.oid, 'USAGE, SELECT, UPDATE')
$$, 'no sequence is for anybody');
SELECT is_empty($$
  SELECT c.relname FROM pg_class c, aclexplode(c.relacl) a
   WHERE c.relnamespace = 'oauth'::regnamespace AND a.grantee = 0
$$, 'no table is for everybody');

-- ---- the schema, and what a role is
SELECT schema_privs_are('oauth', r, '{USAGE}', r || ' makes nothing in the schema')
  FROM unnest('{mcp_oauth_web,mcp_oauth_guard,mcp_oauth_admin}'::text[]) r;
SELECT is_empty($$
  SELECT rolname FROM pg_roles WHERE rolname LIKE 'mcp\_oauth\_%'
     AND (rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)
$$, 'the roles are groups without powers');
SELECT isnt_member_of(a, b, format('%s is not in %s', b, a))
  FROM (VALUES ('mcp_oauth_owner', 'mcp_oauth_admin'), ('mcp_oauth_admin', 'mcp_oauth_web'),
               ('mcp_oauth_web', 'mcp_oauth_admin'), ('mcp_oauth_guard', 'mcp_oauth_web')) AS t (a, b);

-- ---- and in practice
SET ROLE mcp_web;
SELECT throws_ok('SELECT * FROM oauth.credential', '42501', NULL, 'no password hash is readable');
SELECT throws_ok('SELECT * FROM public.mcp_server_sessions', '42501', NULL, 'no session is readable');
SET ROLE mcp_oauth_admin;
SELECT throws_ok('SELECT * FROM oauth.credential', '42501', NULL, 'no password hash is readable for operators');
SELECT throws_ok('SELECT refresh_token_hash FROM public.mcp_server_sessions', '42501', NULL, 'and no refresh token''s');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
