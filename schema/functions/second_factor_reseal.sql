-- SPDX-License-Identifier: MIT
--
-- second_factor_reseal - the secrets of authenticator apps, for the owner who changes
-- the root of all keys: as they are sealed, and one sealed anew.  Nobody is granted
-- them: an endpoint sees the secret of whom it is signing in, and no other.

-- The next p_limit of them after a user (NULL: from the first).
CREATE OR REPLACE FUNCTION oauth.second_factor_sealed(p_after uuid, p_limit integer)
RETURNS TABLE (user_id uuid, sealed_secret bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN QUERY SELECT f.user_id, f.sealed_secret FROM oauth.second_factor f
   WHERE p_after IS NULL OR f.user_id > p_after ORDER BY f.user_id LIMIT p_limit;
END
$body$;
COMMENT ON FUNCTION oauth.second_factor_sealed(uuid, integer) IS
  'The sealed secrets of authenticator apps after a user, for a change of keys.';

-- Outcomes: done; changed: it is another secret by now, or gone.
CREATE OR REPLACE FUNCTION oauth.second_factor_reseal(p_user_id uuid, p_was bytea, p_sealed bytea)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  UPDATE oauth.second_factor f SET sealed_secret = p_sealed
   WHERE f.user_id = p_user_id AND f.sealed_secret = p_was;
  RETURN CASE WHEN FOUND THEN 'done' ELSE 'changed' END;
END
$body$;
COMMENT ON FUNCTION oauth.second_factor_reseal(uuid, bytea, bytea) IS
  'Keeps a secret of an authenticator app sealed anew: done, changed.';
