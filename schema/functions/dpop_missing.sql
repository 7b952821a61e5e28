-- SPDX-License-Identifier: MIT
--
-- dpop_missing - does a client that always uses DPoP ask for a token without a
-- proof (RFC 9449 s5.2)?  Then every grant refuses it as dpop_required, and
-- nothing is spent.
CREATE OR REPLACE FUNCTION oauth.dpop_missing(p_client_id text, p_dpop_jkt text)
RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN p_dpop_jkt IS NULL AND EXISTS (SELECT FROM oauth.client c
    WHERE c.client_id = p_client_id AND c.dpop_bound_access_tokens);
END
$body$;
COMMENT ON FUNCTION oauth.dpop_missing(text, text) IS
  'Part of the functions that grant: does a client that always uses DPoP come without a proof?';
