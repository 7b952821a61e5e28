-- SPDX-License-Identifier: MIT
--
-- device_request_create - a person typed a user_code (RFC 8628 s3.3): it
-- becomes an authorization request of their browser, to be decided on the
-- consent page like any other.
--
-- Counted per address, and per user when somebody is signed in, before the
-- code is looked at, so that parallel guesses cannot outrun the count (s5.1).
-- A code that was found is counted too: else whoever has a code of their own
-- could begin anew at will.  Outcomes: created, unknown (or expired, or
-- decided), throttled.
CREATE OR REPLACE FUNCTION oauth.device_request_create(
  p_user_code_digest bytea, p_request_id text, p_browser_digest bytea,
  p_login_digest bytea, p_expires_s integer, p_remote text, p_remote_limit integer,
  p_user_limit integer, p_window_s integer)
RETURNS TABLE (outcome text, signed_in boolean, retry_after_s integer, client_id text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
#variable_conflict use_column
DECLARE
  v_user_id uuid;
BEGIN
  SELECT l.user_id INTO v_user_id FROM oauth.login_user(p_login_digest, '-infinity') l;
  signed_in := FOUND;
  retry_after_s := oauth.attempt_take(
    'device:' || oauth.remote_network(p_remote), p_remote_limit, p_window_s);
  IF retry_after_s = 0 AND signed_in THEN
    retry_after_s := oauth.attempt_take('device-user:' || v_user_id, p_user_limit, p_window_s);
  END IF;
  IF retry_after_s > 0 THEN
    outcome := 'throttled';
    RETURN NEXT;
    RETURN;
  END IF;
  INSERT INTO oauth.authorization_request AS r (request_id, browser_digest, client_id,
      scope, resource, device_code_digest, expires_at)
  SELECT p_request_id, p_browser_digest, d.client_id, d.scope, d.resource,
         d.device_code_digest,
         least(d.expires_at, now() + p_expires_s * interval '1 second')
    FROM oauth.device_code d JOIN oauth.client c ON c.client_id = d.client_id
   WHERE d.user_code_digest = p_user_code_digest AND d.decided_at IS NULL
     AND d.expires_at > now() AND c.disabled_at IS NULL
  RETURNING r.client_id INTO client_id;
  outcome := CASE WHEN client_id IS NULL THEN 'unknown' ELSE 'created' END;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.device_request_create(bytea, text, bytea, bytea, integer, text,
  integer, integer, integer) IS
  'Takes a user_code that a person typed (RFC 8628 s3.3): created, unknown, throttled.';

-- The person decided, once; a grant may be of less than was asked for.  False: it
-- was decided before, or it expired.
CREATE OR REPLACE FUNCTION oauth.device_decide(
  p_device_code_digest bytea, p_decision text, p_user_id uuid, p_auth_at timestamptz,
  p_amr text, p_scope text, p_session_until timestamptz)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  UPDATE oauth.device_code d
     SET decided_at = now(), decision = p_decision, user_id = p_user_id, auth_at = p_auth_at,
         amr = p_amr, scope = coalesce(p_scope, d.scope), session_until = p_session_until,
         expires_at = least(d.expires_at, p_session_until)
   WHERE d.device_code_digest = p_device_code_digest AND d.decided_at IS NULL
     AND d.expires_at > now();
  RETURN FOUND;
END
$body$;
COMMENT ON FUNCTION oauth.device_decide(bytea, text, uuid, timestamptz, text, text, timestamptz) IS
  'Part of the consent functions: grants or denies a device, once.';
