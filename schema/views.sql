-- SPDX-License-Identifier: MIT
--
-- views.sql - what operators look at; applied after the functions.  No view
-- shows a digest or a hash.  They run with the owner's rights: whoever may read
-- them needs no right on a table.

-- What can be refreshed or used now.
CREATE OR REPLACE VIEW oauth.live_sessions AS
SELECT s.id, s.user_id, u.email::text AS email, s.client_identifier::text AS client_id,
       c.client_name, s.resource, s.scope, s.created_at, s.last_used_at,
       s.rotated_from AS last_used_from, s.expires_at, s.generation
  FROM public.mcp_server_sessions s
  JOIN oauth.client c ON c.client_id = s.client_identifier AND c.disabled_at IS NULL
  LEFT JOIN public.users u ON u.id = s.user_id
 WHERE s.expires_at > now()
   AND (s.user_id IS NULL OR (u.id IS NOT NULL AND u.disabled_at IS NULL));
COMMENT ON VIEW oauth.live_sessions IS
  'Sessions that can be used now, one a row; end one with SELECT * FROM oauth.revoke_session(id).';
COMMENT ON COLUMN oauth.live_sessions.user_id IS
  'Whose session it is; NULL, like email, when the client acts for itself.';
COMMENT ON COLUMN oauth.live_sessions.resource IS
  'The MCP server it is good for; NULL, like scope, in a session from before adoption that has not refreshed yet.';
COMMENT ON COLUMN oauth.live_sessions.last_used_at IS
  'When its tokens were last issued; calls to the MCP server do not count.';
COMMENT ON COLUMN oauth.live_sessions.last_used_from IS
  'The address that they were issued to.';
COMMENT ON COLUMN oauth.live_sessions.expires_at IS
  'When it ends unless it is used.';
COMMENT ON COLUMN oauth.live_sessions.generation IS
  'How many refresh tokens it has had; 0 in a session from before adoption that has not refreshed yet.';

-- What users allowed: live sessions, and answers that are remembered.
CREATE OR REPLACE VIEW oauth.connected_apps AS
SELECT a.user_id, u.email::text AS email, a.client_id, c.client_name, a.resource,
       count(a.session_id) AS sessions,
       (SELECT string_agg(DISTINCT word, ' ' ORDER BY word)
          FROM unnest(string_to_array(string_agg(a.scope, ' '), ' ')) AS word) AS scope,
       max(a.consented_at) AS consented_at, min(a.first_used_at) AS first_used_at,
       max(a.last_used_at) AS last_used_at
  FROM (SELECT l.user_id, l.client_id, l.resource, l.id AS session_id, l.scope,
               NULL::timestamptz AS consented_at, l.created_at AS first_used_at, l.last_used_at
          FROM oauth.live_sessions l WHERE l.user_id IS NOT NULL
        UNION ALL
        SELECT o.user_id, o.client_id, o.resource, NULL, o.scope, o.granted_at, NULL, NULL
          FROM oauth.consent o) a
  JOIN public.users u ON u.id = a.user_id
  JOIN oauth.client c ON c.client_id = a.client_id
 GROUP BY a.user_id, u.email, a.client_id, c.client_name, a.resource;
COMMENT ON VIEW oauth.connected_apps IS
  'Which client may do what for whom: one row a user, client and resource. Take it back with SELECT * FROM oauth.consent_revoke(email, client_id).';
COMMENT ON COLUMN oauth.connected_apps.sessions IS
  'How many sessions are live; 0 when there is a remembered answer only.';
COMMENT ON COLUMN oauth.connected_apps.scope IS
  'All that its sessions have and the remembered answers allow.';
COMMENT ON COLUMN oauth.connected_apps.consented_at IS
  'When the user last gave an answer that is remembered; NULL: the client is asked for every time.';
COMMENT ON COLUMN oauth.connected_apps.first_used_at IS
  'When the oldest of the live sessions began.';

-- The times are those of client_purge and client_retire.
CREATE OR REPLACE VIEW oauth.stale_clients AS
SELECT c.client_id, c.client_name, c.registration,
       CASE WHEN c.consented_at IS NULL AND c.last_used_at IS NULL
            THEN 'never allowed' ELSE 'unused' END AS reason,
       c.created_at, coalesce(c.last_used_at, c.consented_at) AS last_used_at,
       CASE WHEN c.registration NOT IN ('dynamic', 'metadata') THEN NULL
            WHEN c.consented_at IS NULL THEN c.created_at + interval '1 day'
            ELSE coalesce(c.last_used_at, c.consented_at) + interval '90 days'
       END AS purged_after
  FROM oauth.client c
 WHERE NOT EXISTS (SELECT FROM public.mcp_server_sessions s
                    WHERE s.client_identifier = c.client_id);
COMMENT ON VIEW oauth.stale_clients IS
  'Clients without a session: that no user ever allowed, or that are used no more.';
COMMENT ON COLUMN oauth.stale_clients.reason IS
  'never allowed, or unused.';
COMMENT ON COLUMN oauth.stale_clients.purged_after IS
  'From when on oauth.purge() removes it; NULL: never, the operator registered it or it came with adoption.';

CREATE OR REPLACE VIEW oauth.replayed_tokens AS
SELECT a.at, a.event, a.user_id, u.email::text AS email, a.client_id, c.client_name,
       a.session_id, a.remote, a.request_id, a.details
  FROM oauth.audit a
  LEFT JOIN public.users u ON u.id = a.user_id
  LEFT JOIN oauth.client c ON c.client_id = a.client_id
 WHERE a.event IN ('refresh token replayed', 'code replayed');
COMMENT ON VIEW oauth.replayed_tokens IS
  'Refresh tokens and codes that came a second time, as far back as the audit goes: each ended the session, which may have been stolen.';
COMMENT ON COLUMN oauth.replayed_tokens.remote IS
  'The address that sent it the second time: the thief''s or the owner''s.';

CREATE OR REPLACE VIEW oauth.login_failures AS
SELECT 'account attempts' AS kind, a.window_started_at AS at, u.id AS user_id,
       u.email::text AS email, NULL::text AS remote, a.count AS attempts
  FROM oauth.attempt a JOIN public.users u ON a.key = 'account:' || u.id
 UNION ALL
SELECT 'address attempts', a.window_started_at, NULL, NULL,
       substr(a.key, length('remote:') + 1), a.count
  FROM oauth.attempt a WHERE a.key LIKE 'remote:%'
 UNION ALL
SELECT a.event, a.at, a.user_id, u.email::text, a.remote, NULL
  FROM oauth.audit a LEFT JOIN public.users u ON u.id = a.user_id
 WHERE a.event IN ('account locked', 'second factor locked');
COMMENT ON VIEW oauth.login_failures IS
  'What is known of sign-ins that failed: attempts since they last succeeded, by account, and all attempts, by address, each in a window since at; and when accounts were locked.';
COMMENT ON COLUMN oauth.login_failures.kind IS
  'account attempts, address attempts (good ones count too), account locked, second factor locked (somebody knows the password).';
COMMENT ON COLUMN oauth.login_failures.attempts IS
  'How many since at; a row is there for a day at most.';
COMMENT ON COLUMN oauth.login_failures.at IS
  'When the window began, or when the account was locked.';
