-- SPDX-License-Identifier: MIT
--
-- audit_purge - make the audit's coming months, and drop those before the last
-- p_keep_days (NULL: none).  Rows that found no month of theirs lie in
-- audit_default and go one by one, up to p_batch of them.
--
-- Returns how many rows went one by one; those of a dropped month are not
-- counted.  One at a time does this, and whoever reads the audit for long puts
-- it off to the next time: nobody who writes waits behind it.
CREATE OR REPLACE FUNCTION oauth.audit_purge(p_batch integer, p_keep_days integer)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $body$
DECLARE
  v_keep_after CONSTANT timestamptz := now() - p_keep_days * interval '1 day';
  v_month CONSTANT date := date_trunc('month', now() AT TIME ZONE 'UTC');
  v_deleted bigint;
BEGIN
  -- Any number that nothing else here uses.
  IF NOT pg_try_advisory_xact_lock(7302846592) THEN
    RETURN 0;
  END IF;
  DELETE FROM oauth.audit_default a WHERE a.ctid = ANY (ARRAY(
    SELECT o.ctid FROM oauth.audit_default o WHERE o.at < v_keep_after
     ORDER BY o.at LIMIT p_batch));
  GET DIAGNOSTICS v_deleted = ROW_COUNT;
  BEGIN
    FOR i IN 0..2 LOOP
      PERFORM oauth.audit_month_make((v_month + i * interval '1 month')::date);
    END LOOP;
    PERFORM oauth.audit_months_drop(v_keep_after);
  EXCEPTION WHEN lock_not_available THEN
    NULL; -- somebody reads the audit: the next time
  END;
  RETURN v_deleted;
END
$body$;
COMMENT ON FUNCTION oauth.audit_purge(integer, integer) IS
  'Part of purge: makes the audit''s coming months and removes old ones; how many rows went one by one.';

-- A partition for the month that begins at p_month (UTC).  One whose first row
-- came before it stays in the default partition.
CREATE OR REPLACE FUNCTION oauth.audit_month_make(p_month date)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $body$
DECLARE
  v_name CONSTANT text := 'audit_' || to_char(p_month, 'YYYY_MM');
  v_from CONSTANT timestamptz := p_month::timestamp AT TIME ZONE 'UTC';
  v_to CONSTANT timestamptz := (p_month + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
  IF to_regclass('oauth.' || v_name) IS NOT NULL
     OR EXISTS (SELECT FROM oauth.audit_default a WHERE a.at >= v_from AND a.at < v_to) THEN
    RETURN;
  END IF;
  -- Attaching, unlike making it in place, lets others write meanwhile.
  EXECUTE format('CREATE TABLE oauth.%I (LIKE oauth.audit INCLUDING ALL)', v_name);
  EXECUTE format('ALTER TABLE oauth.audit ATTACH PARTITION oauth.%I FOR VALUES FROM (%L) TO (%L)',
    v_name, v_from, v_to);
  EXECUTE format('COMMENT ON TABLE oauth.%I IS %L', v_name,
    'The audit of ' || to_char(p_month, 'YYYY-MM') || ', UTC.');
END
$body$;
COMMENT ON FUNCTION oauth.audit_month_make(date) IS
  'Part of audit_purge: makes the partition of a month.';

-- Drop the months that ended before p_keep_after; none when it is NULL.
CREATE OR REPLACE FUNCTION oauth.audit_months_drop(p_keep_after timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $body$
DECLARE
  v_partition regclass;
BEGIN
  FOR v_partition IN
    SELECT c.oid FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'oauth.audit'::regclass AND c.relname ~ '^audit_\d{4}_\d{2}$'
       AND (to_date(substr(c.relname, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC'
           <= p_keep_after
     ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE %s', v_partition);
  END LOOP;
END
$body$;
COMMENT ON FUNCTION oauth.audit_months_drop(timestamptz) IS
  'Part of audit_purge: drops the partitions of months that ended before.';
