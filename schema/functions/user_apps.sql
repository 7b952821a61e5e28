-- SPDX-License-Identifier: MIT
--
-- user_apps - the applications that a signed-in person is connected with, one
-- row for each MCP server they use; a single row without client_id when there
-- are none.
--
-- scope joins what all sessions may do, resource and scope are NULL for a
-- session from before adoption that was not refreshed yet.  An application that
-- was allowed and has no session is there too, without last_used_s, if it could
-- come back unasked: at an https address.  remote is the address of the last sign-in or refresh.
-- The one used last comes first; no more than p_limit rows.
-- Outcomes: signed_in, not_signed_in.
CREATE OR REPLACE FUNCTION oauth.user_apps(p_login_digest bytea, p_limit integer)
RETURNS TABLE (outcome text, email text, client_id text, client_name text,
  client_uri text, registration text, resource text, scope text,
  first_used_s bigint, last_used_s bigint, remote text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
#variable_conflict use_column
DECLARE
  v_user record;
BEGIN
  SELECT * INTO v_user FROM oauth.login_user(p_login_digest, '-infinity');
  IF NOT FOUND THEN
    outcome := 'not_signed_in';
    RETURN NEXT;
    RETURN;
  END IF;
  RETURN QUERY
    WITH allowed AS (
      SELECT s.client_identifier::text AS client_id, s.resource, s.scope, s.created_at AS first_at,
             coalesce(s.last_used_at, s.created_at) AS last_at, s.rotated_from AS remote
        FROM public.mcp_server_sessions s
       WHERE s.user_id = v_user.user_id AND s.expires_at > now()
      UNION ALL
      SELECT a.client_id, a.resource, a.scope, a.granted_at, NULL, NULL
        FROM oauth.consent a
       WHERE a.user_id = v_user.user_id
         AND a.redirect_uri LIKE 'https://%'
         AND NOT EXISTS (SELECT FROM public.mcp_server_sessions s
                          WHERE s.user_id = a.user_id AND s.expires_at > now()
                            AND s.client_identifier = a.client_id AND s.resource = a.resource)
    ), app AS (
      SELECT o.client_id, o.resource,
             min(o.first_at) AS first_at, max(o.last_at) AS last_at,
             (array_agg(o.remote ORDER BY o.last_at DESC NULLS LAST))[1] AS remote
        FROM allowed o GROUP BY o.client_id, o.resource
    )
    SELECT 'signed_in', v_user.email, app.client_id, c.client_name, c.client_uri,
           c.registration, app.resource,
           (SELECT string_agg(DISTINCT t.token, ' ')
              FROM allowed o, string_to_table(o.scope, ' ') AS t (token)
             WHERE o.client_id = app.client_id
               AND o.resource IS NOT DISTINCT FROM app.resource),
           floor(extract(epoch FROM app.first_at))::bigint,
           floor(extract(epoch FROM app.last_at))::bigint, app.remote
      FROM (SELECT) AS always
      LEFT JOIN app ON true
      LEFT JOIN oauth.client c ON c.client_id = app.client_id
     ORDER BY max(app.last_at) OVER (PARTITION BY app.client_id) DESC NULLS LAST,
              app.client_id, app.last_at DESC NULLS LAST
     LIMIT p_limit;
END
$body$;
COMMENT ON FUNCTION oauth.user_apps(bytea, integer) IS
  'The applications that the user of a login cookie is connected with: signed_in, not_signed_in.';
