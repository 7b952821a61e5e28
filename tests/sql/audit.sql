-- SPDX-License-Identifier: MIT
-- The audit: its months, what is removed when, who can change it.
BEGIN;
SELECT plan(37);

CREATE FUNCTION pg_temp.partition(p_at timestamptz) RETURNS text LANGUAGE sql AS $$
  SELECT 'audit_' || to_char(p_at AT TIME ZONE 'UTC', 'YYYY_MM')
$$;
CREATE FUNCTION pg_temp.purged(p_kind text, p_batch integer, p_keep_days integer) RETURNS bigint LANGUAGE sql AS $$
  SELECT deleted FROM oauth.purge(p_batch, p_keep_days) WHERE kind = p_kind
$$;
CREATE FUNCTION pg_temp.lies_in(p_event text) RETURNS text LANGUAGE sql AS $$
  SELECT a.tableoid::regclass::text FROM oauth.audit a WHERE a.event = p_event
$$;

-- ---- months
SELECT has_table('oauth', pg_temp.partition(now() + i * interval '1 month'), 'month ' || i || ' is there') FROM generate_series(0, 2) i;
SELECT format('DROP TABLE oauth.%I', pg_temp.partition(now() + interval '2 months')) AS drop_one \gset
:drop_one;
SELECT lives_ok('SELECT oauth.purge()', 'purge makes a month that is missing');
SELECT has_table('oauth', pg_temp.partition(now() + interval '2 months'), 'there it is');
SELECT is((SELECT count(*)::int FROM pg_index WHERE indrelid = ('oauth.' || pg_temp.partition(now() + interval '2 months'))::regclass),
  (SELECT count(*)::int FROM pg_index WHERE indrelid = 'oauth.audit'::regclass), 'with the indexes of the others');
SELECT col_default_is('oauth', pg_temp.partition(now() + interval '2 months'), 'outcome', 'done', 'and their defaults');

INSERT INTO oauth.audit (event, at) VALUES ('now', now()), ('long ago', '2020-01-15 12:00+00'), ('far', now() + interval '1 year');
SELECT is(pg_temp.lies_in('now'), 'oauth.' || pg_temp.partition(now()), 'a row goes to its month');
SELECT is(pg_temp.lies_in('long ago'), 'oauth.audit_default', 'one without a month finds a place too');
SELECT lives_ok('SELECT oauth.audit_month_make((now() + interval ''1 year'')::date)', 'the month of a row that lies there');
SELECT is(pg_temp.lies_in('far'), 'oauth.audit_default', 'is left there');

-- ---- what is kept
SELECT is(pg_temp.purged('audit', 100, NULL), 0::bigint, 'without a limit nothing goes');
SELECT is(pg_temp.purged('audit', 100, 400), 1::bigint, 'an old row goes from the default partition');
INSERT INTO oauth.audit (event, at) SELECT 'long ago', '2020-01-15 12:00+00' FROM generate_series(1, 5);
SELECT is(pg_temp.purged('audit', 2, 400), 2::bigint, 'in batches');
SELECT is(pg_temp.purged('audit', 100, 400), 3::bigint, 'until none is left');
SELECT oauth.audit_month_make('2021-03-01'), oauth.audit_month_make('2021-04-01');
INSERT INTO oauth.audit (event, at) VALUES ('in march', '2021-03-31 23:59:59+00'), ('in april', '2021-04-01 00:00+00');
SELECT is(pg_temp.lies_in('in march'), 'oauth.audit_2021_03', 'the last second of a month');
SELECT is(pg_temp.lies_in('in april'), 'oauth.audit_2021_04', 'and the first');
SELECT oauth.audit_months_drop('2021-04-01 00:00+00');
SELECT hasnt_table('oauth', 'audit_2021_03', 'a month that has ended long enough is dropped');
SELECT has_table('oauth', 'audit_2021_04', 'the next is not');
SELECT oauth.audit_months_drop(NULL);
SELECT has_table('oauth', 'audit_2021_04', 'nor is any without a limit');
SELECT pg_temp.purged('audit', 100, 400);
SELECT hasnt_table('oauth', 'audit_2021_04', 'purge drops it');
SELECT isnt_empty($$SELECT FROM oauth.audit WHERE event = 'now'$$, 'what is young stays');

