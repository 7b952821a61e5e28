-- SPDX-License-Identifier: MIT
-- What the logins of the programs may do: call their functions, nothing else.
BEGIN;
SELECT plan(24);

SELECT is_empty($$
  SELECT r.rolname, c.oid::regclass FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname IN ('oauth', 'public')
   CROSS JOIN pg_roles r
   WHERE r.rolname IN ('mcp_web', 'mcp_guard') AND c.relkind IN ('r', 'p', 'v', 'S')
     AND (c.relkind <> 'S' AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
       OR c.relkind = 'S' AND has_sequence_privilege(r.oid, c.oid, 'USAGE, SELECT, UPDATE'))
     AND c.relname NOT LIKE 'tap_%' AND c.relname <> 'pg_all_foreign_keys'
$$, 'the endpoints and the guard may touch no table');

SELECT set_eq($$
  SELECT p.proname::text FROM pg_proc p WHERE p.pronamespace = 'oauth'::regnamespace
     AND has_function_privilege('mcp_guard', p.oid, 'EXECUTE')
$$, ARRAY['revocations_since', 'status'], 'the guard may ask what was revoked and how the database is');

SELECT ok(NOT has_function_privilege('mcp_web', p.oid, 'EXECUTE'), p.proname || ' is not for the endpoints')
  FROM pg_proc p WHERE p.pronamespace = 'oauth'::regnamespace
   AND p.proname IN ('user_add', 'user_passwd', 'purge', 'revocations_since', 'client_purge', 'attempt_take',
     'attempt_wait', 'client_retire', 'client_register_wait', 'client_configuration_refusal', 'client_addresses_left', 'client_allowed',
     'session_start', 'device_decide', 'device_poll', 'device_code_purge', 'pushed_request_purge',
     'authorization_code_purge');

SELECT is_empty($$
  SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'oauth'::regnamespace
     AND p.prosecdef AND NOT p.proconfig::text LIKE '%search_path=pg_catalog, pg_temp%'
$$, 'each function that runs as its owner fixes its search path');

SELECT is_empty($$
  SELECT p.proname FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
   WHERE p.pronamespace = 'oauth'::regnamespace AND a.grantee = 0
$$, 'nothing is for everybody');

SET ROLE mcp_web;
SELECT throws_ok('SELECT * FROM oauth.credential', '42501', NULL, 'no password hash is readable');
SELECT throws_ok('SELECT * FROM public.mcp_server_sessions', '42501', NULL, 'no session is readable');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
