-- SPDX-License-Identifier: MIT
--
-- identity_list - who the users are at sign-ins outside; one row without a
-- source when there are none.
CREATE OR REPLACE FUNCTION oauth.identity_list()
RETURNS TABLE (source text, name text, email text, disabled boolean, created_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN QUERY
    SELECT i.source, i.name, u.email::text, u.disabled_at IS NOT NULL, i.created_at
      FROM (SELECT 1) one
      LEFT JOIN (oauth.identity i JOIN public.users u ON u.id = i.user_id) ON true
     ORDER BY i.source, i.name;
END
$body$;
COMMENT ON FUNCTION oauth.identity_list() IS 'Who the users are at sign-ins outside.';
