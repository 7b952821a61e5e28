-- SPDX-License-Identifier: MIT
--
-- client_document_put - keep what a client's metadata document says, for
-- p_fresh_s.
--
-- A client of the same id that was registered otherwise is left alone.  Keys
-- fetched from a jwks_uri stay as long as that URI does; what leads to an address
-- that the document lists no more ends.  Each call also removes a few clients
-- that nobody allowed.
-- Outcomes: stored, registered_otherwise.
CREATE OR REPLACE FUNCTION oauth.client_document_put(
  p_client_id text, p_client_name text, p_token_endpoint_auth_method text,
  p_token_endpoint_auth_methods text, p_redirect_uris text, p_grant_types text,
  p_scope text, p_client_uri text, p_logo_uri text, p_tos_uri text, p_policy_uri text,
  p_jwks text, p_jwks_uri text,
  p_post_logout_redirect_uris text, p_dpop_bound_access_tokens boolean, p_fresh_s integer)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_redirect_uris CONSTANT text[] := string_to_array(btrim(p_redirect_uris, E'\n'), E'\n');
  v_before text[];
BEGIN
  PERFORM oauth.client_purge(5);
  SELECT c.redirect_uris INTO v_before FROM oauth.client c
   WHERE c.client_id = p_client_id AND c.registration = 'metadata' FOR NO KEY UPDATE;
  PERFORM oauth.client_addresses_left(p_client_id, v_before, v_redirect_uris);
  INSERT INTO oauth.client AS c (client_id, client_name, token_endpoint_auth_method,
      token_endpoint_auth_methods, redirect_uris, grant_types, scope, client_uri,
      logo_uri, tos_uri, policy_uri, jwks, jwks_uri, registration,
      post_logout_redirect_uris, dpop_bound_access_tokens, document_fetched_at,
      document_fresh_until)
  VALUES (p_client_id, p_client_name, p_token_endpoint_auth_method,
      string_to_array(p_token_endpoint_auth_methods, ' '), v_redirect_uris,
      string_to_array(p_grant_types, ' '), p_scope, p_client_uri, p_logo_uri,
      p_tos_uri, p_policy_uri, p_jwks::jsonb, p_jwks_uri, 'metadata',
      string_to_array(btrim(p_post_logout_redirect_uris, E'\n'), E'\n'),
      p_dpop_bound_access_tokens, now(), now() + p_fresh_s * interval '1 second')
  ON CONFLICT (client_id) DO UPDATE SET
      client_name = excluded.client_name,
      token_endpoint_auth_method = excluded.token_endpoint_auth_method,
      token_endpoint_auth_methods = excluded.token_endpoint_auth_methods,
      redirect_uris = excluded.redirect_uris, grant_types = excluded.grant_types,
      scope = excluded.scope, client_uri = excluded.client_uri,
      logo_uri = excluded.logo_uri, tos_uri = excluded.tos_uri,
      policy_uri = excluded.policy_uri,
      jwks = CASE WHEN excluded.jwks_uri = c.jwks_uri THEN c.jwks ELSE excluded.jwks END,
      jwks_tried_at = CASE WHEN excluded.jwks_uri = c.jwks_uri THEN c.jwks_tried_at END,
      jwks_fresh_until = CASE WHEN excluded.jwks_uri = c.jwks_uri THEN c.jwks_fresh_until END,
      jwks_uri = excluded.jwks_uri,
      post_logout_redirect_uris = excluded.post_logout_redirect_uris,
      dpop_bound_access_tokens = excluded.dpop_bound_access_tokens,
      document_fetched_at = excluded.document_fetched_at,
      document_fresh_until = excluded.document_fresh_until
    WHERE c.registration = 'metadata';
  RETURN CASE WHEN FOUND THEN 'stored' ELSE 'registered_otherwise' END;
END
$body$;
COMMENT ON FUNCTION oauth.client_document_put(text, text, text, text, text, text, text,
  text, text, text, text, text, text, text, boolean, integer) IS
  'Keeps a client''s metadata document: stored, registered_otherwise.';

-- The document could not be had: leave its host alone for p_wait_s.
CREATE OR REPLACE FUNCTION oauth.client_document_missed(p_client_id text, p_wait_s integer)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  UPDATE oauth.client c
     SET document_fresh_until = now() + p_wait_s * interval '1 second'
   WHERE c.client_id = p_client_id AND c.registration = 'metadata';
END
$body$;
COMMENT ON FUNCTION oauth.client_document_missed(text, integer) IS
  'Puts off the next attempt to fetch a client''s metadata document.';
