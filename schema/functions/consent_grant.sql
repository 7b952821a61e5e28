-- SPDX-License-Identifier: MIT
--
-- consent_grant - the signed-in user allows a request, once; its code becomes
-- good (RFC 6749 s4.1.2).
--
-- The code is derived from the request, so that a form sent twice has the same
-- code: then the outcome is repeated, as long as the code is unspent.  A device
-- gets no code but is marked as granted (RFC 8628 s3.3); redirect_uri is NULL
-- then, and nothing is remembered.  What is granted is what this user may allow
-- of the scope that was asked for.
-- Outcomes: granted, repeated, unknown, other_browser, decided, expired,
-- not_signed_in, scope (nothing may be allowed).
CREATE OR REPLACE FUNCTION oauth.consent_grant(
  p_request_id text, p_browser_digest bytea, p_login_digest bytea,
  p_code_digest bytea, p_code_expires_s integer, p_remember boolean, p_remote text)
RETURNS TABLE (outcome text, redirect_uri text, state text, client_id text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v oauth.authorization_request;
  v_user record;
  v_scope text;
BEGIN
  -- Whoever comes second waits here and then sees the first one's decision.
  SELECT * INTO v FROM oauth.authorization_request r
   WHERE r.request_id = p_request_id FOR UPDATE;
  outcome := oauth.authorization_request_fault(v, p_browser_digest);
  IF outcome IN ('unknown', 'other_browser', 'expired') THEN
    RETURN NEXT;
    RETURN;
  END IF;
  -- Nobody signs it out before what is granted here can be seen and ended.
  PERFORM FROM oauth.login l WHERE l.login_digest = p_login_digest FOR SHARE;
  SELECT * INTO v_user
    FROM oauth.request_user(v, p_login_digest);
  IF NOT FOUND THEN
    outcome := coalesce(outcome, 'not_signed_in');
    RETURN NEXT;
    RETURN;
  END IF;
  redirect_uri := v.redirect_uri;
  state := v.state;
  client_id := v.client_id;
  IF outcome = 'decided' THEN
    IF v.decision = 'granted' AND v.user_id = v_user.user_id
       AND (v.device_code_digest IS NOT NULL
            OR EXISTS (SELECT FROM oauth.authorization_code a
                        WHERE a.code_digest = p_code_digest AND a.spent_at IS NULL
                          AND a.expires_at > now())) THEN
      outcome := 'repeated';
    END IF;
    RETURN NEXT;
    RETURN;
  END IF;

  v_scope := oauth.scope_allowed(v.scope, v_user.scope_ruled, v_user.scope_given);
  IF v_scope = '' THEN
    outcome := 'scope';
    RETURN NEXT;
    RETURN;
  END IF;
  IF v.device_code_digest IS NOT NULL
     AND NOT oauth.device_decide(v.device_code_digest, 'granted', v_user.user_id,
                                 v_user.auth_at, v_user.amr, v_scope,
                                 v_user.session_until) THEN
    outcome := 'decided'; -- in another browser
    RETURN NEXT;
    RETURN;
  END IF;
  UPDATE oauth.authorization_request r
     SET decided_at = now(), decision = 'granted', user_id = v_user.user_id
   WHERE r.request_id = p_request_id;
  IF v.device_code_digest IS NULL THEN
    INSERT INTO oauth.authorization_code (code_digest, client_id, user_id, redirect_uri,
        scope, resource, code_challenge, auth_at, amr, nonce, dpop_jkt, session_until, expires_at)
    VALUES (p_code_digest, v.client_id, v_user.user_id, v.redirect_uri, v_scope,
        v.resource, v.code_challenge, v_user.auth_at, v_user.amr, v.nonce, v.dpop_jkt,
        v_user.session_until,
        least(now() + p_code_expires_s * interval '1 second', v_user.session_until));
  END IF;
  PERFORM oauth.client_allowed(v.client_id);
  IF p_remember AND v.redirect_uri IS NOT NULL THEN
    INSERT INTO oauth.consent AS a (user_id, client_id, redirect_uri, resource, scope)
    VALUES (v_user.user_id, v.client_id, v.redirect_uri, v.resource, v_scope)
    ON CONFLICT ON CONSTRAINT consent_pkey
    DO UPDATE SET scope = excluded.scope, granted_at = now();
  END IF;
  UPDATE oauth.login l SET unconfirmed = false
   WHERE l.login_digest = p_login_digest AND l.unconfirmed;
  INSERT INTO oauth.audit (event, user_id, client_id, remote, details)
  VALUES ('consent', v_user.user_id, v.client_id, p_remote,
          jsonb_build_object('resource', v.resource, 'scope', v_scope,
                             'device', v.device_code_digest IS NOT NULL));
  PERFORM oauth.authorization_code_purge(20);
  outcome := 'granted';
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.consent_grant(text, bytea, bytea, bytea, integer, boolean, text) IS
  'Allows a request once (RFC 6749 s4.1.2): granted, repeated, unknown, other_browser, decided, expired, not_signed_in, scope.';
