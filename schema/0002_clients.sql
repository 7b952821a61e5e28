-- SPDX-License-Identifier: MIT
--
-- 0002_clients.sql - clients that publish their own metadata, and clients that
-- sign.
--
--   oauth.client         gains what such clients have: keys, the methods they
--                        may authenticate by, how fresh their document is
--   oauth.spent_jti      identifiers of signed assertions that were used
SET LOCAL lock_timeout = '5s';

DROP FUNCTION IF EXISTS oauth.client_get(text);

ALTER TABLE oauth.client
  ADD COLUMN token_endpoint_auth_methods text[],
  ADD COLUMN jwks jsonb,
  ADD COLUMN jwks_uri text,
  ADD COLUMN jwks_tried_at timestamptz,
  ADD COLUMN document_fetched_at timestamptz,
  ADD COLUMN document_fresh_until timestamptz,
  DROP CONSTRAINT client_registration_check,
  DROP CONSTRAINT client_token_endpoint_auth_method_check,
  DROP CONSTRAINT client_check,
  ADD CONSTRAINT client_registration_check CHECK (registration IN
    ('dynamic', 'admin', 'adopted', 'metadata')),
  ADD CONSTRAINT client_token_endpoint_auth_method_check CHECK (token_endpoint_auth_method IN
    ('none', 'client_secret_post', 'client_secret_basic', 'private_key_jwt')),
  ADD CONSTRAINT client_secret_check CHECK
    ((token_endpoint_auth_method IN ('client_secret_post', 'client_secret_basic'))
      = (client_secret_digest IS NOT NULL)),
  ADD CONSTRAINT client_keys_check CHECK
    (token_endpoint_auth_method <> 'private_key_jwt'
      OR jwks IS NOT NULL OR jwks_uri IS NOT NULL),
  ADD CONSTRAINT client_document_check CHECK
    ((registration = 'metadata') = (document_fetched_at IS NOT NULL));
COMMENT ON COLUMN oauth.client.registration IS
  'dynamic: by the client itself; admin: by mcp-oauth client add; adopted: found in sessions, may only refresh; metadata: client_id is the URL of its metadata document.';
COMMENT ON COLUMN oauth.client.token_endpoint_auth_methods IS
  'All methods it may authenticate by, where that is more than token_endpoint_auth_method.';
COMMENT ON COLUMN oauth.client.jwks IS
  'Its public keys: registered, or last fetched from jwks_uri.';
COMMENT ON COLUMN oauth.client.jwks_tried_at IS
  'When jwks_uri was last asked; once in five minutes at most.';
COMMENT ON COLUMN oauth.client.document_fetched_at IS
  'Of the copy of the metadata document that the other columns hold; used for a day at most when it cannot be had anew.';

CREATE TABLE oauth.spent_jti (
  digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
  expires_at timestamptz NOT NULL
);
COMMENT ON TABLE oauth.spent_jti IS
  'Signed assertions that were used, by the SHA-256 of who made them and their jti, until they expire.';
CREATE INDEX spent_jti_expires_at_idx ON oauth.spent_jti (expires_at);
