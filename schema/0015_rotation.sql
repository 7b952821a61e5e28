-- SPDX-License-Identifier: MIT
--
-- 0015_rotation.sql - what a rotation answers, as one value: PostgreSQL sets up
-- a row of a known type with less work than a table of columns.
SET LOCAL lock_timeout = '500ms';

CREATE TYPE oauth.rotation AS (outcome text, client_id text, user_id uuid, email text,
  scope text, resource text, now_s bigint, auth_s bigint, elsewhere boolean);
COMMENT ON TYPE oauth.rotation IS
  'What oauth.session_rotate_2 answers: what the access token says, in seconds since 1970, and how it came about.';
