-- SPDX-License-Identifier: MIT
--
-- user_list - the users in the order of their addresses, p_limit of them after
-- p_after (the cursor of the last row, NULL to begin with); with p_disabled
-- only those who are disabled, or who are not.
CREATE OR REPLACE FUNCTION oauth.user_list(p_disabled boolean, p_after text, p_limit integer)
RETURNS TABLE (email text, name text, user_id uuid, disabled_at timestamptz,
  password boolean, second_factor boolean, sessions bigint, cursor text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $body$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT u.email::text, u.name::text, u.id, u.disabled_at,
           EXISTS (SELECT FROM oauth.credential c WHERE c.user_id = u.id),
           EXISTS (SELECT FROM oauth.second_factor f
                    WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL),
           (SELECT count(*) FROM public.mcp_server_sessions s
             WHERE s.user_id = u.id AND s.expires_at > now()),
           lower(u.email)::text
      FROM public.users u
     WHERE (p_after IS NULL OR lower(u.email) > p_after)
       AND (p_disabled IS NULL OR p_disabled = (u.disabled_at IS NOT NULL))
     ORDER BY lower(u.email) LIMIT p_limit;
END
$body$;
COMMENT ON FUNCTION oauth.user_list(boolean, text, integer) IS
  'A page of the users, by address, after a cursor.';

-- All that is known of a user but secrets, by email.  Outcomes: ok, unknown.
CREATE OR REPLACE FUNCTION oauth.user_show(p_email text)
RETURNS TABLE (outcome text, details json)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  SELECT 'ok', json_build_object(
           'email', u.email, 'name', u.name, 'user_id', u.id, 'disabled_at', oauth.rfc3339(u.disabled_at),
           'password_changed_at', (SELECT oauth.rfc3339(c.changed_at) FROM oauth.credential c WHERE c.user_id = u.id),
           'second_factor_since', (SELECT oauth.rfc3339(f.confirmed_at) FROM oauth.second_factor f WHERE f.user_id = u.id),
           'recovery_codes', (SELECT count(*) FROM oauth.recovery_code r WHERE r.user_id = u.id),
           'identities', (SELECT coalesce(json_agg(i.source || ' ' || i.name ORDER BY i.source, i.name), '[]')
                            FROM oauth.identity i WHERE i.user_id = u.id),
           'browsers', (SELECT count(*) FROM oauth.login l WHERE l.user_id = u.id AND l.expires_at > now()),
           'sessions', (SELECT count(*) FROM public.mcp_server_sessions s
                         WHERE s.user_id = u.id AND s.expires_at > now()),
           'last_used_at', (SELECT oauth.rfc3339(max(s.last_used_at)) FROM public.mcp_server_sessions s WHERE s.user_id = u.id),
           'consents', (SELECT count(*) FROM oauth.consent a WHERE a.user_id = u.id))
    INTO outcome, details
    FROM public.users u WHERE u.id = oauth.user_id_of(p_email);
  outcome := coalesce(outcome, 'unknown');
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.user_show(text) IS
  'All that is known of a user but secrets, by email: ok, unknown.';
