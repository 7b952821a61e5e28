-- SPDX-License-Identifier: MIT
-- \d+ and \df+ tell what everything is.
BEGIN;
SELECT plan(5);

SELECT is_empty($$
  SELECT c.oid::regclass FROM pg_class c
   WHERE (c.relnamespace = 'oauth'::regnamespace OR c.oid IN ('public.users'::regclass, 'public.mcp_server_sessions'::regclass))
     AND c.relkind IN ('r', 'p', 'v') AND obj_description(c.oid, 'pg_class') IS NULL
$$, 'each table and view has a comment');

-- The names of the standards, and those that say it all.
SELECT is_empty($$
  SELECT c.oid::regclass, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
   WHERE (c.relnamespace = 'oauth'::regnamespace OR c.oid IN ('public.users'::regclass, 'public.mcp_server_sessions'::regclass))
     AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
     AND a.attnum > 0 AND NOT a.attisdropped AND col_description(c.oid, a.attnum) IS NULL
     AND a.attname <> ALL (string_to_array('id name user_id email client_id session_id created_at expires_at'
       ' at event remote user_agent details request_id jti key count digest attempts password_hash'
       ' applied_at granted_at changed_at decided_at spent_at last_used_at decision issuer jwks'
       ' client_name client_uri logo_uri tos_uri policy_uri jwks_uri redirect_uri redirect_uris grant_types'
       ' response_types token_endpoint_auth_method application_type software_id software_version registration'
       ' scope resource state prompt nonce login_hint max_age_s expected_user_id code_challenge'
       ' code_digest request_uri_digest', ' '))
$$, 'each column whose name does not say it all has a comment');

SELECT is_empty($$
  SELECT p.oid::regprocedure FROM pg_proc p
   WHERE p.pronamespace = 'oauth'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL
$$, 'each function has a comment');

SELECT is((SELECT count(*)::int FROM pg_roles WHERE rolname LIKE 'mcp\_oauth\_%'), 4, 'there are four roles');
SELECT is_empty($$
  SELECT rolname FROM pg_roles WHERE rolname LIKE 'mcp\_oauth\_%' AND shobj_description(oid, 'pg_authid') IS NULL
$$, 'each with a comment');

SELECT * FROM finish();
ROLLBACK;
