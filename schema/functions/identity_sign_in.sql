-- SPDX-License-Identifier: MIT
--
-- identity_sign_in - sign a browser in as the person whom the web server vouches
-- for by p_name, a name of p_source.
--
-- p_email: their address, or NULL; p_join: p_name is that address, so that an
-- account of it is theirs; p_provision: whoever has no account gets one.  The
-- login, and each session that begins by it, ends p_session_s from now at the
-- latest.  What groups rule and give of scopes stays with the login.
-- Until the person allows something with their account before their eyes the
-- login is unconfirmed: a link of somebody else's may have signed them in.
--
-- Outcomes: signed_in; unknown (no account, and none is made), email (one would
-- be made, but nothing says their address), email_taken (of another account),
-- disabled (nothing but the identity is changed).
CREATE OR REPLACE FUNCTION oauth.identity_sign_in(
  p_source text, p_name text, p_email text, p_join boolean, p_provision boolean,
  p_login_digest bytea, p_previous_login_digest bytea, p_expires_s integer,
  p_session_s integer, p_scope_ruled text, p_scope_given text, p_remote text,
  p_user_agent text)
RETURNS TABLE (outcome text, user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
#variable_conflict use_column
DECLARE
  v_user_id uuid;
  v_confirmed boolean;
BEGIN
  SELECT f.outcome, f.user_id INTO outcome, v_user_id
    FROM oauth.identity_find(p_source, p_name, p_email, p_join, p_provision, p_remote) f;
  user_id := v_user_id;
  IF outcome <> 'found' THEN
    RETURN NEXT;
    RETURN;
  END IF;
  v_confirmed := EXISTS (
    SELECT FROM oauth.login_user(p_previous_login_digest, '-infinity') l
     WHERE l.user_id = v_user_id AND NOT l.unconfirmed);
  PERFORM oauth.login_start(v_user_id, p_login_digest, p_previous_login_digest,
    least(p_expires_s, p_session_s), p_remote, p_user_agent, NULL,
    jsonb_build_object('source', p_source, 'name', p_name));
  UPDATE oauth.login l
     SET source = p_source, session_until = now() + p_session_s * interval '1 second',
         scope_ruled = p_scope_ruled, scope_given = p_scope_given,
         unconfirmed = NOT v_confirmed
   WHERE l.login_digest = p_login_digest;
  outcome := 'signed_in';
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.identity_sign_in(text, text, text, boolean, boolean, bytea, bytea,
  integer, integer, text, text, text, text) IS
  'Signs in whom the web server vouches for: signed_in, unknown, email, email_taken, disabled.';

-- Whose account a name of a source is, found, joined or made: found, unknown,
-- email, email_taken, disabled.
--
-- To join, addresses may differ in the case of A to Z alone.  Beyond that letters
-- of two people have one lower case: KELVIN SIGN has the k of everybody.
CREATE OR REPLACE FUNCTION oauth.identity_find(
  p_source text, p_name text, p_email text, p_join boolean, p_provision boolean,
  p_remote text)
RETURNS TABLE (outcome text, user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
#variable_conflict use_column
DECLARE
  v_user_id uuid;
BEGIN
  SELECT i.user_id INTO v_user_id FROM oauth.identity i
   WHERE i.source = p_source AND i.name = p_name;
  IF v_user_id IS NULL AND p_join THEN
    SELECT u.id INTO v_user_id FROM public.users u
     WHERE lower(u.email) = lower(p_email) -- by the index
       AND lower(u.email::text COLLATE "C") = lower(p_email COLLATE "C");
    IF FOUND THEN
      v_user_id := oauth.identity_link(p_source, p_name, v_user_id, p_remote);
    END IF;
  END IF;
  IF v_user_id IS NULL AND p_provision AND p_email IS NOT NULL THEN
    INSERT INTO public.users (email) VALUES (p_email)
    ON CONFLICT DO NOTHING RETURNING id INTO v_user_id;
    IF FOUND THEN
      INSERT INTO oauth.audit (event, user_id, remote) VALUES ('user added', v_user_id, p_remote);
      v_user_id := oauth.identity_link(p_source, p_name, v_user_id, p_remote);
    ELSE -- another account has the address, or this one was made this moment
      SELECT i.user_id INTO v_user_id FROM oauth.identity i
       WHERE i.source = p_source AND i.name = p_name;
    END IF;
  END IF;
  user_id := v_user_id;
  outcome := CASE
    WHEN v_user_id IS NULL AND NOT p_provision THEN 'unknown'
    WHEN v_user_id IS NULL AND p_email IS NULL THEN 'email'
    WHEN v_user_id IS NULL THEN 'email_taken'
    WHEN EXISTS (SELECT FROM public.users u
                  WHERE u.id = v_user_id AND u.disabled_at IS NOT NULL) THEN 'disabled'
    ELSE 'found' END;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.identity_find(text, text, text, boolean, boolean, text) IS
  'Part of identity_sign_in: whose account a name is, which may be joined or made.';

-- Note that a name of a source is this user, in the audit too, unless it is one
-- already.  Returns whose it is.
CREATE OR REPLACE FUNCTION oauth.identity_link(
  p_source text, p_name text, p_user_id uuid, p_remote text)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
BEGIN
  INSERT INTO oauth.identity (source, name, user_id) VALUES (p_source, p_name, p_user_id)
  ON CONFLICT DO NOTHING;
  IF FOUND THEN
    INSERT INTO oauth.audit (event, user_id, remote, details)
    VALUES ('identity linked', p_user_id, p_remote, jsonb_build_object('source', p_source, 'name', p_name));
  END IF;
  RETURN (SELECT i.user_id FROM oauth.identity i
           WHERE i.source = p_source AND i.name = p_name);
END
$body$;
COMMENT ON FUNCTION oauth.identity_link(text, text, uuid, text) IS
  'Part of the functions about identities: links one and audits it.';
