-- SPDX-License-Identifier: MIT
-- People whom the web server signs in, and what their groups let them allow.
BEGIN;
SELECT plan(62);

-- ---- what of the asked scope is allowed

SELECT is(oauth.scope_allowed(asked, ruled, given), allowed,
          format('of %s with %s ruled and %s given', asked, coalesce(ruled, 'nothing'), coalesce(given, 'nothing')))
  FROM (VALUES
    ('email files:read', NULL, NULL, 'email files:read'),
    ('email files:read', 'files:read', '', 'email'),
    ('email files:read', 'files:read', 'files:read', 'email files:read'),
    ('files:read email', 'files:read files:write', 'files:write', 'email'),
    ('files:read', 'files:read', '', ''),
    ('files:read', 'files:*', '', ''),
    ('files:read', 'files:*', 'files:*', 'files:read'),
    ('files:read files:write', 'files:*', 'files:read', 'files:read'),
    ('files:*', 'files:write', '', ''),
    ('files:*', 'files:write files:read', 'files:read', 'files:read'),
    ('files:* files:read', 'files:* files:read', 'files:read', 'files:read'),
    ('files:read:*', 'files:*', 'files:read:one notes', 'files:read:one'),
    ('files:*', 'files:*', 'files:*', 'files:*'),
    ('email files:*', 'notes', '', 'email files:*'),
    ('email', 'email', 'notes', ''),
    ('b a b', 'c', '', 'b a')
  ) AS t (asked, ruled, given, allowed);

-- ---- who signs in

