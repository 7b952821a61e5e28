-- SPDX-License-Identifier: MIT
-- What became of a token: for each state, and that asking changes nothing.
BEGIN;
SELECT plan(19);

INSERT INTO public.users (id, email) VALUES ('00000000-0000-4000-8000-000000000001', 'user@example.com');
INSERT INTO oauth.client (client_id, client_name, token_endpoint_auth_method, redirect_uris, grant_types, registration, consented_at)
VALUES ('a', 'The a', 'none', '{}', '{refresh_token}', 'dynamic', now());
SELECT oauth.session_start('00000000-0000-4000-9000-000000000001', '00000000-0000-4000-8000-000000000001', 'a', 'one', 'email',
  'https://x.example/mcp', now(), NULL, 3600, 86400, 86400, '192.0.2.1');
CREATE FUNCTION pg_temp.access(p_client_id text DEFAULT 'a') RETURNS text LANGUAGE sql AS $$
  SELECT oauth.access_token_state('00000000-0000-4000-9000-000000000001', p_client_id, 'jti', floor(extract(epoch FROM now()))::bigint)
$$;
CREATE FUNCTION pg_temp.refresh(p_hex text) RETURNS text LANGUAGE sql AS $$
  SELECT state FROM oauth.refresh_token_state('00000000-0000-4000-9000-000000000001', p_hex, 'x', 'y')
$$;

SET ROLE mcp_oauth_web;
SELECT is(pg_temp.access(), 'alive', 'of a live session');
SELECT is(pg_temp.access('b'), 'no_session', 'the client must be the session''s');
SELECT is(oauth.access_token_state(gen_random_uuid(), 'a', 'jti', 0), 'no_session', 'of none');
SELECT is(pg_temp.refresh('one'), 'current', 'the latest');
SELECT is(pg_temp.refresh('other'), 'retired', 'one that is not known');
SELECT is((SELECT state FROM oauth.refresh_token_state(gen_random_uuid(), 'one', 'x', 'y')), 'no_session', 'of no session');
SELECT is((SELECT state || coalesce(session_id::text, '') FROM oauth.refresh_token_state(NULL, 'none', 'x', 'y')), 'no_session',
  'of before adoption, of none');
RESET ROLE;

UPDATE public.mcp_server_sessions SET previous_token_hash = 'one', refresh_token_hash = 'two', generation = generation + 1;
SELECT is(pg_temp.refresh('two'), 'current', 'its successor');
SELECT is(pg_temp.refresh('one'), 'rotated', 'the one before');
UPDATE public.mcp_server_sessions SET previous_token_hash = 'two', refresh_token_hash = 'three', generation = generation + 1;
SELECT is(pg_temp.refresh('one'), 'retired', 'an older one');
SELECT is((SELECT count(*)::integer FROM public.mcp_server_sessions), 1, 'asking ends nothing');

SELECT lives_ok($$SELECT oauth.revoke_token('jti', now() + interval '1 hour')$$);
SELECT is(pg_temp.access(), 'revoked', 'by its jti');
SELECT is(pg_temp.refresh('three'), 'current', 'its session goes on');
UPDATE public.users SET disabled_at = now();
SELECT is(pg_temp.access() || pg_temp.refresh('three'), 'user_disableduser_disabled', 'of a disabled user');
UPDATE oauth.client SET disabled_at = now();
SELECT is(pg_temp.access() || pg_temp.refresh('three'), 'client_disabledclient_disabled', 'of a disabled client');
UPDATE public.users SET disabled_at = NULL;
UPDATE oauth.client SET disabled_at = NULL;
UPDATE public.mcp_server_sessions SET expires_at = now();
SELECT is(pg_temp.refresh('three'), 'expired', 'of an expired session');

-- Issued before adoption: found by its hash, however it is spelt.
UPDATE public.mcp_server_sessions SET refresh_token_hash = 'BASE64', previous_token_hash = NULL, generation = 0, expires_at = now() + interval '1 day';
SELECT is((SELECT state FROM oauth.refresh_token_state(NULL, 'hex', 'BASE64=', 'url')), 'current', 'of before adoption');
SELECT is((SELECT session_id FROM oauth.refresh_token_state(NULL, 'base64', 'x', 'y'))::text, '00000000-0000-4000-9000-000000000001',
  'and which session it is');

SELECT * FROM finish();
ROLLBACK;
