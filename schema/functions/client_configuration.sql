-- SPDX-License-Identifier: MIT
--
-- client_configuration - a dynamic client reads, replaces and removes its own
-- registration (RFC 7592 s2), known by its registration access token alone.
--
-- Why the token is no good: unknown_client, disabled, wrong_token; the client
-- hears the same for each.

-- NULL when the token is the client's.
CREATE OR REPLACE FUNCTION oauth.client_configuration_refusal(
  p_client oauth.client, p_registration_access_token_digest bytea)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF p_client.client_id IS NULL OR p_client.registration <> 'dynamic' THEN
    RETURN 'unknown_client';
  ELSIF p_client.registration_access_token_digest = p_registration_access_token_digest THEN
    RETURN CASE WHEN p_client.disabled_at IS NOT NULL THEN 'disabled' END;
  END IF;
  RETURN 'wrong_token';
END
$body$;
COMMENT ON FUNCTION oauth.client_configuration_refusal(oauth.client, bytea) IS
  'Why a registration access token is no good (RFC 7592), or NULL.';

-- s2.1: ok with what is registered; lists as text, redirect URIs one a line.
CREATE OR REPLACE FUNCTION oauth.client_configuration_get(
  p_client_id text, p_registration_access_token_digest bytea)
RETURNS TABLE (outcome text, client_name text, token_endpoint_auth_method text,
  redirect_uris text, grant_types text, scope text, client_uri text, logo_uri text,
  tos_uri text, policy_uri text, application_type text, software_id text,
  software_version text, issued_s bigint, jwks text, jwks_uri text,
  post_logout_redirect_uris text, dpop_bound_access_tokens boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  v oauth.client;
BEGIN
  SELECT * INTO v FROM oauth.client c WHERE c.client_id = p_client_id;
  outcome := oauth.client_configuration_refusal(v, p_registration_access_token_digest);
  IF outcome IS NULL THEN
    outcome := 'ok';
    client_name := v.client_name;
    token_endpoint_auth_method := v.token_endpoint_auth_method;
    redirect_uris := array_to_string(v.redirect_uris, E'\n');
    grant_types := array_to_string(v.grant_types, ' ');
    scope := v.scope;
    client_uri := v.client_uri;
    logo_uri := v.logo_uri;
    tos_uri := v.tos_uri;
    policy_uri := v.policy_uri;
    application_type := v.application_type;
    software_id := v.software_id;
    software_version := v.software_version;
    issued_s := floor(extract(epoch FROM v.created_at))::bigint;
    jwks := v.jwks::text;
    jwks_uri := v.jwks_uri;
    post_logout_redirect_uris := array_to_string(v.post_logout_redirect_uris, E'\n');
    dpop_bound_access_tokens := v.dpop_bound_access_tokens;
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.client_configuration_get(text, bytea) IS
  'What a client registered (RFC 7592 s2.1): ok, unknown_client, disabled, wrong_token.';

-- s2.2: replace all metadata.  p_presented_secret_digest is of the client_secret
-- in the request, NULL without one; it must be the client's.
-- p_client_secret_digest is for a client that has no secret and now needs one:
-- secret_issued says that it was taken.  Outcomes: updated, wrong_secret (then
-- nothing changed) and those above.
CREATE OR REPLACE FUNCTION oauth.client_configuration_put(
  p_client_id text, p_registration_access_token_digest bytea,
  p_presented_secret_digest bytea, p_client_name text, p_client_secret_digest bytea,
  p_token_endpoint_auth_method text, p_redirect_uris text, p_grant_types text,
  p_scope text, p_client_uri text, p_logo_uri text, p_tos_uri text, p_policy_uri text,
  p_application_type text, p_software_id text, p_software_version text,
  p_jwks text, p_jwks_uri text, p_post_logout_redirect_uris text,
  p_dpop_bound_access_tokens boolean)
RETURNS TABLE (outcome text, issued_s bigint, secret_issued boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v oauth.client;
  v_redirect_uris CONSTANT text[] := string_to_array(btrim(p_redirect_uris, E'\n'), E'\n');
BEGIN
  secret_issued := false;
  SELECT * INTO v FROM oauth.client c WHERE c.client_id = p_client_id FOR NO KEY UPDATE;
  outcome := oauth.client_configuration_refusal(v, p_registration_access_token_digest);
  IF outcome IS NULL AND p_presented_secret_digest IS NOT NULL
     AND p_presented_secret_digest IS DISTINCT FROM v.client_secret_digest THEN
    outcome := 'wrong_secret';
  END IF;
  IF outcome IS NOT NULL THEN
    RETURN NEXT;
    RETURN;
  END IF;

  UPDATE oauth.client c
     SET client_name = p_client_name,
         client_secret_digest = CASE WHEN p_client_secret_digest IS NOT NULL
           THEN coalesce(c.client_secret_digest, p_client_secret_digest) END,
         token_endpoint_auth_method = p_token_endpoint_auth_method,
         redirect_uris = v_redirect_uris,
         grant_types = string_to_array(p_grant_types, ' '), scope = p_scope,
         client_uri = p_client_uri, logo_uri = p_logo_uri, tos_uri = p_tos_uri,
         policy_uri = p_policy_uri, application_type = p_application_type,
         software_id = p_software_id, software_version = p_software_version,
         jwks = CASE WHEN p_jwks_uri = c.jwks_uri THEN c.jwks ELSE p_jwks::jsonb END,
         jwks_tried_at = CASE WHEN p_jwks_uri = c.jwks_uri THEN c.jwks_tried_at END,
         jwks_fresh_until = CASE WHEN p_jwks_uri = c.jwks_uri THEN c.jwks_fresh_until END,
         jwks_uri = p_jwks_uri,
         post_logout_redirect_uris = string_to_array(btrim(p_post_logout_redirect_uris, E'\n'), E'\n'),
         dpop_bound_access_tokens = p_dpop_bound_access_tokens
   WHERE c.client_id = p_client_id;
  PERFORM oauth.client_addresses_left(p_client_id, v.redirect_uris, v_redirect_uris);
  outcome := 'updated';
  issued_s := floor(extract(epoch FROM v.created_at))::bigint;
  secret_issued := v.client_secret_digest IS NULL AND p_client_secret_digest IS NOT NULL;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.client_configuration_put(text, bytea, bytea, text, bytea, text, text,
  text, text, text, text, text, text, text, text, text, text, text, text, boolean) IS
  'Replaces a client''s metadata (RFC 7592 s2.2): updated, wrong_secret, unknown_client, disabled, wrong_token.';

-- s2.3: the client goes, and with it its codes, consents and, by a trigger,
-- its sessions.  Outcomes: deleted and those above.
CREATE OR REPLACE FUNCTION oauth.client_configuration_delete(
  p_client_id text, p_registration_access_token_digest bytea, p_remote text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v oauth.client;
  v_refusal text;
BEGIN
  SELECT * INTO v FROM oauth.client c WHERE c.client_id = p_client_id FOR UPDATE;
  v_refusal := oauth.client_configuration_refusal(v, p_registration_access_token_digest);
  IF v_refusal IS NOT NULL THEN
    RETURN v_refusal;
  END IF;
  DELETE FROM oauth.client c WHERE c.client_id = p_client_id;
  INSERT INTO oauth.audit (event, client_id, remote)
  VALUES ('client deleted itself', p_client_id, p_remote);
  RETURN 'deleted';
END
$body$;
COMMENT ON FUNCTION oauth.client_configuration_delete(text, bytea, text) IS
  'Removes a client (RFC 7592 s2.3): deleted, unknown_client, disabled, wrong_token.';
