-- SPDX-License-Identifier: MIT
-- What operators see and do in psql, with the rights of the admin role.
BEGIN;
SELECT plan(72);

INSERT INTO public.users (id, email) SELECT ('00000000-0000-4000-8000-00000000000' || i)::uuid, 'User' || i || '@example.com'
  FROM generate_series(1, 4) i;
INSERT INTO oauth.client (client_id, client_name, token_endpoint_auth_method, redirect_uris, grant_types, registration, consented_at, last_used_at)
SELECT i, 'The ' || i, 'none', '{}', '{refresh_token}', 'dynamic', now(), now() FROM unnest('{a,b,c,d}'::text[]) i;
INSERT INTO oauth.client (client_id, client_secret_digest, token_endpoint_auth_method, redirect_uris, grant_types, registration)
VALUES ('secret', sha256('1'), 'client_secret_basic', '{}', '{client_credentials}', 'admin');

-- A session by its number, whose access token lives for an hour.
CREATE FUNCTION pg_temp.session(p_number integer) RETURNS uuid LANGUAGE sql AS $$
  SELECT ('00000000-0000-4000-9000-00000000000' || p_number)::uuid
$$;
CREATE FUNCTION pg_temp.start(p_number integer, p_user integer, p_client_id text, p_scope text) RETURNS void LANGUAGE sql AS $$
  SELECT oauth.session_start(pg_temp.session(p_number), ('00000000-0000-4000-8000-00000000000' || p_user)::uuid,
    p_client_id, 'hash', p_scope, 'https://x.example/mcp', now(), NULL, 3600, 86400, 86400, '192.0.2.1')
