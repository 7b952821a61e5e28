-- SPDX-License-Identifier: MIT
--
-- session_rotate_2 - spend a refresh token and store its successor's hash
-- (RFC 6749 s6, RFC 9700 s4.14.2).
--
-- One UPDATE with every condition is all there is to a good refresh; only when
-- it finds nothing is the reason looked for.  A repeat of the token rotated
-- last, within p_grace_s of that rotation, is confirmed when the stored
-- successor is the one it would get again.  An older one ends the session.
--
-- p_dpop_jkt is the key that was proved, NULL for none.  A public client's session is
-- bound to the first one that it proves (RFC 9449 s5).  From then on who cannot prove
-- it changes nothing, but for tokens from before: those that are retired end the
-- session, or whoever stole one could make it their own.
--
-- p_request_id, NULL for none, is what the audit names.  A good refresh is not audited, so
-- only what is looked into has to know it.
--
-- scope is what the access token gets: p_scope when that asks for less.
-- elsewhere: a repeat came from another address than the rotation did.
-- Outcomes: rotated; repeated; replayed (session ended); unconfirmed, unknown,
-- not_yours, expired, user, scope, resource, grant_type, dpop_jkt, dpop_required,
-- ahead and those of client_check (nothing changed).
CREATE OR REPLACE FUNCTION oauth.session_rotate_2(
  p_client_id text, p_method text, p_client_secret_digest bytea, p_dpop_jkt text,
  p_session_id uuid, p_generation integer, p_token_hash text, p_successor_hash text,
  p_scope text, p_resource text, p_default_scope text, p_default_resource text,
  p_access_s integer, p_idle_s integer, p_session_s integer, p_grace_s integer, p_remote text,
  p_request_id text)
RETURNS oauth.rotation
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
#variable_conflict use_column
DECLARE
  v_rotation oauth.rotation;
  v_now CONSTANT timestamptz := now();
  v_until CONSTANT timestamptz := v_now + p_session_s * interval '1 second';
BEGIN
  UPDATE public.mcp_server_sessions s
     SET refresh_token_hash = p_successor_hash,
         previous_token_hash = s.refresh_token_hash,
         generation = s.generation + 1,
         rotated_at = v_now, rotated_from = p_remote, last_used_at = v_now,
         expires_at = least(v_now + p_idle_s * interval '1 second',
           coalesce(s.session_expires_at, v_until)),
         session_expires_at = coalesce(s.session_expires_at, v_until),
         access_expires_at = v_now + p_access_s * interval '1 second',
         scope = coalesce(s.scope, p_default_scope),
         resource = coalesce(s.resource, p_default_resource),
         dpop_jkt = coalesce(s.dpop_jkt, CASE WHEN c.token_endpoint_auth_method = 'none'
           OR 'none' = ANY (c.token_endpoint_auth_methods) THEN p_dpop_jkt END),
         unbound_generation = CASE WHEN s.dpop_jkt IS NULL THEN s.generation
           ELSE s.unbound_generation END
    FROM public.users u, oauth.client c
   WHERE s.id = p_session_id AND s.generation = p_generation
     AND s.refresh_token_hash = p_token_hash AND s.expires_at > v_now
     AND u.id = s.user_id AND u.disabled_at IS NULL
     AND c.client_id = s.client_identifier
     AND (p_client_id IS NULL OR p_client_id = c.client_id)
     AND oauth.client_proved(c, p_method, p_client_secret_digest)
     AND 'refresh_token' = ANY (c.grant_types)
     AND (p_scope IS NULL OR p_scope = s.scope
          OR oauth.scope_covers(coalesce(s.scope, p_default_scope), p_scope))
     AND (p_resource IS NULL OR p_resource = coalesce(s.resource, p_default_resource))
     AND (s.dpop_jkt IS NULL OR s.dpop_jkt = p_dpop_jkt)
     AND (p_dpop_jkt IS NOT NULL OR NOT c.dpop_bound_access_tokens)
  RETURNING 'rotated', c.client_id, s.user_id, u.email::text, coalesce(p_scope, s.scope),
            s.resource, floor(extract(epoch FROM v_now))::bigint,
            floor(extract(epoch FROM s.auth_at))::bigint, false
       INTO v_rotation;
  IF FOUND THEN
    RETURN v_rotation;
  END IF;
  PERFORM set_config('mcp_oauth.request_id', p_request_id, true),
          set_config('mcp_oauth.remote', p_remote, true);
  SELECT * INTO v_rotation FROM oauth.session_rotate_again(p_client_id, p_method,
    p_client_secret_digest, p_dpop_jkt, p_session_id, p_generation, p_token_hash,
    p_successor_hash, p_scope, p_resource, p_access_s, p_grace_s, p_remote);
  RETURN v_rotation;
END
$body$;
COMMENT ON FUNCTION oauth.session_rotate_2(text, text, bytea, text, uuid, integer, text, text, text,
  text, text, text, integer, integer, integer, integer, text, text) IS
  'Spends a refresh token and stores its successor (RFC 6749 s6, RFC 9700 s4.14.2).';

-- session_rotate - the same for who told the database before which request it
-- serves.
CREATE OR REPLACE FUNCTION oauth.session_rotate(
  p_client_id text, p_method text, p_client_secret_digest bytea, p_dpop_jkt text,
  p_session_id uuid, p_generation integer, p_token_hash text, p_successor_hash text,
  p_scope text, p_resource text, p_default_scope text, p_default_resource text,
  p_access_s integer, p_idle_s integer, p_session_s integer, p_grace_s integer, p_remote text)
RETURNS TABLE (outcome text, client_id text, user_id uuid, email text, scope text,
  resource text, now_s bigint, auth_s bigint, elsewhere boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  RETURN QUERY SELECT * FROM oauth.session_rotate_2(p_client_id, p_method,
    p_client_secret_digest, p_dpop_jkt, p_session_id, p_generation, p_token_hash,
    p_successor_hash, p_scope, p_resource, p_default_scope, p_default_resource, p_access_s,
    p_idle_s, p_session_s, p_grace_s, p_remote, current_setting('mcp_oauth.request_id', true));
END
$body$;
COMMENT ON FUNCTION oauth.session_rotate(text, text, bytea, text, uuid, integer, text, text, text,
  text, text, text, integer, integer, integer, integer, text) IS
  'Spends a refresh token and stores its successor, for programs that do not know session_rotate_2.';
