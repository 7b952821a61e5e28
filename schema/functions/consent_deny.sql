-- SPDX-License-Identifier: MIT
--
-- consent_deny - refuse a request, once; no sign-in is needed for a no.
-- redirect_uri is NULL when it was a device that asked.
-- Outcomes: denied, repeated, unknown, other_browser, decided, expired.
CREATE OR REPLACE FUNCTION oauth.consent_deny(
  p_request_id text, p_browser_digest bytea, p_login_digest bytea, p_remote text)
RETURNS TABLE (outcome text, redirect_uri text, state text, client_id text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v oauth.authorization_request;
BEGIN
  SELECT * INTO v FROM oauth.authorization_request r
   WHERE r.request_id = p_request_id FOR UPDATE;
  outcome := oauth.authorization_request_fault(v, p_browser_digest);
  IF outcome = 'decided' AND v.decision = 'denied' THEN
    outcome := 'repeated';
  ELSIF outcome IS NULL AND v.device_code_digest IS NOT NULL
        AND NOT oauth.device_decide(v.device_code_digest, 'denied', NULL, NULL,
                                     NULL, NULL, NULL) THEN
    outcome := 'decided'; -- in another browser
  ELSIF outcome IS NULL THEN
    UPDATE oauth.authorization_request r
       SET decided_at = now(), decision = 'denied'
     WHERE r.request_id = p_request_id;
    INSERT INTO oauth.audit (event, user_id, client_id, remote, outcome)
    SELECT 'consent refused', l.user_id, v.client_id, p_remote, 'refused'
      FROM oauth.login_user(p_login_digest, '-infinity') l;
    outcome := 'denied';
  END IF;
  IF outcome IN ('denied', 'repeated') THEN
    redirect_uri := v.redirect_uri;
    state := v.state;
    client_id := v.client_id;
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.consent_deny(text, bytea, bytea, text) IS
  'Refuses a request once: denied, repeated, unknown, other_browser, decided, expired.';
