-- SPDX-License-Identifier: MIT
--
-- client_register - store a client (RFC 7591 s3).
--
-- Counted before it is stored, by client_register_wait, but for registration by
-- the operator and with p_limit 0.  Each call also removes a few dynamic clients
-- that no user allowed within a day.  Outcomes: registered, throttled, duplicate.
CREATE OR REPLACE FUNCTION oauth.client_register(
  p_client_id text, p_client_name text, p_client_secret_digest bytea,
  p_token_endpoint_auth_method text, p_redirect_uris text, p_grant_types text,
  p_scope text, p_client_uri text, p_logo_uri text, p_tos_uri text, p_policy_uri text,
  p_application_type text, p_software_id text, p_software_version text,
  p_jwks text, p_jwks_uri text, p_post_logout_redirect_uris text,
  p_registration text, p_remote text, p_limit integer,
  p_registration_access_token_digest bytea, p_receivers text,
  p_resources text, p_introspects text, p_dpop_bound_access_tokens boolean DEFAULT false)
RETURNS TABLE (outcome text, issued_s bigint, retry_after_s integer)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  issued_s := floor(extract(epoch FROM now()))::bigint;
  retry_after_s := 0;
  IF p_limit > 0 AND p_registration <> 'admin' THEN
    retry_after_s := oauth.client_register_wait(p_remote, p_receivers, p_limit);
    IF retry_after_s > 0 THEN
      outcome := 'throttled';
      RETURN NEXT;
      RETURN;
    END IF;
  END IF;
  PERFORM oauth.client_purge(20);
  INSERT INTO oauth.client (client_id, client_name, client_secret_digest,
      token_endpoint_auth_method, redirect_uris, grant_types, scope, client_uri,
      logo_uri, tos_uri, policy_uri, application_type, software_id,
      software_version, registration, registration_access_token_digest,
      jwks, jwks_uri, post_logout_redirect_uris, resources, introspects,
      dpop_bound_access_tokens)
  VALUES (p_client_id, p_client_name, p_client_secret_digest,
      p_token_endpoint_auth_method,
      string_to_array(btrim(coalesce(p_redirect_uris, ''), E'\n'), E'\n'),
      string_to_array(p_grant_types, ' '), p_scope, p_client_uri, p_logo_uri,
      p_tos_uri, p_policy_uri, p_application_type, p_software_id,
      p_software_version, p_registration, p_registration_access_token_digest,
      p_jwks::jsonb, p_jwks_uri,
      string_to_array(btrim(p_post_logout_redirect_uris, E'\n'), E'\n'),
      string_to_array(p_resources, ' '), string_to_array(p_introspects, ' '),
      p_dpop_bound_access_tokens)
  ON CONFLICT (client_id) DO NOTHING;
  outcome := CASE WHEN FOUND THEN 'registered' ELSE 'duplicate' END;
  IF FOUND AND p_registration = 'admin' THEN
    PERFORM oauth.audit_act('client added', NULL, p_client_id, NULL, '{}');
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.client_register(text, text, bytea, text, text, text, text, text,
  text, text, text, text, text, text, text, text, text, text, text, integer, bytea, text, text,
  text, boolean) IS
  'Stores a client (RFC 7591 s3): registered, throttled, duplicate.';

-- Count a registration: at most p_limit an hour from one address with the same
-- p_receivers (who gets the codes: redirect hosts and schemes), and ten times
-- that from one address.  What the former turns away does not count for the
-- latter, so a flood of one kind leaves an address that many share open to
-- others; and an address that is closed leaves no rows here.
--
-- Returns the seconds to wait, 0 when the registration is within both limits.
CREATE OR REPLACE FUNCTION oauth.client_register_wait(
  p_remote text, p_receivers text, p_limit integer)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_address CONSTANT text := 'register:' || oauth.remote_network(p_remote);
  v_address_limit CONSTANT integer := least(p_limit::bigint * 10, 2147483647);
  v_wait_s integer;
BEGIN
  v_wait_s := oauth.attempt_wait(v_address, v_address_limit, 3600);
  IF v_wait_s = 0 THEN
    v_wait_s := oauth.attempt_take(
      v_address || ' ' || encode(sha256(convert_to(p_receivers, 'UTF8')), 'hex'),
      p_limit, 3600);
  END IF;
  IF v_wait_s = 0 THEN
    v_wait_s := oauth.attempt_take(v_address, v_address_limit, 3600);
  END IF;
  RETURN v_wait_s;
END
$body$;
COMMENT ON FUNCTION oauth.client_register_wait(text, text, integer) IS
  'Part of client_register: counts it; the seconds to wait when it is one too many, else 0.';
