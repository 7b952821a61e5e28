-- SPDX-License-Identifier: MIT
--
-- 0010_command.sql - what the operator's command lists and follows.
--
--   oauth.audit   which transaction wrote a row, so that whoever follows it
--                 misses none that was committed late; NULL in older rows
SET LOCAL lock_timeout = '500ms';

-- In two steps: the first alone would write every row anew.
ALTER TABLE oauth.audit ADD COLUMN txid xid8;
ALTER TABLE oauth.audit ALTER COLUMN txid SET DEFAULT pg_current_xact_id();
COMMENT ON COLUMN oauth.audit.txid IS
  'The transaction that wrote it, for those who follow the audit.';

-- It answers by the page now.
DROP FUNCTION IF EXISTS oauth.identity_list();
