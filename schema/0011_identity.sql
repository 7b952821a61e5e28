-- SPDX-License-Identifier: MIT
--
-- 0011_identity.sql - people whom the web server vouches for
-- (OAUTH_LOGIN=remote_user): how long what they allow may last, and what of it
-- their groups give them.
SET LOCAL lock_timeout = '5s';

ALTER TABLE oauth.login
  ADD COLUMN source text,
  ADD COLUMN session_until timestamptz,
  ADD COLUMN scope_ruled text,
  ADD COLUMN scope_given text,
  ADD COLUMN unconfirmed boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT login_scope_check CHECK ((scope_ruled IS NULL) = (scope_given IS NULL));
COMMENT ON COLUMN oauth.login.source IS
  'Of oauth.identity, who vouched for the person; NULL: a password did.';
COMMENT ON COLUMN oauth.login.session_until IS
  'When sessions that begin by it end, whatever happens; NULL: no earlier than others.';
COMMENT ON COLUMN oauth.login.scope_ruled IS
  'Scopes that groups decide about; NULL: none, everything may be allowed.';
COMMENT ON COLUMN oauth.login.scope_given IS
  'What of scope_ruled the person''s groups gave at that moment.';
COMMENT ON COLUMN oauth.login.unconfirmed IS
  'Nobody was shown yet whose account it is: what was allowed before is asked once more.';

-- Codes and devices take it from the login to the session.
ALTER TABLE oauth.authorization_code ADD COLUMN session_until timestamptz;
ALTER TABLE oauth.device_code ADD COLUMN session_until timestamptz;
COMMENT ON COLUMN oauth.authorization_code.session_until IS
  'When the session ends at the latest, as the login said.';
COMMENT ON COLUMN oauth.device_code.session_until IS
  'When the session ends at the latest, as the login said.';

-- Arguments or result columns change.
DROP FUNCTION IF EXISTS oauth.login_user(bytea, timestamptz);
DROP FUNCTION IF EXISTS oauth.request_user(oauth.authorization_request, bytea);
DROP FUNCTION IF EXISTS oauth.authorization_request_get(text, bytea, bytea);
DROP FUNCTION IF EXISTS oauth.pushed_request_use(bytea, text, text, bytea, bytea, integer);
DROP FUNCTION IF EXISTS oauth.device_decide(bytea, text, uuid, timestamptz);