-- ---- append-only: no role but the owner has any way to it
SELECT is_empty($$
  SELECT r.rolname, c.oid::regclass FROM pg_roles r CROSS JOIN pg_class c
   WHERE r.rolname IN ('mcp_oauth_web', 'mcp_oauth_guard', 'mcp_oauth_admin')
     AND c.relnamespace = 'oauth'::regnamespace AND c.relname LIKE 'audit%' AND c.relkind IN ('r', 'p')
     AND has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
$$, 'the audit is written by functions alone');
SET ROLE mcp_oauth_admin;
SELECT throws_ok('UPDATE oauth.audit SET event = $$x$$', '42501', NULL, 'the admin role changes nothing');
SELECT throws_ok('DELETE FROM oauth.audit', '42501', NULL, 'and removes nothing');
SELECT throws_ok('TRUNCATE oauth.audit', '42501', NULL, 'in no way');
SELECT throws_ok($$INSERT INTO oauth.audit (event) VALUES ('x')$$, '42501', NULL, 'and invents nothing');
SELECT isnt_empty('SELECT * FROM oauth.audit', 'but reads it all');
RESET ROLE;

-- ---- what is written
SELECT is_empty($$
  SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'oauth'::regnamespace
     AND p.prosrc ~ 'INSERT INTO oauth\.audit[^)]*\ydetail\y'
$$, 'no function writes a column of before');
INSERT INTO public.users (email) VALUES ('locked@example.com');
SELECT is((SELECT array_agg(l.reason ORDER BY i) FROM generate_series(1, 6) i, oauth.login_begin('locked@example.com', '192.0.2.' || i, 3, 99, 900) l),
  '{no_password,no_password,no_password,locked,locked,locked}', 'an account is locked');
SELECT results_eq($$SELECT a.remote, a.outcome, a.details FROM oauth.audit a WHERE a.event = 'account locked'$$,
  $$VALUES ('192.0.2.4', 'refused', '{"attempts": 4}'::jsonb)$$, 'which is audited once');
SELECT set_eq($$SELECT kind, email, remote, attempts FROM oauth.login_failures WHERE kind LIKE 'account %'$$,
  $$VALUES ('account attempts', 'locked@example.com', NULL, 6), ('account locked', 'locked@example.com', '192.0.2.4', NULL)$$,
  'and seen by the operator');
SELECT is((SELECT sum(attempts)::int FROM oauth.login_failures WHERE kind = 'address attempts' AND remote LIKE '192.0.2.%'), 6,
  'so are the addresses');

-- ---- of which request
SELECT set_config('mcp_oauth.request_id', 'of-the-log', true), set_config('mcp_oauth.remote', '192.0.2.9', true);
INSERT INTO oauth.audit (event) VALUES ('with an origin');
SELECT set_config('mcp_oauth.request_id', '', true), set_config('mcp_oauth.remote', '', true);
INSERT INTO oauth.audit (event) VALUES ('without');
SELECT results_eq($$SELECT a.request_id, a.remote FROM oauth.audit a WHERE a.event = 'with an origin'$$,
  $$VALUES ('of-the-log', '192.0.2.9')$$, 'a row says which request it came from');
SELECT results_eq($$SELECT a.request_id, a.remote FROM oauth.audit a WHERE a.event = 'without'$$,
  $$VALUES (NULL::text, NULL::text)$$, 'or that none did');

-- ---- figures
SELECT is((SELECT m.users FROM oauth.metrics() m), (SELECT count(*) FROM public.users), 'few rows are counted');
CREATE TABLE pg_temp.many AS SELECT FROM generate_series(1, 50000);
ANALYZE pg_temp.many;
GRANT SELECT ON pg_temp.many TO PUBLIC;
SELECT cmp_ok(abs(oauth.rows_about('pg_temp.many'::regclass) - 50000), '<', 5000::bigint, 'many are estimated');

SELECT * FROM finish();
ROLLBACK;
