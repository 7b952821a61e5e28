-- SPDX-License-Identifier: MIT
-- request_id.lua - the name of a request, for the access log and for our own:
-- twenty characters, by chance (one that we make ourselves has sixteen).
local env = lighty.r.req_env

if not env["UNIQUE_ID"] then
	local rand = lighty.c.rand
	env["UNIQUE_ID"] = string.format("%010x%010x",
		rand() % 0x100000 * 0x100000 + rand() % 0x100000,
		rand() % 0x100000 * 0x100000 + rand() % 0x100000)
end
return 0
