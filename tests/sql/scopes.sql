-- SPDX-License-Identifier: MIT
-- Which scopes stand for which: the same answers as base/scope_token.h.
BEGIN;
SELECT plan(24);

SELECT is(oauth.scope_covers(granted, wanted), covers, format('%s and %s', granted, wanted))
  FROM (VALUES
    ('email', 'email', true), ('email profile', 'profile', true), ('email', 'email profile', false),
    ('email', '', true), ('', 'email', false), ('', '', true),
    ('files:*', 'files:read', true), ('files:*', 'files:read:all', true), ('files:*', 'files:*', true),
    ('files:*', 'files:read:*', true), ('files:*', 'files:', false), ('files:*', 'files', false),
    ('files:*', 'filesystem:read', false), ('files:*', 'Files:read', false), ('files:*', '*', false),
    ('files:read', 'files:*', false), ('*', 'files:read', false), (':*', 'files:read', false),
    ('email files:*', 'files:read email', true), ('email files:*', 'files:read notes', false),
    ('f_les:*', 'files:read', false), ('f%:*', 'files:read', false)
  ) AS t (granted, wanted, covers);
SELECT is(oauth.scope_covers(NULL, 'email'), NULL, 'nothing known of what was granted');
SELECT volatility_is('oauth', 'scope_covers', ARRAY['text', 'text'], 'immutable', 'it may be folded');

SELECT * FROM finish();
ROLLBACK;
