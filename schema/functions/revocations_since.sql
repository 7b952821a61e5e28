-- SPDX-License-Identifier: MIT
--
-- revocations_since - what guards must refuse, from transaction p_since on
-- ('0': everything).
--
-- Ordered by transaction and not by time: next_since is the oldest transaction
-- still under way, so a commit that comes late is read the next time.  Always
-- one row at least; kind is NULL when there is nothing.
CREATE OR REPLACE FUNCTION oauth.revocations_since(p_since text)
RETURNS TABLE (next_since text, now_s bigint, kind text, subject text,
  not_before_s bigint, expires_s bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  next_since := pg_snapshot_xmin(pg_current_snapshot())::text;
  now_s := floor(extract(epoch FROM now()))::bigint;
  FOR kind, subject, not_before_s, expires_s IN
    SELECT CASE WHEN r.session_id IS NOT NULL THEN 'session'
                WHEN r.user_id IS NOT NULL THEN 'user'
                WHEN r.client_id IS NOT NULL THEN 'client'
                WHEN r.jti IS NOT NULL THEN 'jti'
                ELSE 'all' END,
           coalesce(r.session_id::text, r.user_id::text, r.client_id, r.jti),
           floor(extract(epoch FROM r.not_before))::bigint,
           ceil(extract(epoch FROM r.expires_at))::bigint
      FROM oauth.revocation r
     WHERE r.txid >= p_since::xid8 AND r.expires_at > now()
  LOOP
    RETURN NEXT;
  END LOOP;
  IF NOT FOUND THEN
    kind := NULL;
    RETURN NEXT;
  END IF;
END
$body$;
COMMENT ON FUNCTION oauth.revocations_since(text) IS
  'Revocations of transaction p_since and later, for the guards.';
