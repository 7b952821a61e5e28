-- SPDX-License-Identifier: MIT
--
-- remote_network - by what attempts from an address are counted: an IPv4 address
-- by itself, an IPv6 address by the 64 bits of its network, since whoever has one
-- of these has all addresses in it.
--
-- An IPv6 address that stands for one of IPv4 (RFC 4291 s2.5.5.2, RFC 6052 s2.1)
-- is counted by itself, or all of them would be one.  What is no address is
-- returned as it is.
CREATE OR REPLACE FUNCTION oauth.remote_network(p_remote text)
RETURNS text LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
  v_address inet;
BEGIN
  IF p_remote NOT LIKE '%:%' THEN
    RETURN p_remote;
  END IF;
  v_address := p_remote::inet;
  IF v_address <<= inet '::ffff:0:0/96' THEN
    RETURN substr(host(v_address), length('::ffff:') + 1);
  ELSIF v_address <<= inet '64:ff9b::/96' THEN
    RETURN host(v_address);
  END IF;
  RETURN network(set_masklen(v_address, 64));
EXCEPTION WHEN invalid_text_representation THEN
  RETURN p_remote;
END
$body$;
COMMENT ON FUNCTION oauth.remote_network(text) IS
  'By what attempts from an address are counted: an IPv4 address, the /64 network of an IPv6 address.';
