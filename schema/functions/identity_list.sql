-- SPDX-License-Identifier: MIT
--
-- identity_list - who the users are at sign-ins outside, of one source or all
-- (NULL), p_limit of them after p_after (the cursor of the last row, NULL to
-- begin with).
CREATE OR REPLACE FUNCTION oauth.identity_list(p_source text, p_after text, p_limit integer)
RETURNS TABLE (source text, name text, email text, disabled boolean, created_at timestamptz,
  cursor text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $body$
#variable_conflict use_column
DECLARE
  v_after CONSTANT jsonb := p_after::jsonb;
BEGIN
  RETURN QUERY
    SELECT i.source, i.name, u.email::text, u.disabled_at IS NOT NULL, i.created_at,
           jsonb_build_array(i.source, i.name)::text
      FROM oauth.identity i JOIN public.users u ON u.id = i.user_id
     WHERE (p_source IS NULL OR i.source = p_source)
       AND (v_after IS NULL OR (i.source, i.name) > (v_after ->> 0, v_after ->> 1))
     ORDER BY i.source, i.name LIMIT p_limit;
END
$body$;
COMMENT ON FUNCTION oauth.identity_list(text, text, integer) IS
  'A page of who the users are at sign-ins outside, after a cursor.';
