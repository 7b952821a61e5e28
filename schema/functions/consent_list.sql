-- SPDX-License-Identifier: MIT
--
-- consent_list - what users allowed, of a user, for a
-- client, or all, p_limit of them after p_after (the cursor of the last row,
-- NULL to begin with).  Errors: no_data_found, when there is no such user or
-- client.
CREATE OR REPLACE FUNCTION oauth.consent_list(
  p_email text, p_client_id text, p_after text, p_limit integer)
RETURNS TABLE (email text, client_id text, client_name text, resource text, scope text,
  redirect_uri text, granted_at timestamptz, cursor text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $body$
#variable_conflict use_column
DECLARE
  v_user_id CONSTANT uuid := oauth.user_id_named(p_email);
  v_client_id CONSTANT text := oauth.client_id_named(p_client_id);
  v_after CONSTANT jsonb := p_after::jsonb;
BEGIN
  RETURN QUERY
    SELECT u.email::text, a.client_id, c.client_name, a.resource, a.scope,
           a.redirect_uri, a.granted_at,
           jsonb_build_array(a.user_id, a.client_id, a.redirect_uri, a.resource)::text
      FROM oauth.consent a
      JOIN public.users u ON u.id = a.user_id
      JOIN oauth.client c ON c.client_id = a.client_id
     WHERE (v_user_id IS NULL OR a.user_id = v_user_id)
       AND (v_client_id IS NULL OR a.client_id = v_client_id)
       AND (v_after IS NULL OR (a.user_id, a.client_id, a.redirect_uri, a.resource) >
             ((v_after ->> 0)::uuid, v_after ->> 1, v_after ->> 2, v_after ->> 3))
     ORDER BY a.user_id, a.client_id, a.redirect_uri, a.resource LIMIT p_limit;
END
$body$;
COMMENT ON FUNCTION oauth.consent_list(text, text, text, integer) IS
  'A page of the answers that are remembered of a user, for a client or all, after a cursor.';
