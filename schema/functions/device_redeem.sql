-- SPDX-License-Identifier: MIT
--
-- device_redeem - a device asks for its tokens (RFC 8628 s3.4): as long as the
-- person has not decided it is told to wait, and once they granted it the
-- session starts, at most once ever.
--
-- A device that polls before its interval is over has to wait five seconds
-- longer from then on (s3.5); the network may shift a poll by a second.
-- p_dpop_jkt is the key that was proved, NULL for none; a public client's session
-- is bound to it (RFC 9449 s5).
--
-- Outcomes: redeemed; pending, slow_down (the poll was noted); denied,
-- expired, unknown, not_yours, spent, user, resource, grant_type, dpop_required
-- and those of client_check (nothing changed).
CREATE OR REPLACE FUNCTION oauth.device_redeem(
  p_client_id text, p_method text, p_client_secret_digest bytea, p_dpop_jkt text,
  p_device_code_digest bytea, p_resource text, p_session_id uuid,
  p_refresh_token_hash text, p_access_s integer, p_idle_s integer, p_session_s integer,
  p_remote text)
RETURNS TABLE (outcome text, client_id text, user_id uuid, email text, scope text,
  resource text, now_s bigint, refresh boolean, auth_s bigint, user_name text, amr text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
#variable_conflict use_column
DECLARE
  v oauth.device_code;
BEGIN
  outcome := oauth.client_check(p_client_id, p_method, p_client_secret_digest);
  IF outcome = 'ok' AND oauth.dpop_missing(p_client_id, p_dpop_jkt) THEN
    outcome := 'dpop_required';
  END IF;
  IF outcome <> 'ok' THEN
    RETURN NEXT;
    RETURN;
  END IF;
  -- Whoever comes second waits here and then finds it spent.
  SELECT * INTO v FROM oauth.device_code d
   WHERE d.device_code_digest = p_device_code_digest FOR UPDATE;
  outcome := oauth.device_refusal(v, p_client_id, p_resource);
  IF outcome = 'pending' THEN
    outcome := oauth.device_poll(v);
  END IF;
  IF outcome IS NOT NULL THEN
    RETURN NEXT;
    RETURN;
  END IF;

  UPDATE oauth.device_code d SET spent_at = now(), session_id = p_session_id
   WHERE d.device_code_digest = p_device_code_digest AND d.spent_at IS NULL;
  PERFORM oauth.session_start(p_session_id, v.user_id, v.client_id, p_refresh_token_hash,
    v.scope, v.resource, v.auth_at,
    (SELECT p_dpop_jkt FROM oauth.client c
      WHERE c.client_id = v.client_id AND oauth.client_method_allowed(c, 'none')),
    p_access_s, p_idle_s, oauth.session_limit_s(p_session_s, v.session_until), p_remote);
  RETURN QUERY SELECT 'redeemed', v.client_id, v.user_id, u.email::text, v.scope,
      v.resource, floor(extract(epoch FROM now()))::bigint,
      'refresh_token' = ANY (c.grant_types),
      floor(extract(epoch FROM v.auth_at))::bigint, u.name::text, v.amr
    FROM public.users u, oauth.client c
   WHERE u.id = v.user_id AND c.client_id = v.client_id;
END
$body$;
COMMENT ON FUNCTION oauth.device_redeem(text, text, bytea, text, bytea, text, uuid, text, integer,
  integer, integer, text) IS
  'A device asks for its tokens (RFC 8628 s3.4) and gets them once it was granted, once.';

-- Why a device gets no tokens, 'pending' among the reasons; NULL when it does.
CREATE OR REPLACE FUNCTION oauth.device_refusal(
  p_device oauth.device_code, p_client_id text, p_resource text)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF p_device.device_code_digest IS NULL THEN
    RETURN 'unknown';
  ELSIF p_device.client_id <> p_client_id THEN
    RETURN 'not_yours';
  ELSIF NOT EXISTS (SELECT FROM oauth.client c WHERE c.client_id = p_client_id
      AND 'urn:ietf:params:oauth:grant-type:device_code' = ANY (c.grant_types)) THEN
    RETURN 'grant_type';
  ELSIF p_device.resource <> p_resource THEN
    RETURN 'resource';
  ELSIF p_device.spent_at IS NOT NULL THEN
    RETURN 'spent';
  ELSIF p_device.decision = 'denied' THEN
    RETURN 'denied';
  ELSIF p_device.expires_at <= now() THEN
    RETURN 'expired';
  ELSIF p_device.decision IS NULL THEN
    RETURN 'pending';
  ELSIF NOT EXISTS (SELECT FROM public.users u
                     WHERE u.id = p_device.user_id AND u.disabled_at IS NULL) THEN
    RETURN 'user';
  END IF;
  RETURN NULL;
END
$body$;
COMMENT ON FUNCTION oauth.device_refusal(oauth.device_code, text, text) IS
  'Part of device_redeem: why a device gets no tokens, or NULL.';

-- Note a poll: pending, or slow_down when it came too early.
CREATE OR REPLACE FUNCTION oauth.device_poll(p_device oauth.device_code)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_early CONSTANT boolean := coalesce(
    p_device.polled_at > now() - (p_device.interval_s - 1) * interval '1 second', false);
BEGIN
  UPDATE oauth.device_code d
     SET polled_at = now(),
         interval_s = d.interval_s + CASE WHEN v_early THEN 5 ELSE 0 END
   WHERE d.device_code_digest = p_device.device_code_digest;
  RETURN CASE WHEN v_early THEN 'slow_down' ELSE 'pending' END;
END
$body$;
COMMENT ON FUNCTION oauth.device_poll(oauth.device_code) IS
  'Part of device_redeem: notes a poll; pending or slow_down.';
