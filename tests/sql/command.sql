-- SPDX-License-Identifier: MIT
-- What the operator's command lists and shows, with the rights of the admin role.
BEGIN;
SELECT plan(25);

DELETE FROM oauth.audit;
INSERT INTO public.users (id, email, name, disabled_at) SELECT ('00000000-0000-4000-8000-00000000000' || i)::uuid,
  'List' || i || '@list.example', 'List ' || i, CASE WHEN i = 3 THEN now() END FROM generate_series(1, 4) i;
INSERT INTO oauth.client (client_id, client_name, token_endpoint_auth_method, redirect_uris, grant_types, registration, created_at, consented_at, last_used_at)
SELECT i, 'The ' || i, 'none', '{}', '{refresh_token}', 'dynamic', now() - interval '50 days', now() - interval '50 days', now() - interval '50 days'
  FROM unnest('{list-a,list-b,list-c}'::text[]) i;
INSERT INTO oauth.client (client_id, token_endpoint_auth_method, redirect_uris, grant_types, registration, created_at, disabled_at)
VALUES ('list-d', 'none', '{}', '{refresh_token}', 'admin', now() - interval '50 days', now());
SELECT oauth.session_start(('00000000-0000-4000-9000-00000000000' || i)::uuid, ('00000000-0000-4000-8000-00000000000' || (i % 2 + 1))::uuid,
  'list-a', 'hash' || i, 'email', 'https://x.example/mcp', now(), NULL, 3600, 86400, 86400, '192.0.2.1') FROM generate_series(1, 5) i;
INSERT INTO oauth.consent (user_id, client_id, redirect_uri, resource, scope)
SELECT ('00000000-0000-4000-8000-00000000000' || u)::uuid, c, 'https://' || c || '.example/', 'https://x.example/mcp', 'email'
  FROM generate_series(1, 2) u, unnest('{list-a,list-b}'::text[]) c;
INSERT INTO oauth.identity (source, name, user_id)
SELECT s, n, '00000000-0000-4000-8000-000000000001' FROM unnest('{one,two}'::text[]) s, unnest('{ann,ben}'::text[]) n;

SET ROLE mcp_oauth_admin;
-- ---- page by page
SELECT results_eq($$SELECT email, sessions FROM oauth.user_list(NULL, 'list', 3)$$,
  $$VALUES ('List1@list.example', 2::bigint), ('List2@list.example', 3), ('List3@list.example', 0)$$, 'users by address');
SELECT results_eq($$SELECT email, cursor FROM oauth.user_list(NULL, 'list3@list.example', 1)$$,
  $$VALUES ('List4@list.example', 'list4@list.example')$$, 'from the cursor on');
SELECT results_eq($$SELECT email FROM oauth.user_list(true, NULL, 10)$$, $$VALUES ('List3@list.example')$$, 'those who are disabled');
SELECT results_eq($$SELECT client_id FROM oauth.client_list(NULL, NULL, 'list-a', 2)$$, $$VALUES ('list-b'), ('list-c')$$, 'clients by client_id');
SELECT results_eq($$SELECT client_id FROM oauth.client_list('admin', true, NULL, 10)$$, $$VALUES ('list-d')$$, 'clients of one kind');
SELECT results_eq($$SELECT right(session_id::text, 1) FROM oauth.session_list(NULL, 'list-a', NULL, 10)$$,
  $$VALUES ('1'), ('2'), ('3'), ('4'), ('5')$$, 'sessions of a client');
SELECT results_eq($$SELECT right(session_id::text, 1) FROM oauth.session_list('LIST2@list.example', NULL, '00000000-0000-4000-9000-000000000001', 10)$$,
  $$VALUES ('3'), ('5')$$, 'sessions of a user, from the cursor on');
SELECT throws_ok($$SELECT * FROM oauth.session_list('nobody', NULL, NULL, 1)$$, 'P0002', 'there is no user nobody', 'a user must be there');
SELECT throws_ok($$SELECT * FROM oauth.session_list(NULL, 'nobody', NULL, 1)$$, 'P0002', 'there is no client nobody', 'and so must a client');
SELECT results_eq($$SELECT client_id FROM oauth.consent_list('list1@list.example', NULL, NULL, 10)$$, $$VALUES ('list-a'), ('list-b')$$, 'consents of a user');
SELECT results_eq($$SELECT email, client_id FROM oauth.consent_list(NULL, NULL,
    (SELECT cursor FROM oauth.consent_list('list1@list.example', 'list-b', NULL, 1)), 2)$$,
  $$VALUES ('List2@list.example', 'list-a'), ('List2@list.example', 'list-b')$$, 'consents from the cursor on');
SELECT results_eq($$SELECT source, name FROM oauth.identity_list(NULL, '["one", "ann"]', 10)$$,
  $$VALUES ('one', 'ben'), ('two', 'ann'), ('two', 'ben')$$, 'identities from the cursor on');
SELECT results_eq($$SELECT name FROM oauth.identity_list('two', NULL, 1)$$, $$VALUES ('ann')$$, 'identities of a source');

-- ---- one of them
SELECT is((SELECT outcome || (details ->> 'sessions') || (details ->> 'consents') FROM oauth.user_show('LIST2@list.example')), 'ok32', 'a user');
SELECT is((SELECT details -> 'identities' ->> 0 FROM oauth.user_show('list1@list.example')), 'one ann', 'whom the web server signs in');
SELECT is((SELECT outcome FROM oauth.user_show('nobody')), 'unknown', 'or nobody');
SELECT is((SELECT outcome || (details ->> 'sessions') FROM oauth.client_show('list-a')), 'ok5', 'a client');
SELECT is((SELECT outcome FROM oauth.client_show('nobody')), 'unknown', 'or none');
SELECT is((SELECT details ->> 'database' FROM oauth.status_show()), current_database()::text, 'and the database');

-- ---- the audit
RESET ROLE;
DELETE FROM oauth.audit;
SET ROLE mcp_oauth_admin;
SELECT oauth.user_disable('list1@list.example'), oauth.user_enable('list1@list.example');
SELECT results_eq($$SELECT event, email FROM oauth.audit_list('list1@list.example', NULL, NULL, now(), NULL, 10)$$,
  $$VALUES ('user disabled', 'List1@list.example'), ('user enabled', 'List1@list.example')$$, 'what was done to a user');
SELECT results_eq($$SELECT event FROM oauth.audit_list('list1@list.example', NULL, NULL, NULL,
    (SELECT cursor FROM oauth.audit_list('list1@list.example', NULL, NULL, NULL, NULL, 1)), 10)$$,
  $$VALUES ('user enabled')$$, 'from the cursor on');
SELECT results_eq($$SELECT event, snapshot IS NOT NULL FROM oauth.audit_follow(NULL, NULL, 'user enabled', NULL, 10)$$,
  $$VALUES ('user enabled', false), (NULL, true)$$, 'the last rows, and a snapshot');

-- ---- removing
SELECT is(oauth.client_prune(60, 10), 0::bigint, 'nothing is that old');
SELECT is(oauth.client_prune(40, 1) + oauth.client_prune(40, 10), 2::bigint, 'what came by itself, has no session and is not used, goes');
SELECT results_eq($$SELECT client_id FROM oauth.client WHERE client_id LIKE 'list-%' ORDER BY 1$$, $$VALUES ('list-a'), ('list-d')$$,
  'what has one, or an operator made, stays');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
