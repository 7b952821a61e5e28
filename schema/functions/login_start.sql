-- SPDX-License-Identifier: MIT
--
-- login_start - a browser is signed in, from now on by this cookie and no
-- longer by the one that it had; with its line in the audit.
--
-- Part of the functions that sign in.  p_amr is how it was done (RFC 8176), NULL
-- when others saw to it.
CREATE OR REPLACE FUNCTION oauth.login_start(
  p_user_id uuid, p_login_digest bytea, p_previous_login_digest bytea,
  p_expires_s integer, p_remote text, p_user_agent text, p_amr text, p_details jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  PERFORM oauth.login_forget(p_previous_login_digest);
  INSERT INTO oauth.login (login_digest, user_id, expires_at, remote, user_agent, amr)
  VALUES (p_login_digest, p_user_id, now() + p_expires_s * interval '1 second',
          p_remote, left(p_user_agent, 256), p_amr);
  INSERT INTO oauth.audit (event, user_id, remote, details)
  VALUES ('sign-in', p_user_id, p_remote,
          jsonb_strip_nulls(jsonb_build_object('amr', p_amr)) || coalesce(p_details, '{}'));
END
$body$;
COMMENT ON FUNCTION oauth.login_start(uuid, bytea, bytea, integer, text, text, text, jsonb) IS
  'Part of the functions that sign in: keeps a login and audits it.';
