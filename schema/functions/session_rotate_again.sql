-- SPDX-License-Identifier: MIT
--
-- session_rotate_again - part of session_rotate: the token was not the live one
-- of a good session.  Is it a repeat, a replay, or what is wrong with it?
--
-- A repeat hands out what was handed out before, so it binds nothing to a key.
CREATE OR REPLACE FUNCTION oauth.session_rotate_again(
  p_client_id text, p_method text, p_client_secret_digest bytea, p_dpop_jkt text,
  p_session_id uuid, p_generation integer, p_token_hash text, p_successor_hash text,
  p_scope text, p_resource text, p_access_s integer, p_grace_s integer, p_remote text)
RETURNS TABLE (outcome text, client_id text, user_id uuid, email text, scope text,
  resource text, now_s bigint, auth_s bigint, elsewhere boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
#variable_conflict use_column
DECLARE
  s public.mcp_server_sessions;
  v_email text;
  v_key_fits boolean;
BEGIN
  SELECT * INTO s FROM public.mcp_server_sessions x WHERE x.id = p_session_id FOR UPDATE;
  outcome := oauth.session_refusal(s, p_client_id, p_method, p_client_secret_digest);
  IF outcome IS NOT NULL THEN
    RETURN NEXT;
    RETURN;
  END IF;

  v_key_fits := s.dpop_jkt IS NULL OR s.dpop_jkt IS NOT DISTINCT FROM p_dpop_jkt;
  outcome := CASE
    WHEN NOT v_key_fits AND p_generation > s.unbound_generation THEN 'dpop_jkt'
    WHEN oauth.dpop_missing(s.client_identifier, p_dpop_jkt) THEN 'dpop_required'
    WHEN p_generation > s.generation THEN 'ahead'
    WHEN p_generation = s.generation AND p_token_hash <> s.refresh_token_hash THEN 'unknown'
    WHEN oauth.scope_covers(s.scope, p_scope) IS FALSE THEN 'scope'
    WHEN p_resource <> s.resource THEN 'resource'
    WHEN p_generation = s.generation THEN 'unknown' -- good now: changed this moment
    WHEN v_key_fits AND p_generation = s.generation - 1
         AND p_token_hash = s.previous_token_hash
         AND s.rotated_at > now() - p_grace_s * interval '1 second' THEN
      CASE WHEN s.refresh_token_hash = p_successor_hash THEN 'repeated' ELSE 'unconfirmed' END
    WHEN p_generation = 0 THEN 'unknown' -- a token of before adoption ends nothing
    ELSE 'replayed'
  END;

  IF outcome = 'replayed' THEN
    DELETE FROM public.mcp_server_sessions x WHERE x.id = s.id;
    INSERT INTO oauth.audit (event, user_id, client_id, session_id, remote, outcome, details)
    VALUES ('refresh token replayed', s.user_id, s.client_identifier, s.id, p_remote,
            'session ended', jsonb_build_object('presented', p_generation,
              'generation', s.generation, 'rotated_from', s.rotated_from));
  ELSIF outcome = 'repeated' THEN
    elsewhere := s.rotated_from IS DISTINCT FROM p_remote;
    UPDATE public.mcp_server_sessions x
       SET access_expires_at = now() + p_access_s * interval '1 second',
           last_used_at = now()
     WHERE x.id = s.id;
    INSERT INTO oauth.audit (event, user_id, client_id, session_id, remote, details)
    VALUES ('refresh repeated', s.user_id, s.client_identifier, s.id, p_remote,
            CASE WHEN elsewhere THEN jsonb_build_object('rotated_from', s.rotated_from)
                 ELSE '{}' END);
    SELECT u.email::text INTO v_email FROM public.users u WHERE u.id = s.user_id;
    client_id := s.client_identifier;
    user_id := s.user_id;
    email := v_email;
    scope := coalesce(p_scope, s.scope);
    resource := s.resource;
    now_s := floor(extract(epoch FROM now()))::bigint;
    auth_s := floor(extract(epoch FROM s.auth_at))::bigint;
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.session_rotate_again(text, text, bytea, text, uuid, integer, text, text,
  text, text, integer, integer, text) IS
  'Part of session_rotate: repeats, replays and refusals.';

-- Why a session is of no use to this client, whatever its token; NULL when it is.
CREATE OR REPLACE FUNCTION oauth.session_refusal(
  p_session public.mcp_server_sessions, p_client_id text, p_method text,
  p_client_secret_digest bytea)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  v_check text := 'ok';
BEGIN
  IF p_client_id IS NOT NULL OR p_session.id IS NOT NULL THEN
    v_check := oauth.client_check(coalesce(p_client_id, p_session.client_identifier),
                                  p_method, p_client_secret_digest);
  END IF;
  IF v_check <> 'ok' THEN
    RETURN v_check;
  ELSIF p_session.id IS NULL THEN
    RETURN 'unknown';
  ELSIF p_session.client_identifier <> p_client_id THEN
    RETURN 'not_yours';
  ELSIF NOT EXISTS (SELECT FROM oauth.client c WHERE c.client_id = p_session.client_identifier
                       AND 'refresh_token' = ANY (c.grant_types)) THEN
    RETURN 'grant_type';
  ELSIF NOT EXISTS (SELECT FROM public.users u
                     WHERE u.id = p_session.user_id AND u.disabled_at IS NULL) THEN
    RETURN 'user';
  ELSIF p_session.expires_at <= now() THEN
    RETURN 'expired';
  END IF;
  RETURN NULL;
END
$body$;
COMMENT ON FUNCTION oauth.session_refusal(public.mcp_server_sessions, text, text, bytea) IS
  'Why a session cannot be refreshed by this client, or NULL.';
