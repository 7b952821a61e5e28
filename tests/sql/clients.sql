-- SPDX-License-Identifier: MIT
-- Which registrations stay, which go, and what goes with them.
BEGIN;
SELECT plan(24);

CREATE FUNCTION pg_temp.register(p_id text, p_receivers text) RETURNS text LANGUAGE sql AS $$
  SELECT outcome FROM oauth.client_register(p_id, NULL, NULL, 'none', 'https://a.example/', 'authorization_code refresh_token',
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'dynamic', '192.0.2.1', 2, sha256(p_id::bytea), p_receivers, NULL, NULL)
$$;
CREATE FUNCTION pg_temp.clients() RETURNS text[] LANGUAGE sql AS $$
  SELECT coalesce(array_agg(client_id ORDER BY client_id), '{}') FROM oauth.client
$$;
CREATE FUNCTION pg_temp.start(p_client_id text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO public.mcp_server_sessions (user_id, client_identifier, refresh_token_hash, expires_at, access_expires_at)
  SELECT id, p_client_id, p_client_id, now() + interval '1 day', now() + interval '1 hour' FROM public.users WHERE email = 'sql@example.com'
$$;
INSERT INTO public.users (email) VALUES ('sql@example.com');

-- ---- limits: as many of a kind as allowed, ten times that from an address
SELECT is(pg_temp.register('r' || i, 'a.example'), 'registered', 'registration ' || i) FROM generate_series(1, 2) i;
SELECT is(pg_temp.register('r3', 'a.example'), 'throttled', 'one more of its kind');
SELECT is(pg_temp.register('r4', 'b.example'), 'registered', 'another kind from the same address');
SELECT is((SELECT count FROM oauth.attempt WHERE key = 'register:192.0.2.1'), 3, 'what is turned away does not count for the address');
UPDATE oauth.attempt SET count = 20 WHERE key = 'register:192.0.2.1';
SELECT is(pg_temp.register('r5', 'c.example'), 'throttled', 'too many from one address');
SELECT is((SELECT count(*)::int FROM oauth.attempt WHERE key LIKE 'register:%'), 3, 'which leaves no row');
UPDATE oauth.attempt SET window_started_at = now() - interval '61 minutes' WHERE key LIKE 'register:%';
SELECT is(pg_temp.register('r6', 'c.example'), 'registered', 'an hour later there is room again');
SELECT ok((SELECT bool_and(octet_length(registration_access_token_digest) = 32) FROM oauth.client), 'each has a registration access token');
DELETE FROM oauth.client;

-- ---- never allowed: a day
SELECT pg_temp.register(i, 'purge.example') FROM unnest('{fresh,old}'::text[]) i;
SELECT pg_temp.register('started', 'purge2.example');
SELECT pg_temp.start('started');
UPDATE oauth.client SET created_at = now() - interval '25 hours' WHERE client_id <> 'fresh';
SELECT is((SELECT deleted FROM oauth.purge(100) WHERE kind = 'client'), 1::bigint, 'a client that nobody allowed within a day goes');
SELECT is(pg_temp.clients(), '{fresh,started}', 'a younger one and one with a session stay');
DELETE FROM oauth.client;

-- ---- allowed, but not used: 90 days
SELECT pg_temp.register(i, i) FROM unnest('{forgotten,recent,ended,live}'::text[]) i;
INSERT INTO oauth.client (client_id, token_endpoint_auth_method, redirect_uris, grant_types, registration)
VALUES ('admin', 'none', '{}', '{}', 'admin');
UPDATE oauth.client SET created_at = now() - interval '2 years', consented_at = now() - interval '2 years';
UPDATE oauth.client SET last_used_at = now() - interval '91 days' WHERE client_id IN ('forgotten', 'live', 'admin');
UPDATE oauth.client SET last_used_at = now() - interval '89 days' WHERE client_id = 'recent';
SELECT pg_temp.start(i) FROM unnest('{live,ended,admin}'::text[]) i;
DELETE FROM public.mcp_server_sessions WHERE client_identifier IN ('ended', 'admin');
SELECT is((SELECT last_used_at FROM oauth.client WHERE client_id = 'ended'), now(), 'the end of a session is a use');
SELECT is((SELECT deleted FROM oauth.purge(100) WHERE kind = 'client'), 1::bigint, 'a client goes 90 days after its last use');
SELECT is(pg_temp.clients(), '{admin,ended,live,recent}', 'one with a session stays, and so does the operator''s');
UPDATE oauth.client SET last_used_at = NULL WHERE client_id = 'recent';
SELECT is(oauth.client_retire(100), 1::bigint, 'consent two years ago and no session since');
SELECT is(oauth.client_retire(100), 0::bigint, 'then there is nothing left to do');

SAVEPOINT before_truncate;
UPDATE oauth.client SET last_used_at = now() - interval '91 days' WHERE client_id = 'live';
TRUNCATE public.mcp_server_sessions;
SELECT is(oauth.client_retire(100), 0::bigint, 'truncated sessions ended now');
ROLLBACK TO before_truncate;

-- ---- what goes with a client
SELECT isnt_empty($$SELECT FROM public.mcp_server_sessions WHERE client_identifier = 'live'$$, 'a client with a session');
SELECT is(oauth.client_configuration_delete('live', sha256('x'), '192.0.2.1'), 'wrong_token', 'is not deleted by a wrong token');
SELECT is(oauth.client_configuration_delete('admin', NULL, '192.0.2.1'), 'unknown_client', 'nor the operator''s without one');
SELECT is(oauth.client_configuration_delete('ended', NULL, '192.0.2.1'), 'wrong_token', 'no digest is a wrong one');
SELECT is(oauth.client_configuration_delete('live', sha256('live'), '192.0.2.1'), 'deleted', 'but by its own');
SELECT is_empty($$SELECT FROM public.mcp_server_sessions WHERE client_identifier = 'live'$$, 'its sessions are gone');
SELECT results_eq($$SELECT client_id FROM oauth.revocation WHERE client_id IS NOT NULL$$, ARRAY['started', 'live'],
  'and its access tokens are refused, as those of every deleted client');

SELECT * FROM finish();
ROLLBACK;
