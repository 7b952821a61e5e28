-- SPDX-License-Identifier: MIT
--
-- client_get - what is known of a client; lists as text, redirect URIs one a
-- line.
--
-- Of a client that publishes its metadata: fresh while its document need not
-- be fetched anew, usable while the copy may stand in for it (a day).  known: some
-- user allowed the client before.
-- Outcomes: ok, unknown_client, disabled.
CREATE OR REPLACE FUNCTION oauth.client_get(p_client_id text)
RETURNS TABLE (outcome text, client_name text, client_uri text, redirect_uris text,
  grant_types text, scope text, token_endpoint_auth_method text, registration text,
  created_s bigint, fresh boolean, usable boolean, known boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN QUERY
    SELECT CASE WHEN c.disabled_at IS NULL THEN 'ok' ELSE 'disabled' END,
           c.client_name, c.client_uri, array_to_string(c.redirect_uris, E'\n'),
           array_to_string(c.grant_types, ' '), c.scope,
           c.token_endpoint_auth_method, c.registration,
           floor(extract(epoch FROM c.created_at))::bigint,
           coalesce(c.document_fresh_until > now(), c.registration <> 'metadata'),
           coalesce(c.document_fetched_at > now() - interval '1 day', true),
           c.consented_at IS NOT NULL
      FROM oauth.client c WHERE c.client_id = p_client_id;
  IF NOT FOUND THEN
    outcome := 'unknown_client';
    RETURN NEXT;
  END IF;
END
$body$;
COMMENT ON FUNCTION oauth.client_get(text) IS
  'A client''s metadata (RFC 7591 s2): ok, unknown_client, disabled.';
