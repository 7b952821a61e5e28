-- SPDX-License-Identifier: MIT
-- What a DBA does to rows, and what follows from it.
BEGIN;
SELECT plan(11);

INSERT INTO public.users (id, email) VALUES ('00000000-0000-4000-8000-000000000001', 'Somebody@example.com');
INSERT INTO public.mcp_server_sessions (id, user_id, client_identifier, refresh_token_hash, expires_at, access_expires_at, generation)
SELECT ('00000000-0000-4000-9000-00000000000' || i)::uuid, '00000000-0000-4000-8000-000000000001', 'client',
       'hash' || i, now() + interval '1 day', now() + interval '1 hour', 1 FROM generate_series(1, 3) i;

SELECT throws_ok($$INSERT INTO public.users (email) VALUES ('SOMEBODY@example.com')$$, '23505', NULL,
  'one user an email, whatever its case');

DELETE FROM public.mcp_server_sessions WHERE refresh_token_hash = 'hash1';
SELECT is((SELECT count(*)::int FROM oauth.revocation WHERE session_id = '00000000-0000-4000-9000-000000000001'), 1,
  'a deleted session is revoked');
SELECT is(oauth_kind, 'session', 'and the guards hear of it')
  FROM (SELECT kind AS oauth_kind FROM oauth.revocations_since('0') WHERE subject = '00000000-0000-4000-9000-000000000001') x;

UPDATE public.users SET disabled_at = now() WHERE email = 'Somebody@example.com';
SET CONSTRAINTS ALL IMMEDIATE; -- what happens at the commit
SELECT is((SELECT count(*)::int FROM oauth.revocation WHERE user_id = '00000000-0000-4000-8000-000000000001'), 1,
  'a disabled user is revoked');

SELECT is((SELECT outcome FROM oauth.login_begin('nobody@example.com', '192.0.2.1', NULL, NULL, 5, 5, 5, 60)), 'refused', 'an unknown user is refused');
SELECT is((SELECT reason FROM oauth.login_begin('somebody@EXAMPLE.com', '192.0.2.1', NULL, NULL, 5, 5, 5, 60)), 'disabled', 'a disabled one too');
SELECT is((SELECT count FROM oauth.attempt WHERE key = 'remote:192.0.2.1'), 2, 'both were counted');

SELECT is((SELECT count(*)::int FROM oauth.attempt WHERE key = 'remote:192.0.2.2'), 0, 'an address is counted by itself');
SELECT ok((SELECT bool_and(oauth.attempt_take('x', 3, 60) = 0) FROM generate_series(1, 3)), 'as many attempts as allowed');
SELECT ok(oauth.attempt_take('x', 3, 60) BETWEEN 1 AND 60, 'one more has to wait');

DELETE FROM public.users WHERE email = 'Somebody@example.com';
SELECT is((SELECT count(*)::int FROM public.mcp_server_sessions WHERE client_identifier = 'client'), 0,
  'sessions go with their user');

SELECT * FROM finish();
ROLLBACK;
