-- SPDX-License-Identifier: MIT
--
-- machine_grant - a session of a client that acts for itself (client_credentials,
-- RFC 6749 s4.4): confidential, registered by the operator for this grant, and
-- within the resources and the scope that it was given.
--
-- p_scope is what it asks for, NULL for whatever it has; p_supported is what
-- exists for machines at the resource.
-- Outcomes: granted; public_client, grant_type, dpop_required, resource, scope and
-- those of client_check (nothing changed).
CREATE OR REPLACE FUNCTION oauth.machine_grant(
  p_client_id text, p_method text, p_client_secret_digest bytea, p_dpop_jkt text, p_scope text,
  p_supported text, p_resource text, p_session_id uuid, p_access_s integer, p_remote text)
RETURNS TABLE (outcome text, client_id text, scope text, resource text, now_s bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
#variable_conflict use_column
DECLARE
  v_supported CONSTANT text[] := string_to_array(p_supported, ' ');
BEGIN
  -- The client and what it may have of what it asks for; only when that finds
  -- none is the reason looked for.  Equal words are compared first, since
  -- scope_covers() costs more than everything else here.
  SELECT 'granted',
         (SELECT coalesce(string_agg(DISTINCT w, ' '), '')
            FROM unnest(string_to_array(
                   coalesce(p_scope, concat_ws(' ', c.scope, p_supported)), ' ')) AS w
           WHERE (w = ANY (v_supported) OR oauth.scope_covers(p_supported, w))
             AND (c.scope IS NULL OR w = ANY (string_to_array(c.scope, ' '))
                  OR oauth.scope_covers(c.scope, w)))
    INTO outcome, scope
    FROM oauth.client c
   WHERE c.client_id = p_client_id AND p_method <> 'none'
     AND oauth.client_proved(c, p_method, p_client_secret_digest)
     AND c.registration = 'admin' AND 'client_credentials' = ANY (c.grant_types)
     AND (p_dpop_jkt IS NOT NULL OR NOT c.dpop_bound_access_tokens)
     AND coalesce(p_resource = ANY (c.resources), true);
  IF NOT FOUND THEN
    outcome := oauth.machine_refusal(p_client_id, p_method, p_client_secret_digest, p_dpop_jkt);
  ELSIF scope = '' AND p_scope IS NOT NULL THEN
    outcome := 'scope';
  ELSE
    PERFORM oauth.session_start(p_session_id, NULL, p_client_id, NULL, scope, p_resource,
      NULL, NULL, p_access_s, p_access_s, p_access_s, p_remote);
    client_id := p_client_id;
    resource := p_resource;
    now_s := floor(extract(epoch FROM now()))::bigint;
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.machine_grant(text, text, bytea, text, text, text, text, uuid, integer, text) IS
  'A session of a client that acts for itself (RFC 6749 s4.4): granted, public_client, grant_type, dpop_required, resource, scope.';

-- Why a client got no session for itself.
CREATE OR REPLACE FUNCTION oauth.machine_refusal(
  p_client_id text, p_method text, p_client_secret_digest bytea, p_dpop_jkt text)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  v_check CONSTANT text := oauth.client_check(p_client_id, p_method, p_client_secret_digest);
BEGIN
  RETURN CASE
    WHEN v_check <> 'ok' THEN v_check
    WHEN p_method = 'none' THEN 'public_client'
    WHEN NOT EXISTS (SELECT FROM oauth.client c
                      WHERE c.client_id = p_client_id AND c.registration = 'admin'
                        AND 'client_credentials' = ANY (c.grant_types)) THEN 'grant_type'
    WHEN oauth.dpop_missing(p_client_id, p_dpop_jkt) THEN 'dpop_required'
    ELSE 'resource' END;
END
$body$;
COMMENT ON FUNCTION oauth.machine_refusal(text, text, bytea, text) IS
  'Part of machine_grant: why a client got no session for itself.';
