-- SPDX-License-Identifier: MIT
--
-- user_recover - the operator gives a person a link to choose a new password
-- by, once and for p_expires_s; one given before is of no more use.
-- Outcomes: made, disabled, unknown.
CREATE OR REPLACE FUNCTION oauth.user_recover(
  p_email text, p_token_digest bytea, p_expires_s integer)
RETURNS TABLE (outcome text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
DECLARE
  v_user public.users;
BEGIN
  SELECT * INTO v_user FROM public.users u WHERE lower(u.email) = lower(p_email);
  outcome := CASE WHEN v_user.id IS NULL THEN 'unknown'
                  WHEN v_user.disabled_at IS NOT NULL THEN 'disabled' ELSE 'made' END;
  IF outcome = 'made' THEN
    INSERT INTO oauth.recovery_link AS r (user_id, token_digest, expires_at)
    VALUES (v_user.id, p_token_digest, now() + p_expires_s * interval '1 second')
    ON CONFLICT (user_id) DO UPDATE
      SET token_digest = excluded.token_digest, created_at = now(),
          expires_at = excluded.expires_at;
    PERFORM oauth.audit_act('recovery link made', v_user.id, NULL, NULL, '{}');
  END IF;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.user_recover(text, bytea, integer) IS
  'Keeps a one-time link to choose a new password: made, disabled, unknown.';
