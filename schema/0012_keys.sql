-- SPDX-License-Identifier: MIT
--
-- 0012_keys.sql - keys that were fetched are asked for anew, as metadata
-- documents are.
SET LOCAL lock_timeout = '5s';

ALTER TABLE oauth.client ADD COLUMN jwks_fresh_until timestamptz;
COMMENT ON COLUMN oauth.client.jwks_fresh_until IS
  'Until when jwks, if it came from jwks_uri, need not be fetched anew.';
ALTER TABLE oauth.issuer_keys ADD COLUMN fresh_until timestamptz;
COMMENT ON COLUMN oauth.issuer_keys.fresh_until IS
  'Until when jwks need not be fetched anew.';

-- Arguments or result columns change.
DROP FUNCTION IF EXISTS oauth.client_get(text);
DROP FUNCTION IF EXISTS oauth.client_keys(text);
DROP FUNCTION IF EXISTS oauth.client_keys_put(text, text, text);
DROP FUNCTION IF EXISTS oauth.issuer_keys(text, text);
DROP FUNCTION IF EXISTS oauth.issuer_keys_put(text, text, text);
