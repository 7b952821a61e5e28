-- SPDX-License-Identifier: MIT
--
-- client_allowed - part of the functions that grant: a user, or the identity
-- provider of one, allowed the client.  It is known from now on, and in use to a
-- day.
CREATE OR REPLACE FUNCTION oauth.client_allowed(p_client_id text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  UPDATE oauth.client c
     SET consented_at = coalesce(c.consented_at, now()), last_used_at = now()
   WHERE c.client_id = p_client_id
     AND (c.consented_at IS NULL OR c.last_used_at IS NULL
       OR c.last_used_at < now() - interval '1 day');
END
$body$;
COMMENT ON FUNCTION oauth.client_allowed(text) IS
  'Part of the functions that grant: notes that a client was allowed.';
