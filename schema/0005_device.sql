-- SPDX-License-Identifier: MIT
--
-- 0005_device.sql - authorization requests that come another way.
--
--   oauth.pushed_request    pushed by the client beforehand (RFC 9126)
--   oauth.device_code       from a device without a browser (RFC 8628); the
--                           person's answer goes by oauth.authorization_request
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

-- Result columns change.
DROP FUNCTION IF EXISTS oauth.authorization_request_get(text, bytea, bytea);

CREATE TABLE oauth.device_code (
  device_code_digest bytea PRIMARY KEY CHECK (octet_length(device_code_digest) = 32),
  user_code_digest bytea NOT NULL UNIQUE CHECK (octet_length(user_code_digest) = 32),
  client_id text NOT NULL REFERENCES oauth.client ON DELETE CASCADE,
  scope text NOT NULL,
  resource text NOT NULL,
  interval_s integer NOT NULL CHECK (interval_s > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  polled_at timestamptz,
  decided_at timestamptz,
  decision text CHECK (decision IN ('granted', 'denied')),
  user_id uuid REFERENCES public.users ON DELETE CASCADE,
  auth_at timestamptz,
  spent_at timestamptz,
  session_id uuid,
  CHECK ((decided_at IS NULL) = (decision IS NULL)),
  CHECK ((user_id IS NOT NULL) = (decision IS NOT DISTINCT FROM 'granted'))
);
COMMENT ON TABLE oauth.device_code IS
  'Devices that ask to be connected (RFC 8628): the device_code by its SHA-256, the user_code by an HMAC. spent_at is set once, when session_id starts.';
COMMENT ON COLUMN oauth.device_code.interval_s IS
  'How many seconds the device has to wait between polls; grows when it does not.';
CREATE INDEX device_code_expires_at_idx ON oauth.device_code (expires_at);
CREATE INDEX device_code_client_id_idx ON oauth.device_code (client_id);
CREATE INDEX device_code_user_id_idx ON oauth.device_code (user_id);

-- What is decided goes to the client by redirect_uri, or to a device that polls.
ALTER TABLE oauth.authorization_request
  ALTER COLUMN redirect_uri DROP NOT NULL,
  ALTER COLUMN code_challenge DROP NOT NULL,
  ADD COLUMN device_code_digest bytea REFERENCES oauth.device_code ON DELETE CASCADE,
  ADD CONSTRAINT authorization_request_receiver_check CHECK (
    num_nonnulls(redirect_uri, device_code_digest) = 1
    AND (redirect_uri IS NULL) = (code_challenge IS NULL));
COMMENT ON COLUMN oauth.authorization_request.device_code_digest IS
  'The device that is to be connected, for a request without redirect_uri.';
CREATE INDEX authorization_request_device_code_idx
  ON oauth.authorization_request (device_code_digest)
  WHERE device_code_digest IS NOT NULL;

COMMENT ON TABLE oauth.attempt IS
  'Counted attempts, by what is tried and by whom (account:USER, remote:ADDRESS, register:ADDRESS, device:ADDRESS, device-user:USER ...), each in a window of its own.';
