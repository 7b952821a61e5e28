-- SPDX-License-Identifier: MIT
--
-- scope_allowed - what of the asked scope a person may allow, when groups decide
-- about the scopes of p_ruled and theirs give p_given.
--
-- A scope is ruled when one of p_ruled covers it, and when it covers one: with
-- files:write ruled, files:* is.  Of a ruled one that is not given whole the
-- person may allow what is given.  p_ruled NULL: everything.  '': nothing.
CREATE OR REPLACE FUNCTION oauth.scope_allowed(p_scope text, p_ruled text, p_given text)
RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  v_allowed text[] := '{}';
  v_asked text;
BEGIN
  IF p_ruled IS NULL THEN
    RETURN p_scope;
  END IF;
  FOREACH v_asked IN ARRAY string_to_array(p_scope, ' ') LOOP
    v_allowed := v_allowed || CASE
      WHEN oauth.scope_covers(p_given, v_asked) OR NOT EXISTS (
          SELECT FROM unnest(string_to_array(p_ruled, ' ')) AS ruled
           WHERE oauth.scope_covers(ruled, v_asked) OR oauth.scope_covers(v_asked, ruled))
        THEN ARRAY[v_asked]
      ELSE ARRAY(
          SELECT given FROM unnest(string_to_array(p_given, ' ')) AS given
           WHERE oauth.scope_covers(v_asked, given)) END;
  END LOOP;
  RETURN coalesce((
    SELECT string_agg(one.token, ' ' ORDER BY one.n)
      FROM (SELECT a.token, min(a.n) AS n
              FROM unnest(v_allowed) WITH ORDINALITY AS a(token, n)
             GROUP BY a.token) one), '');
END
$body$;
COMMENT ON FUNCTION oauth.scope_allowed(text, text, text) IS
  'What of the asked scope a person may allow whose groups give p_given of p_ruled.';
