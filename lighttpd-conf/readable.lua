-- SPDX-License-Identifier: MIT
-- readable.lua - a page in a browser may read what the MCP server answers,
-- unless the server has its own word on that; the guard judged the Origin before.
-- It may have a nonce for the client's next DPoP proof.
local headers = lighty.r.resp_header
local nonce = lighty.r.req_env["MCP_DPOP_NONCE"]

if not headers["Access-Control-Allow-Origin"] then
	headers["Access-Control-Allow-Origin"] = "*"
end
if not headers["Access-Control-Expose-Headers"] then
	headers["Access-Control-Expose-Headers"] =
		"WWW-Authenticate, Mcp-Session-Id, DPoP-Nonce, Retry-After"
end
if nonce then
	headers["DPoP-Nonce"] = nonce
end
return 0
