-- SPDX-License-Identifier: MIT
--
-- client_list - the clients in the order of their client_id, p_limit of them
-- after p_after (the cursor of the last row, NULL to begin with); with
-- p_registration only those that came that way, with p_disabled only those that
-- are disabled, or that are not.
CREATE OR REPLACE FUNCTION oauth.client_list(
  p_registration text, p_disabled boolean, p_after text, p_limit integer)
RETURNS TABLE (client_id text, client_name text, registration text,
  token_endpoint_auth_method text, created_at timestamptz, last_used_at timestamptz,
  disabled_at timestamptz, cursor text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $body$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT c.client_id, c.client_name, c.registration, c.token_endpoint_auth_method,
           c.created_at, c.last_used_at, c.disabled_at, c.client_id
      FROM oauth.client c
     WHERE (p_after IS NULL OR c.client_id > p_after)
       AND (p_registration IS NULL OR c.registration = p_registration)
       AND (p_disabled IS NULL OR p_disabled = (c.disabled_at IS NOT NULL))
     ORDER BY c.client_id LIMIT p_limit;
END
$body$;
COMMENT ON FUNCTION oauth.client_list(text, boolean, text, integer) IS
  'A page of the clients, by client_id, after a cursor.';

-- All that is known of a client but secrets.  Outcomes: ok, unknown.
CREATE OR REPLACE FUNCTION oauth.client_show(p_client_id text)
RETURNS TABLE (outcome text, details json)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  SELECT 'ok', json_build_object(
           'client_id', c.client_id, 'client_name', c.client_name,
           'registration', c.registration, 'created_at', oauth.rfc3339(c.created_at),
           'consented_at', oauth.rfc3339(c.consented_at), 'last_used_at', oauth.rfc3339(c.last_used_at),
           'disabled_at', oauth.rfc3339(c.disabled_at),
           'token_endpoint_auth_method', c.token_endpoint_auth_method,
           'redirect_uris', c.redirect_uris, 'grant_types', c.grant_types,
           'scope', c.scope, 'resources', c.resources, 'introspects', c.introspects,
           'dpop_bound_access_tokens', c.dpop_bound_access_tokens,
           'jwks_uri', c.jwks_uri, 'jwks', c.jwks, 'client_uri', c.client_uri,
           'logo_uri', c.logo_uri, 'tos_uri', c.tos_uri, 'policy_uri', c.policy_uri,
           'software_id', c.software_id, 'software_version', c.software_version,
           'document_fetched_at', oauth.rfc3339(c.document_fetched_at),
           'sessions', (SELECT count(*) FROM public.mcp_server_sessions s
                         WHERE s.client_identifier = c.client_id AND s.expires_at > now()),
           'consents', (SELECT count(*) FROM oauth.consent a WHERE a.client_id = c.client_id))
    INTO outcome, details
    FROM oauth.client c WHERE c.client_id = p_client_id;
  outcome := coalesce(outcome, 'unknown');
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.client_show(text) IS
  'All that is known of a client but secrets: ok, unknown.';

-- Remove up to p_batch clients that came by themselves, have no session and were
-- not used for p_unused_days, one at least; how many.
CREATE OR REPLACE FUNCTION oauth.client_prune(p_unused_days integer, p_batch integer)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_deleted bigint;
BEGIN
  DELETE FROM oauth.client c WHERE c.client_id IN (
    SELECT u.client_id FROM oauth.client u
     WHERE u.registration IN ('dynamic', 'metadata')
       AND coalesce(u.last_used_at, u.consented_at, u.created_at)
             < now() - greatest(p_unused_days, 1) * interval '1 day' -- one may be under way
       AND NOT EXISTS (SELECT FROM public.mcp_server_sessions s
                        WHERE s.client_identifier = u.client_id)
     LIMIT p_batch FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS v_deleted = ROW_COUNT;
  IF v_deleted > 0 THEN
    PERFORM oauth.audit_act('clients pruned', NULL, NULL, NULL, jsonb_build_object(
      'clients', v_deleted, 'unused_days', p_unused_days));
  END IF;
  RETURN v_deleted;
END
$body$;
COMMENT ON FUNCTION oauth.client_prune(integer, integer) IS
  'Removes some clients that came by themselves, have no session and were not used for that many days; how many.';
