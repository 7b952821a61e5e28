-- SPDX-License-Identifier: MIT
--
-- session_list - the live sessions of a user, of a client, or all, in the order
-- of their ids, p_limit of them after p_after (the cursor of the last row, NULL
-- to begin with).  Errors: no_data_found, when there is no such user or client.
CREATE OR REPLACE FUNCTION oauth.session_list(
  p_email text, p_client_id text, p_after text, p_limit integer)
RETURNS TABLE (session_id uuid, email text, client_id text, client_name text,
  resource text, scope text, created_at timestamptz, last_used_at timestamptz,
  last_used_from text, expires_at timestamptz, cursor text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $body$
#variable_conflict use_column
DECLARE
  v_user_id CONSTANT uuid := oauth.user_id_named(p_email);
  v_client_id CONSTANT text := oauth.client_id_named(p_client_id);
  v_after CONSTANT uuid := p_after::uuid;
BEGIN
  RETURN QUERY
    SELECT l.id, l.email, l.client_id, l.client_name, l.resource, l.scope,
           l.created_at, l.last_used_at, l.last_used_from, l.expires_at, l.id::text
      FROM oauth.live_sessions l
     WHERE (v_user_id IS NULL OR l.user_id = v_user_id)
       AND (v_client_id IS NULL OR l.client_id = v_client_id)
       AND (v_after IS NULL OR l.id > v_after)
     ORDER BY l.id LIMIT p_limit;
END
$body$;
COMMENT ON FUNCTION oauth.session_list(text, text, text, integer) IS
  'A page of the live sessions of a user, a client or all, by id, after a cursor.';

-- The user of an email; NULL for NULL.
CREATE OR REPLACE FUNCTION oauth.user_id_named(p_email text)
RETURNS uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  v_user_id CONSTANT uuid := oauth.user_id_of(p_email);
BEGIN
  IF v_user_id IS NULL AND p_email IS NOT NULL THEN
    RAISE no_data_found USING MESSAGE = 'there is no user ' || p_email;
  END IF;
  RETURN v_user_id;
END
$body$;
COMMENT ON FUNCTION oauth.user_id_named(text) IS
  'Part of the operator''s functions: the user of an email, who must be there; NULL for NULL.';

-- The same client_id; NULL for NULL.
CREATE OR REPLACE FUNCTION oauth.client_id_named(p_client_id text)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF p_client_id IS NOT NULL
     AND NOT EXISTS (SELECT FROM oauth.client c WHERE c.client_id = p_client_id) THEN
    RAISE no_data_found USING MESSAGE = 'there is no client ' || p_client_id;
  END IF;
  RETURN p_client_id;
END
$body$;
COMMENT ON FUNCTION oauth.client_id_named(text) IS
  'Part of the operator''s functions: a client_id, which must be there; NULL for NULL.';
