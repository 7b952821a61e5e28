-- SPDX-License-Identifier: MIT
--
-- code_redeem - spend a code and start its session (RFC 6749 s4.1.3), at most
-- once ever: the winner is whose UPDATE finds spent_at NULL.
--
-- Everything is checked in that UPDATE, so nothing is spent by a wrong client,
-- redirect_uri, resource or key.  p_dpop_jkt is the key that was proved, NULL
-- for none; a public client's session is bound to it (RFC 9449 s5).  Only a wrong
-- verifier burns the code, and a replay ends the session that the code started
-- (RFC 6749 s4.1.2).
--
-- Outcomes: redeemed; verifier (burnt); replayed (session ended); unknown,
-- expired, not_yours, redirect_uri, resource, dpop_jkt, dpop_required, user,
-- grant_type and those of client_check (nothing changed).
CREATE OR REPLACE FUNCTION oauth.code_redeem(
  p_client_id text, p_method text, p_client_secret_digest bytea, p_dpop_jkt text,
  p_code_digest bytea, p_redirect_uri text, p_code_challenge text, p_resource text,
  p_session_id uuid, p_refresh_token_hash text, p_access_s integer, p_idle_s integer,
  p_session_s integer, p_remote text)
RETURNS TABLE (outcome text, client_id text, user_id uuid, email text, scope text,
  resource text, now_s bigint, refresh boolean, auth_s bigint, user_name text, nonce text, amr text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
#variable_conflict use_column
DECLARE
  v record;
BEGIN
  UPDATE oauth.authorization_code a
     SET spent_at = now(),
         session_id = CASE WHEN a.code_challenge = p_code_challenge THEN p_session_id END
    FROM oauth.client c, public.users u
   WHERE a.code_digest = p_code_digest AND a.spent_at IS NULL AND a.expires_at > now()
     AND c.client_id = a.client_id
     AND (p_client_id IS NULL OR p_client_id = c.client_id)
     AND oauth.client_proved(c, p_method, p_client_secret_digest)
     AND 'authorization_code' = ANY (c.grant_types)
     AND (p_redirect_uri IS NULL OR p_redirect_uri = a.redirect_uri)
     AND (p_resource IS NULL OR p_resource = a.resource)
     AND (a.dpop_jkt IS NULL OR a.dpop_jkt = p_dpop_jkt)
     AND (p_dpop_jkt IS NOT NULL OR NOT c.dpop_bound_access_tokens)
     AND u.id = a.user_id AND u.disabled_at IS NULL
  RETURNING a.client_id, a.user_id, u.email::text, a.scope, a.resource, a.auth_at,
            a.session_id, a.session_until, a.nonce, a.amr, u.name::text AS user_name, 'refresh_token' = ANY (c.grant_types) AS refresh,
            CASE WHEN c.token_endpoint_auth_method = 'none'
                   OR 'none' = ANY (c.token_endpoint_auth_methods) THEN p_dpop_jkt END AS dpop_jkt
       INTO v;
  IF NOT FOUND THEN
    outcome := oauth.code_refusal(p_client_id, p_method, p_client_secret_digest, p_dpop_jkt,
                                  p_code_digest, p_redirect_uri, p_resource, p_remote);
    RETURN NEXT;
    RETURN;
  ELSIF v.session_id IS NULL THEN
    outcome := 'verifier';
    RETURN NEXT;
    RETURN;
  END IF;

  PERFORM oauth.session_start(p_session_id, v.user_id, v.client_id, p_refresh_token_hash,
    v.scope, v.resource, v.auth_at, v.dpop_jkt, p_access_s, p_idle_s,
    CASE WHEN v.session_until IS NULL THEN p_session_s
         ELSE oauth.session_limit_s(p_session_s, v.session_until) END, p_remote);
  -- Assignments: a query for it would cost as much as reading a table.
  outcome := 'redeemed';
  client_id := v.client_id;
  user_id := v.user_id;
  email := v.email;
  scope := v.scope;
  resource := v.resource;
  now_s := floor(extract(epoch FROM now()));
  refresh := v.refresh;
  auth_s := floor(extract(epoch FROM v.auth_at));
  user_name := v.user_name;
  nonce := v.nonce;
  amr := v.amr;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.code_redeem(text, text, bytea, text, bytea, text, text, text, uuid, text,
  integer, integer, integer, text) IS
  'Spends a code and starts its session (RFC 6749 s4.1.3), once.';

-- Why a code was not redeemed; ends the session of a replayed one.
CREATE OR REPLACE FUNCTION oauth.code_refusal(
  p_client_id text, p_method text, p_client_secret_digest bytea, p_dpop_jkt text,
  p_code_digest bytea, p_redirect_uri text, p_resource text, p_remote text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v oauth.authorization_code;
  v_check text;
BEGIN
  SELECT * INTO v FROM oauth.authorization_code a WHERE a.code_digest = p_code_digest;
  IF p_client_id IS NOT NULL OR v.client_id IS NOT NULL THEN
    v_check := oauth.client_check(coalesce(p_client_id, v.client_id), p_method,
                                  p_client_secret_digest);
    IF v_check <> 'ok' THEN
      RETURN v_check;
    END IF;
  END IF;
  IF v.code_digest IS NULL THEN
    RETURN 'unknown';
  ELSIF v.client_id <> p_client_id THEN
    RETURN 'not_yours';
  ELSIF v.spent_at IS NOT NULL THEN
    IF v.session_id IS NULL THEN
      RETURN 'unknown';
    END IF;
    DELETE FROM public.mcp_server_sessions s WHERE s.id = v.session_id;
    INSERT INTO oauth.audit (event, user_id, client_id, session_id, remote, outcome)
    VALUES ('code replayed', v.user_id, v.client_id, v.session_id, p_remote, 'session ended');
    RETURN 'replayed';
  ELSIF v.expires_at <= now() THEN
    RETURN 'expired';
  ELSIF v.redirect_uri <> p_redirect_uri THEN
    RETURN 'redirect_uri';
  ELSIF v.resource <> p_resource THEN
    RETURN 'resource';
  ELSIF v.dpop_jkt IS NOT NULL AND v.dpop_jkt IS DISTINCT FROM p_dpop_jkt THEN
    RETURN 'dpop_jkt';
  ELSIF oauth.dpop_missing(v.client_id, p_dpop_jkt) THEN
    RETURN 'dpop_required';
  ELSIF NOT EXISTS (SELECT FROM public.users u
                     WHERE u.id = v.user_id AND u.disabled_at IS NULL) THEN
    RETURN 'user';
  END IF;
  RETURN 'grant_type';
END
$body$;
COMMENT ON FUNCTION oauth.code_refusal(text, text, bytea, text, bytea, text, text, text) IS
  'Part of code_redeem: why a code was not redeemed.';
