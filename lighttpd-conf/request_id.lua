-- SPDX-License-Identifier: MIT
-- request_id.lua - the name of a request, for the access log and for our own:
-- twenty characters, by chance (one that we make ourselves has sixteen).
local env = lighty.r.req_env

if not env["UNIQUE_ID"] then
	local name = ""
	for _ = 1, 5 do
		name = name .. string.format("%04x", lighty.c.rand() % 65536)
	end
	env["UNIQUE_ID"] = name
end
return 0
