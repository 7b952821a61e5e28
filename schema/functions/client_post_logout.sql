-- SPDX-License-Identifier: MIT
--
-- client_post_logout - where a client may have the browser sent after signing
-- out (OpenID Connect RP-Initiated Logout s3.1), one a line; NULL for none.
CREATE OR REPLACE FUNCTION oauth.client_post_logout(p_client_id text)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN (SELECT array_to_string(c.post_logout_redirect_uris, E'\n')
            FROM oauth.client c
           WHERE c.client_id = p_client_id AND c.disabled_at IS NULL);
END
$body$;
COMMENT ON FUNCTION oauth.client_post_logout(text) IS
  'A client''s post_logout_redirect_uris, one a line, or NULL.';
