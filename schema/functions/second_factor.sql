-- SPDX-License-Identifier: MIT
--
-- second_factor - a person's authenticator app: as they see it and change it.

-- What the page shows.  Outcomes: none, active, not_signed_in.
CREATE OR REPLACE FUNCTION oauth.second_factor_get(p_login_digest bytea)
RETURNS TABLE (outcome text, email text, confirmed_s bigint, recovery_codes bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  v_user_id uuid;
BEGIN
  SELECT l.user_id, l.email INTO v_user_id, email
    FROM oauth.login_user(p_login_digest, '-infinity') l;
  SELECT floor(extract(epoch FROM f.confirmed_at))::bigint INTO confirmed_s
    FROM oauth.second_factor f WHERE f.user_id = v_user_id;
  SELECT count(*) INTO recovery_codes FROM oauth.recovery_code r WHERE r.user_id = v_user_id;
  outcome := CASE WHEN v_user_id IS NULL THEN 'not_signed_in'
                  WHEN confirmed_s IS NULL THEN 'none' ELSE 'active' END;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.second_factor_get(bytea) IS
  'Whether who is signed in has a second factor: none, active, not_signed_in.';

-- The password was right (p_password_hash is what was compared): keep a secret
-- that counts once a code of it was typed.
-- Outcomes: kept; active (there is one); stale; not_signed_in.
CREATE OR REPLACE FUNCTION oauth.second_factor_offer(
  p_login_digest bytea, p_password_hash text, p_sealed_secret bytea)
RETURNS TABLE (outcome text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_user_id uuid;
BEGIN
  SELECT l.user_id INTO v_user_id FROM oauth.login_user(p_login_digest, '-infinity') l;
  IF NOT FOUND THEN
    outcome := 'not_signed_in';
  ELSIF NOT EXISTS (SELECT FROM oauth.credential c
                     WHERE c.user_id = v_user_id AND c.password_hash = p_password_hash) THEN
    outcome := 'stale';
  ELSE
    DELETE FROM oauth.attempt a WHERE a.key = 'password-check:' || v_user_id;
    INSERT INTO oauth.second_factor AS f (user_id, sealed_secret)
    VALUES (v_user_id, p_sealed_secret)
    ON CONFLICT (user_id) DO UPDATE
      SET sealed_secret = excluded.sealed_secret, last_step = 0, created_at = now()
      WHERE f.confirmed_at IS NULL;
    outcome := CASE WHEN FOUND THEN 'kept' ELSE 'active' END;
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.second_factor_offer(bytea, text, bytea) IS
  'Keeps the secret of an authenticator app that is still to be confirmed: kept, active, stale, not_signed_in.';

-- A signed-in person types a code: count it, then hand out what it is judged
-- by.  Outcomes: check; refused, with the seconds to wait; none (no secret was
-- offered); not_signed_in.
CREATE OR REPLACE FUNCTION oauth.second_factor_begin(
  p_login_digest bytea, p_limit integer, p_window_s integer)
RETURNS TABLE (outcome text, user_id uuid, email text, sealed_secret bytea,
  last_step bigint, now_s bigint, active boolean, retry_after_s integer)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  SELECT l.user_id, l.email INTO user_id, email
    FROM oauth.login_user(p_login_digest, '-infinity') l;
  IF NOT FOUND THEN
    outcome := 'not_signed_in';
    RETURN NEXT;
    RETURN;
  END IF;
  retry_after_s := oauth.attempt_take('code-check:' || user_id, p_limit, p_window_s);
  IF retry_after_s > 0 THEN
    outcome := 'refused';
    RETURN NEXT;
    RETURN;
  END IF;
  SELECT f.sealed_secret, f.last_step, f.confirmed_at IS NOT NULL
    INTO sealed_secret, last_step, active
    FROM oauth.second_factor f WHERE f.user_id = second_factor_begin.user_id;
  outcome := CASE WHEN FOUND THEN 'check' ELSE 'none' END;
  now_s := floor(extract(epoch FROM now()))::bigint;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.second_factor_begin(bytea, integer, integer) IS
  'Counts a code of who is signed in and returns what it is judged by: check, refused, none, not_signed_in.';

-- The first code of the secret was right: it counts from now on, and these are
-- its recovery codes.  Browsers that signed in without it are signed out, save
-- this one.  Outcomes: done, wrong (another secret was offered meanwhile, or one
-- is active), not_signed_in.
CREATE OR REPLACE FUNCTION oauth.second_factor_confirm(
  p_login_digest bytea, p_sealed_secret bytea, p_step bigint, p_code_digests bytea[],
  p_remote text)
RETURNS TABLE (outcome text, user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  SELECT l.user_id INTO user_id FROM oauth.login_user(p_login_digest, '-infinity') l;
  IF NOT FOUND THEN
    outcome := 'not_signed_in';
    RETURN NEXT;
    RETURN;
  END IF;
  -- Who is signing in with the password alone at this moment is waited for.
  PERFORM FROM oauth.credential c
    WHERE c.user_id = second_factor_confirm.user_id FOR UPDATE;
  UPDATE oauth.second_factor f SET confirmed_at = now(), last_step = p_step
   WHERE f.user_id = second_factor_confirm.user_id AND f.confirmed_at IS NULL
     AND f.sealed_secret = p_sealed_secret;
  outcome := CASE WHEN FOUND THEN 'done' ELSE 'wrong' END;
  IF outcome = 'done' THEN
    PERFORM oauth.second_factor_codes(user_id, p_code_digests);
    PERFORM oauth.login_end_all(user_id, p_login_digest);
    DELETE FROM oauth.attempt a WHERE a.key = 'code-check:' || second_factor_confirm.user_id;
    INSERT INTO oauth.audit (event, user_id, remote)
    VALUES ('second factor added', second_factor_confirm.user_id, p_remote);
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.second_factor_confirm(bytea, bytea, bigint, bytea[], text) IS
  'Makes an offered second factor count: done, wrong, not_signed_in.';

-- A code was right: other recovery codes take the place of all there were, or,
-- with p_code_digests NULL, the factor is gone.  The arguments are those of
-- second_factor_spend.  Outcomes: done, wrong, not_signed_in.
CREATE OR REPLACE FUNCTION oauth.second_factor_change(
  p_login_digest bytea, p_step bigint, p_recovery_digest bytea, p_sealed_secret bytea,
  p_code_digests bytea[], p_remote text)
RETURNS TABLE (outcome text, user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  SELECT l.user_id INTO user_id FROM oauth.login_user(p_login_digest, '-infinity') l;
  IF NOT FOUND THEN
    outcome := 'not_signed_in';
    RETURN NEXT;
    RETURN;
  END IF;
  outcome := 'wrong';
  IF oauth.second_factor_spend(user_id, p_step, p_recovery_digest, p_sealed_secret) THEN
    IF p_code_digests IS NULL THEN
      DELETE FROM oauth.second_factor f WHERE f.user_id = second_factor_change.user_id;
    ELSE
      PERFORM oauth.second_factor_codes(user_id, p_code_digests);
    END IF;
    DELETE FROM oauth.attempt a WHERE a.key = 'code-check:' || second_factor_change.user_id;
    INSERT INTO oauth.audit (event, user_id, remote)
    VALUES (CASE WHEN p_code_digests IS NULL THEN 'second factor removed'
                 ELSE 'recovery codes made' END, second_factor_change.user_id, p_remote);
    outcome := 'done';
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.second_factor_change(bytea, bigint, bytea, bytea, bytea[], text) IS
  'Replaces the recovery codes of who is signed in, or removes the factor: done, wrong, not_signed_in.';

-- Spend a code, once: that of a step after the last one used (p_step), or a
-- recovery code.  p_sealed_secret, unless NULL, is the same secret under the
-- key of today.  False: it was used before, or there is no such code.
CREATE OR REPLACE FUNCTION oauth.second_factor_spend(
  p_user_id uuid, p_step bigint, p_recovery_digest bytea, p_sealed_secret bytea)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  IF p_step IS NULL THEN
    DELETE FROM oauth.recovery_code r USING oauth.second_factor f
     WHERE r.user_id = p_user_id AND r.code_digest = p_recovery_digest
       AND f.user_id = r.user_id AND f.confirmed_at IS NOT NULL;
  ELSE
    UPDATE oauth.second_factor f
       SET last_step = p_step, sealed_secret = coalesce(p_sealed_secret, f.sealed_secret)
     WHERE f.user_id = p_user_id AND f.confirmed_at IS NOT NULL AND f.last_step < p_step;
  END IF;
  RETURN FOUND;
END
$body$;
COMMENT ON FUNCTION oauth.second_factor_spend(uuid, bigint, bytea, bytea) IS
  'Part of the functions that take a code: spends it, once.';

-- These recovery codes and no others.
CREATE OR REPLACE FUNCTION oauth.second_factor_codes(p_user_id uuid, p_code_digests bytea[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  DELETE FROM oauth.recovery_code r WHERE r.user_id = p_user_id;
  INSERT INTO oauth.recovery_code (user_id, code_digest)
  SELECT p_user_id, d FROM unnest(p_code_digests) d;
END
$body$;
COMMENT ON FUNCTION oauth.second_factor_codes(uuid, bytea[]) IS
  'Part of the second_factor functions: replaces the recovery codes.';
