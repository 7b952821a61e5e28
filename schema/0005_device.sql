-- SPDX-License-Identifier: MIT
--
-- 0005_device.sql - authorization requests that come another way.
--
--   oauth.pushed_request    pushed by the client beforehand (RFC 9126)
SET LOCAL lock_timeout = '5s';

CREATE TABLE oauth.pushed_request (
  request_uri_digest bytea PRIMARY KEY CHECK (octet_length(request_uri_digest) = 32),
  client_id text NOT NULL REFERENCES oauth.client ON DELETE CASCADE,
  redirect_uri text NOT NULL,
  scope text NOT NULL,
  resource text NOT NULL,
  state text,
  code_challenge text NOT NULL CHECK (length(code_challenge) = 43),
  prompt text,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
COMMENT ON TABLE oauth.pushed_request IS
  'Checked authorization requests that wait for a browser, by the SHA-256 of their request_uri (RFC 9126). A row goes when it is used.';
CREATE INDEX pushed_request_expires_at_idx ON oauth.pushed_request (expires_at);
CREATE INDEX pushed_request_client_id_idx ON oauth.pushed_request (client_id);
