-- SPDX-License-Identifier: MIT
--
-- assertion_grant - a session for a person that a trusted identity provider
-- vouches for (jwt-bearer grant with an ID-JAG), whose assertion was verified
-- already; it is used here, once.
--
-- The person is whoever signed in as p_subject of p_issuer before.  Otherwise,
-- and only when p_email is given (the provider is trusted for its domain), the
-- user of that address, who is remembered as that subject from then on.
-- Outcomes: granted; replayed, unknown_user, user (disabled), public_client,
-- dpop_required and those of client_check.
CREATE OR REPLACE FUNCTION oauth.assertion_grant(
  p_client_id text, p_method text, p_client_secret_digest bytea, p_dpop_jkt text,
  p_issuer text, p_subject text, p_email text, p_jti_digest bytea, p_jti_expires_s integer,
  p_scope text, p_resource text, p_session_id uuid, p_access_s integer, p_remote text)
RETURNS TABLE (outcome text, client_id text, user_id uuid, email text, scope text,
  resource text, now_s bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
#variable_conflict use_column
DECLARE
  v_user public.users;
BEGIN
  outcome := oauth.client_check(p_client_id, p_method, p_client_secret_digest);
  IF outcome = 'ok' AND p_method = 'none' THEN
    outcome := 'public_client';
  ELSIF outcome = 'ok' AND oauth.dpop_missing(p_client_id, p_dpop_jkt) THEN
    outcome := 'dpop_required';
  ELSIF outcome = 'ok' AND NOT oauth.jti_take(p_jti_digest, p_jti_expires_s) THEN
    outcome := 'replayed';
  END IF;
  IF outcome <> 'ok' THEN
    RETURN NEXT;
    RETURN;
  END IF;

  SELECT u.* INTO v_user FROM oauth.identity i JOIN public.users u ON u.id = i.user_id
   WHERE i.source = p_issuer AND i.name = p_subject;
  IF v_user.id IS NULL AND p_email IS NOT NULL THEN
    SELECT u.* INTO v_user FROM public.users u
     WHERE lower(u.email) = lower(p_email) -- by the index
       AND lower(u.email::text COLLATE "C") = lower(p_email COLLATE "C");
    IF v_user.id IS NOT NULL THEN
      INSERT INTO oauth.identity (source, name, user_id)
      VALUES (p_issuer, p_subject, v_user.id) ON CONFLICT (source, name) DO NOTHING;
      INSERT INTO oauth.audit (event, user_id, client_id, remote, details)
      VALUES ('identity linked', v_user.id, p_client_id, p_remote,
              jsonb_build_object('source', p_issuer, 'name', p_subject));
    END IF;
  END IF;
  IF v_user.id IS NULL OR v_user.disabled_at IS NOT NULL THEN
    outcome := CASE WHEN v_user.id IS NULL THEN 'unknown_user' ELSE 'user' END;
    RETURN NEXT;
    RETURN;
  END IF;

  PERFORM oauth.client_allowed(p_client_id);
  PERFORM oauth.session_start(p_session_id, v_user.id, p_client_id, NULL, p_scope,
    p_resource, NULL, NULL, p_access_s, p_access_s, p_access_s, p_remote);
  RETURN QUERY SELECT 'granted', p_client_id, v_user.id, v_user.email::text, p_scope,
    p_resource, floor(extract(epoch FROM now()))::bigint;
END
$body$;
COMMENT ON FUNCTION oauth.assertion_grant(text, text, bytea, text, text, text, text, bytea, integer,
  text, text, uuid, integer, text) IS
  'A session for a person a trusted identity provider vouches for: granted, replayed, unknown_user, user, public_client, dpop_required.';
