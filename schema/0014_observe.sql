-- SPDX-License-Identifier: MIT
--
-- 0014_observe.sql - the audit names the request that each row comes from.
--
-- The endpoints say in each transaction which request it serves; functions
-- that insert need not pass it on.
SET LOCAL lock_timeout = '500ms';

ALTER TABLE oauth.audit
  ALTER COLUMN request_id SET DEFAULT nullif(current_setting('mcp_oauth.request_id', true), ''),
  ALTER COLUMN remote SET DEFAULT nullif(current_setting('mcp_oauth.remote', true), '');
COMMENT ON COLUMN oauth.audit.request_id IS
  'The request''s, as in the logs; NULL for what no request did.';
