-- SPDX-License-Identifier: MIT
--
-- device_authorization_create - a client asks for a device to be connected
-- (RFC 8628 s3.1).
--
-- Each call also removes a few expired ones.  Outcomes: created, duplicate
-- (that user_code is in use), unknown_client.
CREATE OR REPLACE FUNCTION oauth.device_authorization_create(
  p_device_code_digest bytea, p_user_code_digest bytea, p_client_id text,
  p_scope text, p_resource text, p_interval_s integer, p_expires_s integer)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  PERFORM oauth.device_code_purge(20);
  PERFORM FROM oauth.client c WHERE c.client_id = p_client_id AND c.disabled_at IS NULL;
  IF NOT FOUND THEN
    RETURN 'unknown_client';
  END IF;
  INSERT INTO oauth.device_code (device_code_digest, user_code_digest, client_id, scope,
      resource, interval_s, expires_at)
  VALUES (p_device_code_digest, p_user_code_digest, p_client_id, p_scope, p_resource,
      p_interval_s, now() + p_expires_s * interval '1 second')
  ON CONFLICT DO NOTHING;
  RETURN CASE WHEN FOUND THEN 'created' ELSE 'duplicate' END;
END
$body$;
COMMENT ON FUNCTION oauth.device_authorization_create(bytea, bytea, text, text, text,
  integer, integer) IS
  'Keeps a device authorization request (RFC 8628 s3.1): created, duplicate, unknown_client.';

-- Remove up to p_batch that expired; for an hour they tell a late device so.
CREATE OR REPLACE FUNCTION oauth.device_code_purge(p_batch integer)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_deleted bigint;
BEGIN
  DELETE FROM oauth.device_code d WHERE d.device_code_digest IN (
    SELECT o.device_code_digest FROM oauth.device_code o
     WHERE o.expires_at < now() - interval '1 hour'
     ORDER BY o.expires_at LIMIT p_batch FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS v_deleted = ROW_COUNT;
  RETURN v_deleted;
END
$body$;
COMMENT ON FUNCTION oauth.device_code_purge(integer) IS
  'Removes some device codes that expired; how many.';
