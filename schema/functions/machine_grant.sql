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
  v oauth.client;
BEGIN
  SELECT * INTO v FROM oauth.client c WHERE c.client_id = p_client_id;
  outcome := oauth.client_check(p_client_id, p_method, p_client_secret_digest);
  IF outcome = 'ok' THEN
    outcome := CASE
      WHEN p_method = 'none' THEN 'public_client'
      WHEN v.registration <> 'admin' OR NOT 'client_credentials' = ANY (v.grant_types) THEN 'grant_type'
      WHEN oauth.dpop_missing(p_client_id, p_dpop_jkt) THEN 'dpop_required'
      WHEN NOT coalesce(p_resource = ANY (v.resources), true) THEN 'resource'
      ELSE 'granted'
    END;
  END IF;
  IF outcome = 'granted' THEN
    SELECT coalesce(string_agg(DISTINCT w, ' '), '') INTO scope
      FROM unnest(string_to_array(coalesce(p_scope, concat_ws(' ', v.scope, p_supported)), ' ')) AS w
     WHERE oauth.scope_covers(p_supported, w)
       AND coalesce(oauth.scope_covers(v.scope, w), true);
    IF scope = '' AND p_scope IS NOT NULL THEN
      outcome := 'scope';
    END IF;
  END IF;
  IF outcome = 'granted' THEN
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
