-- SPDX-License-Identifier: MIT
-- Codes and sessions that are bound to a key (RFC 9449): which key opens them, and
-- what becomes of them otherwise.
BEGIN;
SELECT plan(46);

-- Two thumbprints.
CREATE FUNCTION pg_temp.a() RETURNS text LANGUAGE sql AS $$ SELECT repeat('a', 43) $$;
CREATE FUNCTION pg_temp.b() RETURNS text LANGUAGE sql AS $$ SELECT repeat('b', 43) $$;
CREATE FUNCTION pg_temp.session(n integer) RETURNS uuid LANGUAGE sql AS $$
  SELECT ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.bound_to(n integer) RETURNS text LANGUAGE sql AS $$
  SELECT dpop_jkt FROM public.mcp_server_sessions WHERE id = pg_temp.session(n) $$;

INSERT INTO public.users (id, email) VALUES ('00000000-0000-4000-8000-000000000001', 'sql@example.com');
INSERT INTO oauth.client (client_id, token_endpoint_auth_method, client_secret_digest, redirect_uris, grant_types, registration,
    dpop_bound_access_tokens)
VALUES ('public', 'none', NULL, '{https://a.example/}', '{authorization_code,refresh_token}', 'dynamic', false),
       ('secret', 'client_secret_post', sha256('s'), '{https://a.example/}', '{authorization_code,refresh_token,client_credentials}', 'admin', false),
       ('strict', 'none', NULL, '{https://a.example/}', '{authorization_code,refresh_token,urn:ietf:params:oauth:grant-type:device_code}', 'dynamic', true),
       ('agent', 'client_secret_post', sha256('s'), '{}', '{client_credentials}', 'admin', true);
INSERT INTO oauth.client (client_id, token_endpoint_auth_method, token_endpoint_auth_methods, redirect_uris, grant_types, registration,
    jwks, document_fetched_at, document_fresh_until)
VALUES ('either', 'private_key_jwt', '{private_key_jwt,none}', '{https://a.example/}', '{authorization_code,refresh_token}', 'metadata',
    '{"keys": []}', now(), now());

