-- SPDX-License-Identifier: MIT
-- Clients that act for themselves: what they get, which tokens they may look
-- into, and each reason why not.
BEGIN;
SELECT plan(44);

INSERT INTO public.users (id, email) VALUES ('00000000-0000-4000-8000-000000000001', 'user@example.com');
INSERT INTO oauth.client (client_id, client_name, token_endpoint_auth_method, redirect_uris, grant_types, registration, consented_at,
  client_secret_digest, jwks, scope, resources, introspects, dpop_bound_access_tokens)
SELECT id, id, method, '{}', grants::text[], how, now(), CASE WHEN method LIKE 'client_secret%' THEN sha256('s') END,
       CASE WHEN method = 'private_key_jwt' THEN '{"keys": []}'::jsonb END, scope, resources::text[], introspects::text[], dpop
  FROM (VALUES
    ('any',    'client_secret_post', '{client_credentials}', 'admin',   NULL,          NULL,                    NULL, false),
    ('narrow', 'client_secret_post', '{client_credentials}', 'admin',   'files:* mail', '{https://x.example/mcp}', NULL, false),
    ('keys',   'private_key_jwt',    '{client_credentials}', 'admin',   NULL,          NULL,                    '{https://x.example/mcp}', false),
    ('public', 'none',               '{client_credentials}', 'admin',   NULL,          NULL,                    '{https://x.example/mcp}', false),
    ('other',  'client_secret_post', '{refresh_token}',      'admin',   NULL,          NULL,                    '{https://y.example/mcp}', false),
    ('itself', 'client_secret_post', '{client_credentials}', 'dynamic', NULL,          NULL,                    NULL, false),
    ('bound',  'client_secret_post', '{client_credentials}', 'admin',   NULL,          NULL,                    NULL, true),
    ('gone',   'client_secret_post', '{client_credentials}', 'admin',   NULL,          NULL,                    '{https://x.example/mcp}', false),
    ('looks',  'client_secret_basic', '{}',                  'admin',   NULL,          NULL,                    '{https://x.example/mcp}', false)
  ) AS c (id, method, grants, how, scope, resources, introspects, dpop);
UPDATE oauth.client SET disabled_at = now() WHERE client_id = 'gone';

-- ---- client_credentials
CREATE FUNCTION pg_temp.grant(p_client_id text, p_scope text DEFAULT NULL, p_supported text DEFAULT 'files:read files:write mail',
  p_method text DEFAULT 'client_secret_post', p_secret text DEFAULT 's', p_jkt text DEFAULT NULL, p_resource text DEFAULT 'https://x.example/mcp')
RETURNS text LANGUAGE sql AS $$
  SELECT outcome || coalesce(': ' || scope, '')
    FROM oauth.machine_grant(p_client_id, p_method, sha256(p_secret::bytea), p_jkt, p_scope, p_supported, p_resource, gen_random_uuid(), 60, '192.0.2.1')
$$;
SET ROLE mcp_oauth_web;
SELECT is(pg_temp.grant('any'), 'granted: files:read files:write mail', 'who may have everything gets everything');
SELECT is(pg_temp.grant('any', 'mail'), 'granted: mail', 'or what it asks for');
SELECT is(pg_temp.grant('any', 'mail files:read mail'), 'granted: files:read mail', 'each once, in order');
SELECT is(pg_temp.grant('any', 'mail games'), 'granted: mail', 'of what exists');
SELECT is(pg_temp.grant('any', 'files:read', 'files:*'), 'granted: files:read', 'an asterisk stands for it');
SELECT is(pg_temp.grant('any', 'games'), 'scope: ', 'nothing of it exists');
SELECT is(pg_temp.grant('any', NULL, ''), 'granted: ', 'a resource without scopes');
SELECT is(pg_temp.grant('narrow'), 'granted: files:read files:write mail', 'an asterisk of the client');
SELECT is(pg_temp.grant('narrow', 'files:read'), 'granted: files:read', 'stands for what it asks');
SELECT is(pg_temp.grant('narrow', 'files:read games', 'files:read games'), 'granted: files:read', 'and for nothing else');
SELECT is(pg_temp.grant('narrow', 'games', 'games'), 'scope: ', 'nothing that it may have');
SELECT is(pg_temp.grant('narrow', p_resource => 'https://y.example/mcp'), 'resource', 'another resource than its own');
SELECT is(pg_temp.grant('keys', 'mail', p_method => 'private_key_jwt', p_secret => NULL), 'granted: mail', 'who proved its key');
SELECT is(pg_temp.grant('keys', p_method => 'client_secret_post'), 'unexpected_secret', 'has no secret');
SELECT is(pg_temp.grant('keys', p_method => 'none', p_secret => NULL), 'wrong_method', 'and must prove it');
SELECT is(pg_temp.grant('public', p_method => 'none', p_secret => NULL), 'public_client', 'anybody could be a public one');
SELECT is(pg_temp.grant('any', p_method => 'none', p_secret => NULL), 'missing_secret', 'no secret');
SELECT is(pg_temp.grant('any', p_secret => 'wrong'), 'wrong_secret', 'a wrong one');
SELECT is(pg_temp.grant('any', p_method => 'client_secret_basic'), 'granted: files:read files:write mail', 'the right one, in a header');
SELECT is(pg_temp.grant('nobody'), 'unknown_client', 'a client that is not known');
SELECT is(pg_temp.grant('gone'), 'unknown_client', 'nor is a disabled one');
SELECT is(pg_temp.grant('other'), 'grant_type', 'another grant');
SELECT is(pg_temp.grant('itself'), 'grant_type', 'none that registered itself');
SELECT is(pg_temp.grant('bound'), 'dpop_required', 'without its proof');
SELECT is(pg_temp.grant('bound', 'mail', p_jkt => 'k'), 'granted: mail', 'with it');
RESET ROLE;
SELECT is((SELECT count(*)::integer FROM public.mcp_server_sessions), 12, 'a session for each grant');
SELECT is((SELECT count(*)::integer FROM oauth.audit WHERE event = 'session started'), 12, 'and its line in the audit');

