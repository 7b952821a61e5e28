-- SPDX-License-Identifier: MIT
--
-- client_disable - keep a client out, let it in again, remove it, or give it
-- another secret.
--
-- A disabled client is unknown to every endpoint; its sessions stand still,
-- guards refuse its access tokens (a trigger tells them), and all of it is back
-- when it is enabled, but for the access tokens of before.

-- sessions: how many live ones are of no use now.  Outcomes: disabled, already,
-- unknown.
CREATE OR REPLACE FUNCTION oauth.client_disable(p_client_id text)
RETURNS TABLE (outcome text, sessions bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  SELECT count(*) INTO sessions FROM public.mcp_server_sessions s
   WHERE s.client_identifier = p_client_id AND s.expires_at > now();
  UPDATE oauth.client c SET disabled_at = now()
   WHERE c.client_id = p_client_id AND c.disabled_at IS NULL;
  IF FOUND THEN
    PERFORM oauth.audit_act('client disabled', NULL, p_client_id, NULL,
                            jsonb_build_object('sessions', sessions));
    outcome := 'disabled';
  ELSE
    outcome := CASE WHEN EXISTS (SELECT FROM oauth.client c WHERE c.client_id = p_client_id)
                    THEN 'already' ELSE 'unknown' END;
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.client_disable(text) IS
  'Keeps a client out: disabled, already, unknown; how many sessions stand still.';

-- Outcomes: enabled, already, unknown.
CREATE OR REPLACE FUNCTION oauth.client_enable(p_client_id text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  UPDATE oauth.client c SET disabled_at = NULL
   WHERE c.client_id = p_client_id AND c.disabled_at IS NOT NULL;
  IF FOUND THEN
    PERFORM oauth.audit_act('client enabled', NULL, p_client_id, NULL, '{}');
    RETURN 'enabled';
  END IF;
  RETURN CASE WHEN EXISTS (SELECT FROM oauth.client c WHERE c.client_id = p_client_id)
              THEN 'already' ELSE 'unknown' END;
END
$body$;
COMMENT ON FUNCTION oauth.client_enable(text) IS
  'Lets a disabled client in again: enabled, already, unknown.';

-- With the client go its codes and consents and, by a trigger, its sessions.
-- Outcomes: deleted, unknown.
CREATE OR REPLACE FUNCTION oauth.client_delete(p_client_id text)
RETURNS TABLE (outcome text, sessions bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  SELECT count(*) INTO sessions FROM public.mcp_server_sessions s
   WHERE s.client_identifier = p_client_id;
  DELETE FROM oauth.client c WHERE c.client_id = p_client_id;
  IF FOUND THEN
    PERFORM oauth.audit_act('client deleted', NULL, p_client_id, NULL,
                            jsonb_build_object('sessions', sessions));
    outcome := 'deleted';
  ELSE
    outcome := 'unknown';
    sessions := 0;
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.client_delete(text) IS
  'Removes a client and all that is its: deleted, unknown; how many sessions ended.';

-- The old secret is of no use at once; sessions go on.  Outcomes: rotated,
-- unknown, no_secret (the client has none: nothing changed).
CREATE OR REPLACE FUNCTION oauth.client_rotate_secret(
  p_client_id text, p_client_secret_digest bytea)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  UPDATE oauth.client c SET client_secret_digest = p_client_secret_digest
   WHERE c.client_id = p_client_id AND c.client_secret_digest IS NOT NULL;
  IF FOUND THEN
    PERFORM oauth.audit_act('client secret rotated', NULL, p_client_id, NULL, '{}');
    RETURN 'rotated';
  END IF;
  RETURN CASE WHEN EXISTS (SELECT FROM oauth.client c WHERE c.client_id = p_client_id)
              THEN 'no_secret' ELSE 'unknown' END;
END
$body$;
COMMENT ON FUNCTION oauth.client_rotate_secret(text, bytea) IS
  'Gives a client another secret, by its SHA-256: rotated, unknown, no_secret.';
