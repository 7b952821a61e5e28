-- SPDX-License-Identifier: MIT
--
-- identity_add - let the person whom the web server knows as p_name, a name of
-- p_source, in as the user of an address, who is added when there is none.
-- Outcomes: added; duplicate (the name is a user's already, whose email is
-- returned); email_taken (of a user, but for letters that only look alike).
CREATE OR REPLACE FUNCTION oauth.identity_add(p_source text, p_name text, p_email text)
RETURNS TABLE (outcome text, user_id uuid, email text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $body$
#variable_conflict use_column
BEGIN
  SELECT u.id, u.email::text INTO user_id, email
    FROM oauth.identity i JOIN public.users u ON u.id = i.user_id
   WHERE i.source = p_source AND i.name = p_name;
  IF FOUND THEN
    outcome := 'duplicate';
    RETURN NEXT;
    RETURN;
  END IF;
  SELECT f.user_id INTO user_id
    FROM oauth.identity_find(p_source, p_name, p_email, true, true, NULL) f;
  email := p_email;
  outcome := CASE WHEN user_id IS NULL THEN 'email_taken' ELSE 'added' END;
  RETURN NEXT;
END
$body$;
COMMENT ON FUNCTION oauth.identity_add(text, text, text) IS
  'Lets a person whom the web server vouches for in as the user of an address: added, duplicate, email_taken.';