-- ---- introspection
SELECT oauth.session_start('00000000-0000-4000-9000-000000000001', '00000000-0000-4000-8000-000000000001', 'any', 'one', 'email',
  'https://x.example/mcp', now(), NULL, 3600, 86400, 86400, '192.0.2.1');
SELECT oauth.session_start('00000000-0000-4000-9000-000000000002', NULL, 'any', NULL, 'email',
  'https://x.example/mcp', NULL, NULL, 3600, 3600, 3600, '192.0.2.1');
CREATE FUNCTION pg_temp.look(p_client_id text DEFAULT 'looks', n integer DEFAULT 1, p_token_client_id text DEFAULT 'any', p_method text DEFAULT 'client_secret_post',
  p_secret text DEFAULT 's', p_resource text DEFAULT 'https://x.example/mcp')
RETURNS text LANGUAGE sql AS $$
  SELECT outcome || coalesce(' ' || username, '')
    FROM oauth.token_introspect(p_client_id, p_method, sha256(p_secret::bytea), ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid,
      p_token_client_id, 'jti', floor(extract(epoch FROM now()))::bigint, p_resource)
$$;
SET ROLE mcp_oauth_web;
SELECT is(pg_temp.look(), 'active user@example.com', 'of a user''s session');
SELECT is(pg_temp.look(n => 2), 'active', 'of a machine''s');
SELECT is(pg_temp.look('keys', p_method => 'private_key_jwt', p_secret => NULL), 'active user@example.com', 'asked with a key');
SELECT is(pg_temp.look(n => 3), 'inactive', 'of no session');
SELECT is(pg_temp.look(p_token_client_id => 'narrow'), 'inactive', 'of another client''s');
SELECT is(pg_temp.look(p_resource => 'https://y.example/mcp'), 'inactive', 'of a resource that is not the caller''s');
SELECT is(pg_temp.look('other'), 'inactive', 'nor this one''s');
SELECT is(pg_temp.look('any'), 'not_allowed', 'who may introspect nothing');
SELECT is(pg_temp.look('public', p_method => 'none', p_secret => NULL), 'wrong_method', 'anybody could be a public one');
SELECT is(pg_temp.look(p_secret => 'wrong'), 'wrong_secret', 'a wrong secret');
SELECT is(pg_temp.look('gone'), 'unknown_client', 'a disabled caller');
RESET ROLE;
INSERT INTO oauth.revocation (jti, expires_at) VALUES ('jti', now() + interval '1 hour');
SELECT is(pg_temp.look(), 'inactive', 'one that was revoked');
DELETE FROM oauth.revocation;
UPDATE oauth.client SET disabled_at = now() WHERE client_id = 'any';
SELECT is(pg_temp.look() || pg_temp.look(n => 2), 'inactiveinactive', 'of a disabled client');
UPDATE oauth.client SET disabled_at = NULL WHERE client_id = 'any';
UPDATE public.users SET disabled_at = now();
SELECT is(pg_temp.look(), 'inactive', 'of a disabled user');
SELECT is(pg_temp.look(n => 2), 'active', 'which is nothing to a machine');
UPDATE public.users SET disabled_at = NULL;
-- As in tables taken over that never had the reference.
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE public.mcp_server_sessions DROP CONSTRAINT mcp_server_sessions_user_id_fkey;
DELETE FROM public.users;
DELETE FROM oauth.revocation;
SELECT is((SELECT user_id::text FROM public.mcp_server_sessions WHERE id = '00000000-0000-4000-9000-000000000001'),
  '00000000-0000-4000-8000-000000000001', 'a session whose user is gone, where no reference ends it');
SELECT is(pg_temp.look(), 'inactive', 'has no good token');

SELECT * FROM finish();
ROLLBACK;
