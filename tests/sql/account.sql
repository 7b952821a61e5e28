-- SPDX-License-Identifier: MIT
-- What a person does with their own account.
BEGIN;
SELECT plan(25);

INSERT INTO public.users (id, email) VALUES
  ('00000000-0000-4000-8000-000000000001', 'one@example.com'),
  ('00000000-0000-4000-8000-000000000002', 'two@example.com');
INSERT INTO oauth.client (client_id, client_name, token_endpoint_auth_method, redirect_uris, grant_types, registration)
SELECT c, 'Client ' || c, 'none', '{https://app.example/cb}', '{authorization_code}', 'dynamic'
  FROM unnest(ARRAY['a', 'b', 'c', 'd']) c;
INSERT INTO public.mcp_server_sessions (id, user_id, client_identifier, refresh_token_hash, expires_at, access_expires_at,
  generation, scope, resource, created_at, last_used_at, rotated_from)
SELECT ('00000000-0000-4000-9000-00000000000' || i)::uuid, ('00000000-0000-4000-8000-00000000000' || u)::uuid, c, 'hash' || i,
       now() + e * interval '1 day', now() + interval '1 hour', 1, s, 'https://rs.example/mcp',
       now() - i * interval '1 day', now() - i * interval '1 hour', '192.0.2.' || i
  FROM (VALUES (1, 1, 'a', 1, 'email'), (2, 1, 'a', 1, 'profile email'), (3, 1, 'b', 1, 'email'),
               (4, 2, 'a', 1, 'email'), (5, 1, 'c', -1, 'email')) v (i, u, c, e, s);
INSERT INTO oauth.consent (user_id, client_id, redirect_uri, resource, scope)
SELECT '00000000-0000-4000-8000-000000000001', c, uri, 'https://rs.example/mcp', 'email'
  FROM (VALUES ('a', 'https://app.example/cb'), ('c', 'https://app.example/cb'), ('d', 'http://127.0.0.1/cb')) v (c, uri);
INSERT INTO oauth.login (login_digest, user_id, expires_at)
SELECT decode(repeat(d, 32), 'hex'), ('00000000-0000-4000-8000-00000000000' || u)::uuid, now() + e * interval '1 day'
  FROM (VALUES ('11', 1, 1), ('12', 1, 1), ('13', 1, -1), ('21', 2, 1)) v (d, u, e);
CREATE FUNCTION pg_temp.login(d text) RETURNS bytea LANGUAGE sql AS $$ SELECT decode(repeat(d, 32), 'hex') $$;

-- ---- connected applications

SELECT results_eq($$SELECT client_id, scope, remote FROM oauth.user_apps(pg_temp.login('11'), 10)$$,
  $$VALUES ('a', 'email profile', '192.0.2.1'), ('b', 'email', '192.0.2.3'), ('c', 'email', NULL)$$,
  'one row an application, scopes joined, place of the last use; an expired session does not count, its consent does');
SELECT is((SELECT array_agg(last_used_s IS NULL ORDER BY client_id) FROM oauth.user_apps(pg_temp.login('11'), 10)),
  ARRAY[false, false, true], 'what has no session was not used');
SELECT is((SELECT count(*)::int FROM oauth.user_apps(pg_temp.login('11'), 10) WHERE client_id = 'd'), 0,
  'nor is a program there that has no session and would have to ask');
SELECT is((SELECT first_used_s FROM oauth.user_apps(pg_temp.login('11'), 1)),
  floor(extract(epoch FROM now() - interval '2 days'))::bigint, 'first use is that of the oldest session');
SELECT is((SELECT count(*)::int FROM oauth.user_apps(pg_temp.login('11'), 2)), 2, 'no more than asked for');
SELECT results_eq($$SELECT client_id, email FROM oauth.user_apps(pg_temp.login('21'), 10)$$,
  $$VALUES ('a', 'two@example.com')$$, 'each sees their own');
SELECT is((SELECT outcome FROM oauth.user_apps(pg_temp.login('13'), 10)), 'not_signed_in', 'an expired login is good for nothing');
SELECT is((SELECT outcome FROM oauth.user_apps(pg_temp.login('99'), 10)), 'not_signed_in', 'nor is an unknown one');
SELECT is((SELECT outcome FROM oauth.user_apps(NULL, 10)), 'not_signed_in', 'nor none');

SELECT is((SELECT outcome FROM oauth.user_app_revoke(pg_temp.login('99'), 'a', 'x')), 'not_signed_in', 'nobody revokes nothing');
SELECT is((SELECT outcome FROM oauth.user_app_revoke(pg_temp.login('21'), 'b', 'x')), 'unknown', 'nor what is another''s');
SELECT is((SELECT count(*)::int FROM public.mcp_server_sessions), 5, 'all is as it was');
SELECT results_eq($$SELECT outcome, sessions FROM oauth.user_app_revoke(pg_temp.login('11'), 'a', '192.0.2.9')$$,
  $$VALUES ('revoked', 2::bigint)$$, 'one application is disconnected');
SELECT results_eq($$SELECT right(id::text, 1)::int FROM public.mcp_server_sessions ORDER BY 1$$,
  $$VALUES (3), (4), (5)$$, 'with all its sessions, of this user alone');
SELECT is((SELECT count(*)::int FROM oauth.consent WHERE client_id = 'a'), 0, 'and what was remembered');
SELECT is((SELECT count(*)::int FROM oauth.revocations_since('0') r
            WHERE r.kind = 'session' AND r.subject::text LIKE '00000000-0000-4000-9000-00000000000%'), 2, 'the guards hear of it');
SELECT is((SELECT outcome FROM oauth.user_app_revoke(pg_temp.login('11'), 'a', 'x')), 'unknown', 'a second time there is nothing');
SELECT is((SELECT remote FROM oauth.audit WHERE event = 'application disconnected'), '192.0.2.9', 'the audit says so, once');

SELECT is((SELECT outcome FROM oauth.user_sessions_revoke(pg_temp.login('99'), true, 'x')), 'not_signed_in', 'nobody signs nobody out');
SELECT is((SELECT outcome FROM oauth.user_sessions_revoke(pg_temp.login('11'), false, 'x')), 'revoked', 'all are disconnected');
SELECT is((SELECT count(*)::int FROM oauth.user_apps(pg_temp.login('11'), 10) WHERE client_id IS NOT NULL), 0, 'none is left');
SELECT is((SELECT count(*)::int FROM oauth.login WHERE user_id = '00000000-0000-4000-8000-000000000001'), 3, 'sign-ins stay');
SELECT is((SELECT outcome FROM oauth.user_sessions_revoke(pg_temp.login('11'), true, 'x')), 'revoked', 'signed out everywhere');
SELECT is((SELECT count(*)::int FROM oauth.login), 1, 'in every browser, of this user alone');
SELECT is((SELECT count(*)::int FROM public.mcp_server_sessions), 1, 'whose sessions are another''s');

SELECT * FROM finish();
ROLLBACK;