CREATE FUNCTION pg_temp.digest(p text) RETURNS bytea LANGUAGE sql AS 'SELECT sha256(p::bytea)';
-- Outcome of a sign-in by a new cookie of this name.
CREATE FUNCTION pg_temp.sign_in(p_source text, p_name text, p_email text, p_join boolean, p_provision boolean,
  p_cookie text, p_previous text DEFAULT NULL, p_ruled text DEFAULT NULL, p_given text DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
  SELECT outcome FROM oauth.identity_sign_in(p_source, p_name, p_email, p_join, p_provision,
    pg_temp.digest(p_cookie), pg_temp.digest(p_previous), 43200, 3600, p_ruled, p_given, '192.0.2.1', 'browser')
$$;
CREATE FUNCTION pg_temp.user_of(p_email text) RETURNS uuid LANGUAGE sql AS
  'SELECT id FROM public.users WHERE email = p_email';

INSERT INTO public.users (email) VALUES ('Old@example.com'), ('gone@example.com');
UPDATE public.users SET disabled_at = now() WHERE email = 'gone@example.com';

SELECT is(pg_temp.sign_in('a', 'old', 'old@example.com', false, false, 'x'), 'unknown', 'an address alone joins nothing');
SELECT is(pg_temp.sign_in('a', 'old', 'old@example.com', false, true, 'x'), 'email_taken', 'nor where accounts are made');
SELECT is(pg_temp.sign_in('a', 'old', NULL, false, true, 'x'), 'email', 'no account without an address');
SELECT is(pg_temp.sign_in('a', 'old', NULL, true, false, 'x'), 'unknown', 'nor joined without one');
SELECT is((SELECT count(*)::int FROM oauth.identity), 0, 'nothing was linked');
SELECT is((SELECT count(*)::int FROM oauth.login), 0, 'nobody was signed in');

SELECT is(pg_temp.sign_in('a', 'OLD@example.com', 'OLD@example.com', true, false, 'x'), 'signed_in', 'a name that is the address joins');
SELECT is((SELECT user_id FROM oauth.identity WHERE name = 'OLD@example.com'), pg_temp.user_of('Old@example.com'), 'the account that has it');
SELECT is(pg_temp.sign_in('a', 'OLD@example.com', NULL, false, false, 'x2'), 'signed_in', 'the link stays when names are no addresses any more');
SELECT is(pg_temp.sign_in('b', 'OLD@example.com', NULL, false, false, 'x3'), 'unknown', 'but is of this source');
SELECT is(pg_temp.sign_in('a', 'gone@example.com', 'gone@example.com', true, true, 'x3'), 'disabled', 'who is disabled stays out');

SELECT is(pg_temp.sign_in('a', 'new', 'new@example.com', false, true, 'n1', NULL, 'files:*', 'files:read'), 'signed_in', 'an account is made');
SELECT is(pg_temp.sign_in('a', 'new', 'other@example.com', false, true, 'n2'), 'signed_in', 'once');
SELECT is((SELECT count(*)::int FROM public.users WHERE email IN ('new@example.com', 'other@example.com')), 1, 'whatever address is told later');
SELECT results_eq(
  $$SELECT event FROM oauth.audit WHERE user_id = pg_temp.user_of('new@example.com') ORDER BY event$$,
  ARRAY['identity linked', 'sign-in', 'sign-in', 'user added'], 'the audit says all of it');

-- ---- what a login is worth

SELECT is((SELECT concat_ws('|', source, scope_ruled, scope_given) FROM oauth.login WHERE login_digest = pg_temp.digest('n1')),
  'a|files:*|files:read', 'who vouched and what groups give stays with the login');
SELECT is((SELECT session_until - now() FROM oauth.login WHERE login_digest = pg_temp.digest('n1')), interval '1 hour', 'with the end of its sessions');
SELECT is((SELECT expires_at - now() FROM oauth.login WHERE login_digest = pg_temp.digest('n1')), interval '1 hour', 'which it does not outlast');
SELECT is((SELECT unconfirmed FROM oauth.login WHERE login_digest = pg_temp.digest('n1')), true, 'nobody saw yet whose account it is');
UPDATE oauth.login SET unconfirmed = false WHERE login_digest = pg_temp.digest('n1');
SELECT is(pg_temp.sign_in('a', 'new', NULL, false, false, 'n3', 'n1'), 'signed_in', 'the same person in the same browser');
SELECT is((SELECT unconfirmed FROM oauth.login WHERE login_digest = pg_temp.digest('n3')), false, 'need not look again');
SELECT is((SELECT count(*)::int FROM oauth.login WHERE login_digest = pg_temp.digest('n1')), 0, 'the login before is gone');
SELECT is(pg_temp.sign_in('a', 'OLD@example.com', NULL, false, false, 'o1', 'n3'), 'signed_in', 'somebody else in it');
SELECT is((SELECT unconfirmed FROM oauth.login WHERE login_digest = pg_temp.digest('o1')), true, 'has to');
UPDATE oauth.login SET expires_at = now() WHERE login_digest = pg_temp.digest('n2');
UPDATE oauth.login SET unconfirmed = false WHERE login_digest = pg_temp.digest('n2');
SELECT is(pg_temp.sign_in('a', 'new', NULL, false, false, 'n4', 'n2'), 'signed_in', 'after a login that expired');
SELECT is((SELECT unconfirmed FROM oauth.login WHERE login_digest = pg_temp.digest('n4')), true, 'everybody has to');

-- ---- from the login to the session

INSERT INTO oauth.client (client_id, token_endpoint_auth_method, redirect_uris, grant_types, registration)
VALUES ('c', 'none', '{https://app.example/cb}', '{authorization_code,refresh_token}', 'dynamic');
CREATE FUNCTION pg_temp.ask(p_id text, p_scope text, p_cookie text) RETURNS text LANGUAGE sql AS $$
  SELECT outcome FROM oauth.authorization_request_create(p_id, pg_temp.digest('browser'), pg_temp.digest(p_cookie), 'c',
    'https://app.example/cb', p_scope, 'r', NULL, repeat('x', 43), NULL, NULL, NULL, NULL, NULL, NULL, 600)
$$;
CREATE FUNCTION pg_temp.allow(p_id text, p_cookie text) RETURNS text LANGUAGE sql AS $$
  SELECT outcome FROM oauth.consent_grant(p_id, pg_temp.digest('browser'), pg_temp.digest(p_cookie), pg_temp.digest('code of ' || p_id),
    86400, true, '192.0.2.1')
$$;
SELECT pg_temp.sign_in('a', 'new', NULL, false, false, 'n5', NULL, 'files:*', 'files:read');
SELECT pg_temp.ask('r1', 'email files:read files:write', 'n5'), pg_temp.ask('r2', 'files:write', 'n5'), pg_temp.ask('r3', 'email', 'n5');
SELECT is(concat_ws('|', scope, scope_asked, remembered), 'email files:read|email files:read files:write|f', 'the page shows what may be allowed')
  FROM oauth.authorization_request_get('r1', pg_temp.digest('browser'), pg_temp.digest('n5'));
SELECT is(scope, '', 'which may be nothing') FROM oauth.authorization_request_get('r2', pg_temp.digest('browser'), pg_temp.digest('n5'));
SELECT is(scope, 'files:write', 'and is all while nobody is signed in') FROM oauth.authorization_request_get('r2', pg_temp.digest('browser'), NULL);
SELECT is(pg_temp.allow('r2', 'n5'), 'scope', 'nothing cannot be allowed');
SELECT is((SELECT count(*)::int FROM oauth.authorization_code WHERE client_id = 'c'), 0, 'there is no code');
SELECT is(pg_temp.allow('r1', 'n5'), 'granted', 'the rest can');
SELECT is((SELECT concat_ws('|', scope, session_until - now(), expires_at - now()) FROM oauth.authorization_code WHERE client_id = 'c'),
  'email files:read|01:00:00|01:00:00', 'the code has it, and the end');
SELECT is((SELECT scope FROM oauth.consent WHERE client_id = 'c'), 'email files:read', 'it is remembered');
SELECT is(remembered, true, 'and counts from now on') FROM oauth.authorization_request_get('r3', pg_temp.digest('browser'), pg_temp.digest('n5'));
UPDATE oauth.login SET unconfirmed = true WHERE login_digest = pg_temp.digest('n5');
SELECT is(remembered, false, 'but not for a login that nobody looked at') FROM oauth.authorization_request_get('r3', pg_temp.digest('browser'), pg_temp.digest('n5'));
SELECT is(outcome, 'redeemed', 'the code is spent') FROM oauth.code_redeem('c', 'none', NULL, NULL, pg_temp.digest('code of r1'), 'https://app.example/cb',
  repeat('x', 43), NULL, '00000000-0000-4000-9000-00000000000a', 'hash', 60, 864000, 8640000, '192.0.2.1');
SELECT is((SELECT concat_ws('|', scope, session_expires_at - now(), expires_at - now()) FROM public.mcp_server_sessions WHERE client_identifier = 'c'),
  'email files:read|01:00:00|01:00:00', 'the session ends when it must, not when it could');

-- ---- the operator

SELECT is(outcome, 'added', 'a name is linked') FROM oauth.identity_add('a', 'friend', 'old@EXAMPLE.com');
SELECT is(outcome || ' ' || email, 'duplicate Old@example.com', 'once') FROM oauth.identity_add('a', 'friend', 'x@example.com');
SELECT is(outcome, 'added', 'and a user added where there is none') FROM oauth.identity_add('a', 'novice', 'novice@example.com');
SELECT is(pg_temp.sign_in('a', 'novice', NULL, false, false, 'v1'), 'signed_in', 'who signs in');
SELECT is(outcome, 'removed', 'until the name is removed') FROM oauth.identity_remove('a', 'novice');
SELECT is((SELECT count(*)::int FROM oauth.login WHERE login_digest = pg_temp.digest('v1')), 0, 'and is signed out then');
SELECT is(pg_temp.sign_in('a', 'novice', NULL, false, false, 'v2'), 'unknown', 'for good');
SELECT is(outcome, 'unknown', 'it cannot be removed twice') FROM oauth.identity_remove('a', 'novice');

SELECT * FROM finish();
ROLLBACK;
