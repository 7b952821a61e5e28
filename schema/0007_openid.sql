-- SPDX-License-Identifier: MIT
--
-- 0007_openid.sql - what OpenID Connect adds to an authorization request.
SET LOCAL lock_timeout = '5s';

ALTER TABLE oauth.authorization_request
  ADD COLUMN nonce text,
  ADD COLUMN max_age_s integer CHECK (max_age_s >= 0),
  ADD COLUMN login_hint text,
  ADD COLUMN expected_user_id uuid;
COMMENT ON COLUMN oauth.authorization_request.max_age_s IS
  'A sign-in longer ago than this at the time of the request does not count.';
COMMENT ON COLUMN oauth.authorization_request.expected_user_id IS
  'With prompt=none: the user of the id_token_hint, whoever else may be signed in.';
ALTER TABLE oauth.pushed_request
  ADD COLUMN nonce text,
  ADD COLUMN max_age_s integer CHECK (max_age_s >= 0),
  ADD COLUMN login_hint text,
  ADD COLUMN expected_user_id uuid;
ALTER TABLE oauth.authorization_code ADD COLUMN nonce text;
COMMENT ON COLUMN oauth.authorization_code.nonce IS
  'Goes into the ID token (OpenID Connect Core s2).';

-- Arguments or result columns change.
DROP FUNCTION IF EXISTS oauth.authorization_request_create(text, bytea, bytea, text, text, text,
  text, text, text, text, integer);
DROP FUNCTION IF EXISTS oauth.authorization_request_get(text, bytea, bytea);
DROP FUNCTION IF EXISTS oauth.pushed_request_create(bytea, text, text, text, text, text, text,
  text, integer);
DROP FUNCTION IF EXISTS oauth.code_redeem(text, text, bytea, bytea, text, text, text, uuid, text,
  integer, integer, integer, text);
DROP FUNCTION IF EXISTS oauth.device_redeem(text, text, bytea, bytea, text, uuid, text, integer,
  integer, integer, text);
DROP FUNCTION IF EXISTS oauth.login_since(text, timestamptz);
