-- SPDX-License-Identifier: MIT
--
-- 0003_registration.sql - clients that manage themselves (RFC 7592), and what
-- tells those in use from those that nobody came back to.
SET LOCAL lock_timeout = '5s';

-- Nullable or with one default for all rows there are: none is rewritten.
-- Clients of before count as used now, since nobody knows.
ALTER TABLE oauth.client
  ADD COLUMN registration_access_token_digest bytea
    CHECK (octet_length(registration_access_token_digest) = 32),
  ADD COLUMN last_used_at timestamptz DEFAULT now(),
  ADD CHECK (registration = 'dynamic' OR registration_access_token_digest IS NULL);
ALTER TABLE oauth.client ALTER COLUMN last_used_at DROP DEFAULT;
COMMENT ON COLUMN oauth.client.registration_access_token_digest IS
  'SHA-256 of what a dynamic client reads, changes and removes its registration with (RFC 7592); NULL: it cannot.';
COMMENT ON COLUMN oauth.client.last_used_at IS
  'When a user last allowed it or a session of it last ended, to a day.';

CREATE INDEX client_retired_idx ON oauth.client (coalesce(last_used_at, consented_at))
  WHERE registration = 'dynamic' AND consented_at IS NOT NULL;

COMMENT ON TABLE oauth.attempt IS
  'Counted attempts: account:USER, remote:ADDRESS, register:ADDRESS, register:ADDRESS and a digest of the redirect URIs'' receivers, each in a window of its own.';

-- It has more arguments now.
DROP FUNCTION IF EXISTS oauth.client_register(text, text, bytea, text, text, text, text, text,
  text, text, text, text, text, text, text, text, integer);
