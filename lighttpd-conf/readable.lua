-- SPDX-License-Identifier: MIT
-- readable.lua - a page in a browser may read what the MCP server answers,
-- unless the server has its own word on that; the guard judged the Origin before.
-- It may have a nonce for the client's next DPoP proof.
local headers, env = lighty.r.resp_header, lighty.r.req_env

local function unless_said(name, value)
	if not headers[name] then
		headers[name] = value
	end
end

unless_said("Access-Control-Allow-Origin", "*")
unless_said("Access-Control-Expose-Headers",
	"WWW-Authenticate, Mcp-Session-Id, DPoP-Nonce, Retry-After")
if env["MCP_DPOP_NONCE"] then
	headers["DPoP-Nonce"] = env["MCP_DPOP_NONCE"]
end
return 0
