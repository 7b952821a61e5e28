-- SPDX-License-Identifier: MIT
--
-- scope_covers - does a granted list of scopes cover every wanted one?
--
-- A token that ends in ':*' stands for all that begin with what is before the
-- asterisk: files:* covers files:read, not files: alone.  NULL when one of the
-- two is.  Callers on the hot path compare the texts first: nearly every
-- refresh asks for what it has.
CREATE OR REPLACE FUNCTION oauth.scope_covers(p_granted text, p_wanted text)
RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
  RETURN string_to_array(p_wanted, ' ') <@ string_to_array(p_granted, ' ')
      OR NOT EXISTS (
        SELECT FROM unnest(string_to_array(p_wanted, ' ')) AS wanted
         WHERE NOT EXISTS (
           SELECT FROM unnest(string_to_array(p_granted, ' ')) AS granted
            WHERE granted = wanted
               OR (right(granted, 2) = ':*' AND length(granted) > 2
                   AND length(wanted) >= length(granted)
                   AND starts_with(wanted, left(granted, -1)))));
END
$body$;
COMMENT ON FUNCTION oauth.scope_covers(text, text) IS
  'Does the granted scope cover the wanted one? files:* covers files:read.';
