-- SPDX-License-Identifier: MIT
--
-- pushed_request_create - keep a checked authorization request that a client
-- pushed (RFC 9126 s2), by the digest of its request_uri.
--
-- Each call also removes a few expired ones.  Outcomes: created,
-- unknown_client.
CREATE OR REPLACE FUNCTION oauth.pushed_request_create(
  p_request_uri_digest bytea, p_client_id text, p_redirect_uri text, p_scope text,
  p_resource text, p_state text, p_code_challenge text, p_prompt text,
  p_nonce text, p_max_age_s integer, p_login_hint text, p_expected_user_id uuid,
  p_dpop_jkt text, p_expires_s integer)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  PERFORM oauth.pushed_request_purge(20);
  INSERT INTO oauth.pushed_request (request_uri_digest, client_id, redirect_uri, scope,
      resource, state, code_challenge, prompt, nonce, max_age_s, login_hint,
      expected_user_id, dpop_jkt, expires_at)
  SELECT p_request_uri_digest, c.client_id, p_redirect_uri, p_scope, p_resource,
         p_state, p_code_challenge, p_prompt, p_nonce, p_max_age_s, p_login_hint,
         p_expected_user_id, p_dpop_jkt, now() + p_expires_s * interval '1 second'
    FROM oauth.client c WHERE c.client_id = p_client_id AND c.disabled_at IS NULL;
  RETURN CASE WHEN FOUND THEN 'created' ELSE 'unknown_client' END;
END
$body$;
COMMENT ON FUNCTION oauth.pushed_request_create(bytea, text, text, text, text, text, text,
  text, text, integer, text, uuid, text, integer) IS
  'Keeps a pushed authorization request (RFC 9126 s2): created, unknown_client.';

-- Remove up to p_batch that expired; for a few minutes they tell a late
-- browser what was wrong.
CREATE OR REPLACE FUNCTION oauth.pushed_request_purge(p_batch integer)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_deleted bigint;
BEGIN
  DELETE FROM oauth.pushed_request r WHERE r.request_uri_digest IN (
    SELECT o.request_uri_digest FROM oauth.pushed_request o
     WHERE o.expires_at < now() - interval '10 minutes'
     ORDER BY o.expires_at LIMIT p_batch FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS v_deleted = ROW_COUNT;
  RETURN v_deleted;
END
$body$;
COMMENT ON FUNCTION oauth.pushed_request_purge(integer) IS
  'Removes some pushed requests that expired; how many.';