CREATE FUNCTION pg_temp.code(p_client text, p_code text, p_jkt text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO oauth.authorization_code (code_digest, client_id, user_id, redirect_uri, scope, resource, code_challenge, auth_at,
      dpop_jkt, expires_at)
  VALUES (sha256(p_code::bytea), p_client, '00000000-0000-4000-8000-000000000001', 'https://a.example/', 'email',
      'https://x.example/mcp', repeat('c', 43), now(), p_jkt, now() + interval '1 minute')
$$;
CREATE FUNCTION pg_temp.redeem(p_client text, p_jkt text, p_code text, n integer) RETURNS text LANGUAGE sql AS $$
  SELECT outcome FROM oauth.code_redeem(p_client,
    CASE p_client WHEN 'secret' THEN 'client_secret_post' WHEN 'either' THEN 'private_key_jwt' ELSE 'none' END,
    CASE p_client WHEN 'secret' THEN sha256('s') END, p_jkt, sha256(p_code::bytea), NULL, repeat('c', 43), NULL,
    pg_temp.session(n), 'hash1', 3600, 86400, 864000, '192.0.2.1')
$$;
CREATE FUNCTION pg_temp.rotate(p_client text, p_jkt text, n integer, g integer) RETURNS text LANGUAGE sql AS $$
  SELECT outcome FROM oauth.session_rotate_2(p_client, CASE p_client WHEN 'secret' THEN 'client_secret_post' ELSE 'none' END,
    CASE p_client WHEN 'secret' THEN sha256('s') END, p_jkt, pg_temp.session(n), g, 'hash' || g, 'hash' || g + 1, NULL, NULL,
    'email', 'https://x.example/mcp', 3600, 86400, 864000, 120, '192.0.2.1', NULL)
$$;

-- ---- codes
SELECT pg_temp.code('public', 'bound', pg_temp.a());
SELECT is(pg_temp.redeem('public', NULL, 'bound', 1), 'dpop_jkt', 'a bound code without a proof');
SELECT is(pg_temp.redeem('public', pg_temp.b(), 'bound', 1), 'dpop_jkt', 'and by another key');
SELECT is((SELECT spent_at FROM oauth.authorization_code WHERE code_digest = sha256('bound')), NULL, 'is not spent');
SELECT is(pg_temp.redeem('public', pg_temp.a(), 'bound', 1), 'redeemed', 'but by its own');
SELECT is(pg_temp.bound_to(1), pg_temp.a(), 'a public client''s session is bound to the key');
SELECT pg_temp.code('secret', 'confidential', NULL);
SELECT is(pg_temp.redeem('secret', pg_temp.a(), 'confidential', 2), 'redeemed', 'a confidential client');
SELECT is(pg_temp.bound_to(2), NULL, 'has one that is not');
SELECT pg_temp.code('either', 'either', NULL);
SELECT is(pg_temp.redeem('either', pg_temp.a(), 'either', 3), 'redeemed', 'a client that signed but need not');
SELECT is(pg_temp.bound_to(3), pg_temp.a(), 'counts as public');
SELECT pg_temp.code('strict', 'strict', NULL);
SELECT is(pg_temp.redeem('strict', NULL, 'strict', 4), 'dpop_required', 'a client that always uses DPoP, without a proof');
SELECT is(pg_temp.redeem('strict', pg_temp.b(), 'strict', 4), 'redeemed', 'and with one: nothing was spent');
SELECT throws_ok($$SELECT pg_temp.code('public', 'short', 'short')$$, '23514', NULL, 'what is no thumbprint is not stored');

-- ---- refreshes
SELECT is(pg_temp.rotate('public', NULL, 1, 1), 'dpop_jkt', 'a bound session without a proof');
SELECT is(pg_temp.rotate('public', pg_temp.b(), 1, 1), 'dpop_jkt', 'and by another key');
SELECT is(pg_temp.rotate('public', pg_temp.a(), 1, 1), 'rotated', 'is refreshed by its own');
SELECT is(pg_temp.rotate('public', pg_temp.b(), 1, 1), 'dpop_jkt', 'a repeat by another key is none');
SELECT is(pg_temp.rotate('public', pg_temp.a(), 1, 1), 'repeated', 'by the same key it is');
SELECT is(pg_temp.rotate('public', pg_temp.a(), 1, 2), 'rotated', 'on it goes');
SELECT is(pg_temp.rotate('public', NULL, 1, 1), 'dpop_jkt', 'a retired token without the key');
SELECT is(pg_temp.rotate('public', pg_temp.b(), 1, 1), 'dpop_jkt', 'or with another');
SELECT is(pg_temp.bound_to(1), pg_temp.a(), 'ends nothing');
SELECT is(pg_temp.rotate('public', pg_temp.a(), 1, 1), 'replayed', 'with the key it ends the session');
SELECT is((SELECT count(*)::int FROM public.mcp_server_sessions WHERE id = pg_temp.session(1)), 0, 'which is gone');
SELECT is(pg_temp.rotate('secret', pg_temp.b(), 2, 1), 'rotated', 'a confidential client refreshes by any key');
SELECT is(pg_temp.bound_to(2), NULL, 'and stays free');
SELECT is(pg_temp.rotate('strict', NULL, 4, 1), 'dpop_jkt', 'one that always uses DPoP is bound besides');

SELECT pg_temp.code('public', 'free', NULL);
SELECT is(pg_temp.redeem('public', NULL, 'free', 5) || ' ' || coalesce(pg_temp.bound_to(5), 'free'), 'redeemed free', 'no proof, no key');
SELECT is(pg_temp.rotate('public', pg_temp.b(), 5, 1) || ' ' || pg_temp.bound_to(5), 'rotated ' || pg_temp.b(), 'the first key that is proved stays');

SELECT is(pg_temp.rotate('public', pg_temp.b(), 5, 1), 'repeated', 'an answer that got lost, by that key');
SELECT is(pg_temp.rotate('public', NULL, 5, 2), 'dpop_jkt', 'what came after is bound');
SELECT is(pg_temp.bound_to(5), pg_temp.b(), 'and alive');
SELECT is(pg_temp.rotate('public', NULL, 5, 1), 'replayed', 'a retired token from before, without the key, ends it within the grace');

SELECT pg_temp.code('public', 'stolen', NULL);
SELECT is(pg_temp.redeem('public', NULL, 'stolen', 8), 'redeemed', 'a token without a key');
SELECT is(pg_temp.rotate('public', NULL, 8, 1), 'rotated', 'that is refreshed');
SELECT is(pg_temp.rotate('public', pg_temp.b(), 8, 1) || ' ' || coalesce(pg_temp.bound_to(8), 'free'), 'repeated free',
  'is not taken away by who repeats it with a key');
SELECT is(pg_temp.rotate('public', NULL, 8, 2), 'rotated', 'and goes on');
SELECT is(pg_temp.rotate('public', pg_temp.b(), 8, 1), 'replayed', 'until it is replayed, with whatever key');

-- ---- grants without a browser
SELECT is((SELECT outcome FROM oauth.machine_grant('agent', 'client_secret_post', sha256('s'), NULL, NULL, '', 'https://x.example/mcp',
  pg_temp.session(6), 3600, '192.0.2.1')), 'dpop_required', 'a machine that always uses DPoP');
SELECT is((SELECT outcome FROM oauth.machine_grant('agent', 'client_secret_post', sha256('s'), pg_temp.a(), NULL, '', 'https://x.example/mcp',
  pg_temp.session(6), 3600, '192.0.2.1')), 'granted', 'with a proof');
SELECT is((SELECT outcome FROM oauth.device_redeem('strict', 'none', NULL, NULL, sha256('d'), NULL, pg_temp.session(7), 'hash1',
  3600, 86400, 864000, '192.0.2.1')), 'dpop_required', 'a device that always uses DPoP');

-- ---- which request a rotation serves, and programs that do not know session_rotate_2
INSERT INTO public.mcp_server_sessions (id, user_id, client_identifier, refresh_token_hash, generation, scope, resource, expires_at)
SELECT pg_temp.session(n), '00000000-0000-4000-8000-000000000001', 'secret', 'hash1', 1, 'email', 'https://x.example/mcp',
       now() + interval '1 day' FROM generate_series(90, 91) n;
CREATE FUNCTION pg_temp.rotate_told(p_request_id text, n integer, g integer) RETURNS text LANGUAGE sql AS $$
  SELECT outcome FROM oauth.session_rotate_2('secret', 'client_secret_post', sha256('s'), NULL, pg_temp.session(n), g, 'hash' || g,
    'hash' || g + 1, NULL, NULL, 'email', 'https://x.example/mcp', 3600, 86400, 864000, 120, '192.0.2.1', p_request_id) $$;
CREATE FUNCTION pg_temp.rotate_before(n integer, g integer) RETURNS text LANGUAGE sql AS $$
  SELECT outcome FROM oauth.session_rotate('secret', 'client_secret_post', sha256('s'), NULL, pg_temp.session(n), g, 'hash' || g,
    'hash' || g + 1, NULL, NULL, 'email', 'https://x.example/mcp', 3600, 86400, 864000, 120, '192.0.2.1') $$;
CREATE FUNCTION pg_temp.audited(n integer) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(concat_ws(' ', event, request_id, remote), ', ' ORDER BY event) FROM oauth.audit WHERE session_id = pg_temp.session(n) $$;
SELECT set_config('mcp_oauth.request_id', 'before', true);
SELECT is(pg_temp.rotate_before(90, 1) || ' ' || pg_temp.rotate_told('now', 90, 2), 'rotated rotated', 'one rotates what the other did');
SELECT is(pg_temp.audited(90), NULL, 'of which nothing is audited');
SELECT is(pg_temp.rotate_before(90, 1), 'replayed', 'and ends it');
SELECT is(pg_temp.audited(90), 'refresh token replayed before 192.0.2.1', 'by the request that the database was told of');
SELECT is(pg_temp.rotate_told('a', 91, 1) || ' ' || pg_temp.rotate_told('b', 91, 1), 'rotated repeated', 'a repeat');
SELECT is(pg_temp.audited(91), 'refresh repeated b 192.0.2.1', 'names the request that it is called with');

SELECT * FROM finish();
ROLLBACK;
