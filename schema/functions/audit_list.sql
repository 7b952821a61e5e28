-- SPDX-License-Identifier: MIT
--
-- audit_list - the audit since p_since, of a user, of a client, of one event, or
-- all of it (NULL), in the order of time, p_limit rows after p_after (the cursor
-- of the last row, NULL to begin with).  Of a user who was deleted: by user_id.
CREATE OR REPLACE FUNCTION oauth.audit_list(
  p_user text, p_client_id text, p_event text, p_since timestamptz,
  p_after text, p_limit integer)
RETURNS TABLE (at timestamptz, event text, outcome text, email text, user_id uuid,
  client_id text, session_id uuid, remote text, request_id text, details jsonb, cursor text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $body$
#variable_conflict use_column
DECLARE
  v_user_id CONSTANT uuid := oauth.user_id_audited(p_user);
  v_after CONSTANT jsonb := p_after::jsonb;
  v_since CONSTANT timestamptz := coalesce((v_after ->> 0)::timestamptz, p_since, '-infinity');
BEGIN
  RETURN QUERY
    SELECT a.at, a.event, a.outcome, u.email::text, a.user_id, a.client_id, a.session_id,
           a.remote, a.request_id, a.details,
           jsonb_build_array(a.at, a.tableoid::bigint, a.ctid)::text
      FROM oauth.audit a LEFT JOIN public.users u ON u.id = a.user_id
     WHERE a.at >= v_since
       AND (v_after IS NULL OR (a.at, a.tableoid, a.ctid) >
             (v_since, (v_after ->> 1)::oid, (v_after ->> 2)::tid))
       AND (v_user_id IS NULL OR a.user_id = v_user_id)
       AND (p_client_id IS NULL OR a.client_id = p_client_id)
       AND (p_event IS NULL OR a.event = p_event)
     ORDER BY a.at, a.tableoid, a.ctid LIMIT p_limit;
END
$body$;
COMMENT ON FUNCTION oauth.audit_list(text, text, text, timestamptz, text, integer) IS
  'A page of the audit since a time, of a user, a client, an event or all, after a cursor.';

-- audit_follow - the last p_limit rows of the audit when p_snapshot is NULL, and
-- later those that were committed since the call that returned p_snapshot; of a
-- user, of a client, of one event, or all (NULL).  One row more, the last, has
-- the snapshot alone.  A transaction that was open for over an hour is missed.
CREATE OR REPLACE FUNCTION oauth.audit_follow(
  p_user text, p_client_id text, p_event text, p_snapshot text, p_limit integer)
RETURNS TABLE (at timestamptz, event text, outcome text, email text, user_id uuid,
  client_id text, session_id uuid, remote text, request_id text, details jsonb, snapshot text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $body$
#variable_conflict use_column
DECLARE
  v_user_id CONSTANT uuid := oauth.user_id_audited(p_user);
  v_snapshot CONSTANT pg_snapshot := p_snapshot::pg_snapshot;
BEGIN
  RETURN QUERY
    SELECT n.at, n.event, n.outcome, n.email, n.user_id, n.client_id, n.session_id, n.remote,
           n.request_id, n.details, NULL::text
      FROM (SELECT a.at, a.event, a.outcome, u.email::text AS email, a.user_id, a.client_id,
                   a.session_id, a.remote, a.request_id, a.details
              FROM oauth.audit a LEFT JOIN public.users u ON u.id = a.user_id
             WHERE (v_user_id IS NULL OR a.user_id = v_user_id)
               AND (p_client_id IS NULL OR a.client_id = p_client_id)
               AND (p_event IS NULL OR a.event = p_event)
               AND (v_snapshot IS NULL
                    OR a.at > now() - interval '1 hour'
                       AND a.txid >= pg_snapshot_xmin(v_snapshot)
                       AND a.txid < pg_snapshot_xmax(pg_current_snapshot()) -- no restored row
                       AND NOT pg_visible_in_snapshot(a.txid, v_snapshot))
             ORDER BY a.at DESC
             LIMIT CASE WHEN v_snapshot IS NULL THEN p_limit END) n
     ORDER BY n.at;
  snapshot := pg_current_snapshot();
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.audit_follow(text, text, text, text, integer) IS
  'The last rows of the audit, then those that are new since a snapshot, which the last row tells.';

-- Whom an operator means who looks at the audit: somebody's email, or the
-- user_id of somebody who may be gone.
CREATE OR REPLACE FUNCTION oauth.user_id_audited(p_user text)
RETURNS uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  IF p_user ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
    RETURN p_user::uuid;
  END IF;
  RETURN oauth.user_id_named(p_user);
END
$body$;
COMMENT ON FUNCTION oauth.user_id_audited(text) IS
  'Part of audit_list: the user of an email or a user_id; NULL for NULL.';
