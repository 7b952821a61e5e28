-- SPDX-License-Identifier: MIT
--
-- client_addresses_left - part of the functions that change a client: some of
-- its redirect URIs may be gone.
--
-- Then a request under way must not end at an address that is the client's no
-- more, nor an answer remembered be given to one that comes back.  p_before is
-- NULL for a client that is new.
CREATE OR REPLACE FUNCTION oauth.client_addresses_left(
  p_client_id text, p_before text[], p_after text[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  IF (p_before <@ p_after) IS NOT FALSE THEN
    RETURN;
  END IF;
  DELETE FROM oauth.authorization_request r
   WHERE r.client_id = p_client_id AND r.redirect_uri IS NOT NULL;
  DELETE FROM oauth.pushed_request r WHERE r.client_id = p_client_id;
  DELETE FROM oauth.consent a
   WHERE a.client_id = p_client_id AND a.redirect_uri <> ALL (p_after);
END
$body$;
COMMENT ON FUNCTION oauth.client_addresses_left(text, text[], text[]) IS
  'Part of the functions that change a client: ends what leads to addresses that it has no more.';