$$;
CREATE FUNCTION pg_temp.code(p_user integer, p_client_id text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO oauth.authorization_code (code_digest, client_id, user_id, redirect_uri, scope, resource, code_challenge, expires_at)
  VALUES (sha256(convert_to(p_user || p_client_id, 'UTF8')), p_client_id, ('00000000-0000-4000-8000-00000000000' || p_user)::uuid,
    'https://a.example/', '', 'https://x.example/mcp', '', now() + interval '1 minute')
$$;
-- What guards heard since the last time this was asked.
CREATE FUNCTION pg_temp.heard() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  v text[];
BEGIN
  SELECT coalesce(array_agg(kind || ' ' || coalesce(subject, '') ORDER BY kind, subject), '{}') INTO v
    FROM oauth.revocations_since('0') WHERE kind IS NOT NULL;
  DELETE FROM oauth.revocation;
  RETURN v;
END
$$;
CREATE FUNCTION pg_temp.audited() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  v text[];
BEGIN
  SELECT coalesce(array_agg(concat_ws(' ', a.event, right(a.user_id::text, 1), a.client_id, right(a.session_id::text, 1), a.jti,
                                      a.details ->> 'sessions') ORDER BY a.event), '{}') INTO v
    FROM oauth.audit a WHERE a.details ? 'by';
  DELETE FROM oauth.audit;
  RETURN v;
END
$$;
DELETE FROM oauth.audit;

-- ---- views
SELECT pg_temp.start(1, 1, 'a', 'email'), pg_temp.start(2, 1, 'a', 'files email'), pg_temp.start(3, 2, 'a', 'email'), pg_temp.start(4, 2, 'b', '');
INSERT INTO oauth.consent (user_id, client_id, redirect_uri, resource, scope)
VALUES ('00000000-0000-4000-8000-000000000001', 'a', 'https://a.example/', 'https://x.example/mcp', 'profile'),
       ('00000000-0000-4000-8000-000000000001', 'c', 'https://c.example/', 'https://x.example/mcp', 'email');
SELECT oauth.session_start(pg_temp.session(5), NULL, 'secret', NULL, 'email', 'https://x.example/mcp', NULL, NULL, 3600, 3600, 3600, '192.0.2.9');
INSERT INTO public.mcp_server_sessions (user_id, client_identifier, refresh_token_hash, expires_at)
VALUES ('00000000-0000-4000-8000-000000000003', 'd', 'old', now() - interval '1 minute');

SET ROLE mcp_oauth_admin;
SELECT set_eq($$SELECT right(id::text, 1), email, client_id, client_name, last_used_from FROM oauth.live_sessions
                 WHERE client_id IN ('a', 'b', 'c', 'd', 'secret')$$,
  $$VALUES ('1', 'User1@example.com', 'a', 'The a', '192.0.2.1'), ('2', 'User1@example.com', 'a', 'The a', '192.0.2.1'),
           ('3', 'User2@example.com', 'a', 'The a', '192.0.2.1'), ('4', 'User2@example.com', 'b', 'The b', '192.0.2.1'),
           ('5', NULL, 'secret', NULL, '192.0.2.9')$$, 'live sessions, a machine''s too, an expired one not');
SELECT set_eq($$SELECT email, client_id, sessions, scope, consented_at IS NOT NULL AS consented, first_used_at IS NOT NULL AS used FROM oauth.connected_apps$$,
  $$VALUES ('User1@example.com', 'a', 2::bigint, 'email files profile', true, true), ('User1@example.com', 'c', 0, 'email', true, false),
           ('User2@example.com', 'a', 1, 'email', false, true), ('User2@example.com', 'b', 1, NULL, false, true)$$,
  'connected apps: sessions and remembered answers of people');
SELECT results_eq($$SELECT client_id, reason, purged_after IS NULL FROM oauth.stale_clients WHERE client_id IN ('a', 'b', 'c', 'd', 'secret')$$,
  $$VALUES ('c', 'unused', false)$$, 'a client is stale without a session');
RESET ROLE;
UPDATE public.users SET disabled_at = now() WHERE email = 'User2@example.com';
SELECT is((SELECT count(*)::int FROM oauth.live_sessions WHERE email = 'User2@example.com'), 0, 'a disabled user has none that is live');
UPDATE public.users SET disabled_at = NULL WHERE email = 'User2@example.com';
UPDATE oauth.client SET disabled_at = now() WHERE client_id = 'b';
SELECT is((SELECT count(*)::int FROM oauth.live_sessions WHERE client_id = 'b'), 0, 'nor has a disabled client');
UPDATE oauth.client SET disabled_at = NULL WHERE client_id = 'b';
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
SELECT isnt_empty('SELECT pg_temp.heard()', 'what was said of them is heard');

-- stale_clients tells what purge does
SAVEPOINT stale;
DELETE FROM public.mcp_server_sessions;
INSERT INTO oauth.client (client_id, token_endpoint_auth_method, redirect_uris, grant_types, registration, created_at, consented_at, last_used_at)
SELECT concat_ws(' ', r, created, used), 'none', '{}', '{}', r, now() - created, now() - used, now() - used
  FROM unnest('{dynamic,admin}'::text[]) r, unnest('{23 hours,25 hours,100 days}'::interval[]) created,
       unnest('{89 days,91 days,NULL}'::interval[]) used;
SELECT isnt_empty('SELECT FROM oauth.stale_clients WHERE purged_after < now()', 'some are to be purged');
SELECT isnt_empty('SELECT FROM oauth.stale_clients WHERE purged_after > now()', 'some later');
CREATE TEMPORARY TABLE left_over ON COMMIT DROP AS SELECT client_id FROM oauth.stale_clients WHERE (purged_after < now()) IS NOT TRUE;
SELECT is((SELECT count(*)::int FROM oauth.stale_clients WHERE reason = 'never allowed'), 6, 'those without a user were never allowed');
SELECT isnt((SELECT deleted FROM oauth.purge() WHERE kind = 'client'), 0::bigint, 'purge');
SELECT set_eq('SELECT client_id FROM oauth.client', 'SELECT client_id FROM left_over', 'takes those that the view names');
ROLLBACK TO stale;

-- ---- revoking
SELECT pg_temp.code(1, 'a'), pg_temp.code(1, 'b'), pg_temp.code(2, 'a'), pg_temp.code(2, 'b');
INSERT INTO oauth.login (login_digest, user_id, expires_at) SELECT sha256(u.email::bytea), u.id, now() + interval '1 day'
  FROM public.users u WHERE u.email LIKE 'User%';
SAVEPOINT revoking;

SET ROLE mcp_oauth_admin;
SELECT results_eq($$SELECT * FROM oauth.revoke_user('user1@EXAMPLE.com')$$, $$VALUES ('done', 2::bigint)$$, 'a user''s sessions end');
SELECT results_eq($$SELECT * FROM oauth.revoke_user('user9@example.com')$$, $$VALUES ('unknown', 0::bigint)$$, 'nobody has none');
RESET ROLE;
SELECT set_eq('SELECT client_id FROM oauth.authorization_code', '{a,b}'::text[], 'codes of others stay');
SELECT is((SELECT count(*)::int FROM oauth.login), 3, 'their browsers are signed out');
SELECT is((SELECT count(*)::int FROM oauth.live_sessions), 3, 'sessions of others go on');
SELECT is(pg_temp.heard(), '{user 00000000-0000-4000-8000-000000000001}', 'guards hear of the user, once');
SELECT is(pg_temp.audited(), '{user revoked 1 2}', 'and the audit has it');
ROLLBACK TO revoking;

SET ROLE mcp_oauth_admin;
SELECT results_eq($$SELECT * FROM oauth.revoke_client('a')$$, $$VALUES ('done', 3::bigint)$$, 'a client''s sessions end');
SELECT results_eq($$SELECT * FROM oauth.revoke_client('x')$$, $$VALUES ('unknown', 0::bigint)$$, 'an unknown one has none');
RESET ROLE;
SELECT set_eq('SELECT client_id FROM oauth.authorization_code', '{b}'::text[], 'its codes are dead');
SELECT is((SELECT count(*)::int FROM oauth.live_sessions), 2, 'sessions of others go on');
SELECT is(pg_temp.heard(), '{client a}', 'guards hear of the client, once');
SELECT is(pg_temp.audited(), '{client revoked a 3}', 'and the audit has it');
ROLLBACK TO revoking;

-- A session that was refreshed after the client's row was written is not covered by it.
INSERT INTO oauth.revocation (client_id, not_before, expires_at) VALUES ('a', now() - interval '1 second', now() + interval '2 hours');
DELETE FROM public.mcp_server_sessions WHERE id = pg_temp.session(1);
SELECT is(pg_temp.heard(), ARRAY['client a', 'session ' || pg_temp.session(1)], 'a younger token needs a row of its own');
ROLLBACK TO revoking;
INSERT INTO oauth.revocation (client_id, not_before, expires_at) VALUES ('a', now(), now() + interval '5 minutes');
DELETE FROM public.mcp_server_sessions WHERE id = pg_temp.session(1);
SELECT is(pg_temp.heard(), ARRAY['client a', 'session ' || pg_temp.session(1)], 'and so does one that lives longer');
ROLLBACK TO revoking;
INSERT INTO oauth.revocation (client_id, not_before, expires_at) VALUES ('b', now(), now() + interval '2 hours');
DELETE FROM public.mcp_server_sessions WHERE id = pg_temp.session(1);
SELECT is(pg_temp.heard(), ARRAY['client b', 'session ' || pg_temp.session(1)], 'and one of another client');
ROLLBACK TO revoking;
DELETE FROM public.mcp_server_sessions WHERE id = pg_temp.session(1);
SELECT ok((SELECT not_before > now() + interval '59 minutes' FROM oauth.revocation),
  'no token of a session that has gone is good, whenever it was issued');
ROLLBACK TO revoking;

SET ROLE mcp_oauth_admin;
SELECT results_eq($$SELECT * FROM oauth.revoke_session('00000000-0000-4000-9000-000000000003')$$, $$VALUES ('done', 1::bigint)$$, 'one session ends');
SELECT results_eq($$SELECT * FROM oauth.revoke_session('00000000-0000-4000-9000-000000000003')$$, $$VALUES ('unknown', 0::bigint)$$, 'once');
RESET ROLE;
SELECT is(pg_temp.heard(), ARRAY['session ' || pg_temp.session(3)], 'guards hear of it');
SELECT is(pg_temp.audited(), '{session revoked 2 a 3}', 'and the audit has it');
ROLLBACK TO revoking;

SET ROLE mcp_oauth_admin;
SELECT results_eq($$SELECT * FROM oauth.revoke_token('j1', now() + interval '10 minutes')$$, $$VALUES ('done', 0::bigint)$$, 'one access token');
SELECT results_eq($$SELECT * FROM oauth.revoke_token('j2')$$, $$VALUES ('done', 0::bigint)$$, 'and one that nobody knows the end of');
SELECT results_eq($$SELECT * FROM oauth.revoke_token('j3', now() - interval '10 minutes')$$, $$VALUES ('expired', 0::bigint)$$, 'a dead one needs nothing');
SELECT results_eq($$SELECT jti, expires_at > now() + interval '59 minutes' FROM oauth.revocation ORDER BY jti$$,
  $$VALUES ('j1', false), ('j2', true)$$, 'it is refused until it expires, or until all of today have');
RESET ROLE;
SELECT is((SELECT count(*)::int FROM oauth.live_sessions), 5, 'all sessions go on');
SELECT is(pg_temp.heard(), '{jti j1,jti j2}', 'guards hear of both');
SELECT is(pg_temp.audited(), '{token revoked j1,token revoked j2}', 'and the audit has them');
ROLLBACK TO revoking;

SET ROLE mcp_oauth_admin;
SELECT results_eq('SELECT * FROM oauth.revoke_everything()', $$VALUES ('done', 6::bigint)$$, 'everything ends');
RESET ROLE;
SELECT is((SELECT count(*)::int FROM public.mcp_server_sessions), 0, 'no session is left');
SELECT is((SELECT count(*)::int FROM oauth.login) + (SELECT count(*)::int FROM oauth.authorization_code), 0, 'no sign-in and no code');
SELECT is(pg_temp.heard(), ARRAY['all '], 'guards hear of it, once');
SELECT is(pg_temp.audited(), '{everything revoked 6}', 'and the audit has it');
ROLLBACK TO revoking;

SET ROLE mcp_oauth_admin;
SELECT results_eq($$SELECT * FROM oauth.consent_revoke('user1@example.com', 'a')$$, $$VALUES ('done', 2::bigint)$$, 'a consent is taken back');
SELECT results_eq($$SELECT * FROM oauth.consent_revoke('user1@example.com', 'a')$$, $$VALUES ('nothing', 0::bigint)$$, 'once');
SELECT results_eq($$SELECT * FROM oauth.consent_revoke('user9@example.com', 'a')$$, $$VALUES ('unknown', 0::bigint)$$, 'of somebody');
SELECT results_eq($$SELECT client_id FROM oauth.connected_apps WHERE email = 'User1@example.com'$$, '{c}'::text[], 'another client stays connected');
RESET ROLE;
SELECT set_eq('SELECT client_id FROM oauth.authorization_code WHERE user_id::text LIKE $$%1$$', '{b}'::text[], 'the code under way is dead');
SELECT is(pg_temp.audited(), '{consent revoked 1 a 2}', 'the audit has it');
ROLLBACK TO revoking;

-- ---- disabling, enabling, deleting
SET ROLE mcp_oauth_admin;
SELECT results_eq($$SELECT * FROM oauth.user_disable('user1@example.com')$$, $$VALUES ('disabled', 2::bigint)$$, 'a user is disabled');
SELECT results_eq($$SELECT * FROM oauth.user_disable('user1@example.com')$$, $$VALUES ('already', 2::bigint)$$, 'once');
SELECT results_eq($$SELECT outcome FROM oauth.user_disable('user9@example.com')$$, '{unknown}'::text[], 'nobody is not');
RESET ROLE;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
SELECT is(pg_temp.heard(), '{user 00000000-0000-4000-8000-000000000001}', 'guards hear of it');
SELECT is((SELECT count(*)::int FROM oauth.login), 3, 'their browser is signed out');
SET ROLE mcp_oauth_admin;
SELECT is(ARRAY[oauth.user_enable('user1@example.com'), oauth.user_enable('user1@example.com'), oauth.user_enable('user9@example.com')],
  '{enabled,already,unknown}', 'and enabled');
SELECT results_eq($$SELECT * FROM oauth.user_delete('USER1@example.com')$$, $$VALUES ('deleted', 2::bigint)$$, 'and deleted');
SELECT results_eq($$SELECT * FROM oauth.user_delete('user1@example.com')$$, $$VALUES ('unknown', 0::bigint)$$, 'once');
RESET ROLE;
SELECT is(pg_temp.heard(), ARRAY['session ' || pg_temp.session(1), 'session ' || pg_temp.session(2)], 'guards hear of the sessions');
SELECT is(pg_temp.audited(), '{user deleted 1 2,user disabled 1 2,user enabled 1}', 'the audit has it all');

SET ROLE mcp_oauth_admin;
SELECT results_eq($$SELECT * FROM oauth.client_disable('a')$$, $$VALUES ('disabled', 1::bigint)$$, 'a client is disabled');
SELECT results_eq($$SELECT * FROM oauth.client_disable('a')$$, $$VALUES ('already', 1::bigint)$$, 'once');
SELECT results_eq($$SELECT outcome FROM oauth.client_disable('x')$$, '{unknown}'::text[], 'an unknown one is not');
SELECT is(ARRAY[oauth.client_enable('a'), oauth.client_enable('a'), oauth.client_enable('x')], '{enabled,already,unknown}', 'and enabled');
RESET ROLE;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
SELECT is(pg_temp.heard(), '{client a}', 'guards hear of a client that was disabled for a moment');
SET ROLE mcp_oauth_admin;
SELECT results_eq($$SELECT * FROM oauth.client_delete('a')$$, $$VALUES ('deleted', 1::bigint)$$, 'and deleted');
SELECT results_eq($$SELECT * FROM oauth.client_delete('a')$$, $$VALUES ('unknown', 0::bigint)$$, 'once');
RESET ROLE;
SELECT is(pg_temp.heard(), '{client a}', 'guards hear of it');
SET ROLE mcp_oauth_admin;
SELECT is(ARRAY[oauth.client_rotate_secret('secret', sha256('2')), oauth.client_rotate_secret('b', sha256('2')),
                oauth.client_rotate_secret('x', sha256('2'))], '{rotated,no_secret,unknown}', 'a client gets another secret');
RESET ROLE;
SELECT is(oauth.client_check('secret', 'client_secret_basic', sha256('2')), 'ok', 'which works');
SELECT is(oauth.client_check('secret', 'client_secret_basic', sha256('1')), 'wrong_secret', 'and the old one does not');
SELECT is(pg_temp.audited(), '{client deleted a 1,client disabled a 1,client enabled a,client secret rotated secret}', 'the audit has it all');

SELECT * FROM finish();
ROLLBACK;
