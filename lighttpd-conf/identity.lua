-- SPDX-License-Identifier: MIT
-- identity.lua - who it is goes to the MCP server in headers, and the token
-- stays here.
--
-- lighttpd runs it twice for a request: before the guard is asked, and again
-- when the guard has allowed it.  No client can set a variable of the request.
-- Nothing stays from one run to the next, so each table and function is made
-- anew: there are few, and none on the way that most requests go.
local request = lighty.r
local headers, env = request.req_header, request.req_env

-- ---- the guard has allowed it

if env["MCP_GUARD_ASKED"] then
	-- It did so without saying whose it is.
	if not env["MCP_SUBJECT"] then
		return 403
	end
	headers["X-Forwarded-User"] = env["MCP_USER"] or ""
	headers["X-Forwarded-Email"] = env["MCP_EMAIL"] or ""
	headers["X-MCP-Subject"] = env["MCP_SUBJECT"]
	headers["X-MCP-Client"] = env["MCP_CLIENT"] or ""
	headers["X-MCP-Scope"] = env["MCP_SCOPE"] or ""
	headers["X-MCP-Resource"] = env["MCP_RESOURCE"] or ""
	headers["X-MCP-Guard"] = env["MCP_BACKEND_SECRET"] or ""
	headers["X-Request-Id"] = env["MCP_REQUEST_ID"] or ""
	-- So do the proof of the token's key and the cookies of signing in.
	headers["Authorization"] = ""
	headers["DPoP"] = ""
	local cookies = headers["Cookie"]
	if cookies then
		headers["Cookie"] = cookies:gsub("__Host%-mcp%-oauth%-[^;]*;? *", "")
	end
	-- Clients add a slash at times, servers seldom know that address, and a
	-- redirect would lose body and token.
	local attr = request.req_attr
	local path = attr["uri.path"]
	if path ~= "/" and path:sub(-1) == "/" then
		local at_origin = env["MCP_RESOURCE"]:match("^%w+://[^/]+(/.*)$")
		if path == (at_origin or "") .. "/" then
			attr["request.uri"] = attr["request.uri"]:gsub("/%f[?%z]", "", 1)
		end
	end
	return 0
end

-- ---- the guard is asked next

if request.req_attr["request.method"] == "TRACE" then
	return 405
end

-- As request_id.lua, which does not run where this one does.
if not env["UNIQUE_ID"] then
	local rand = lighty.c.rand
	env["UNIQUE_ID"] = string.format("%010x%010x",
		rand() % 0x100000 * 0x100000 + rand() % 0x100000,
		rand() % 0x100000 * 0x100000 + rand() % 0x100000)
end

-- Our names and those of MCP begin with X or M in any spelling.
local X, x, M, m = 88, 120, 77, 109
local byte = string.byte
local suspects
for name in pairs(headers) do
	local first = byte(name)
	if first == x or first == X or first == m or first == M then
		suspects = suspects or {}
		suspects[#suspects + 1] = name
	end
end

local function is_identity(name)
	return name == "x-forwarded-user" or name == "x-forwarded-email"
		or name == "x-mcp-subject" or name == "x-mcp-client"
		or name == "x-mcp-scope" or name == "x-mcp-resource"
		or name == "x-mcp-guard" or name == "x-request-id"
end

-- The guard's rules go by these.
local function is_of_mcp(name)
	return name == "mcp-protocol-version" or name == "mcp-method"
		or name == "mcp-name"
end

-- What a client says under our names never arrives.  In a spelling that many
-- programs take for ours (X_Forwarded_User) the guard refuses the request.
for i = 1, suspects and #suspects or 0 do
	local name = suspects[i]
	local sent = name:lower()
	local meant = sent
	if not sent:find("^[a-z0-9-]+$") or sent:find("--", 1, true) then
		meant = sent:gsub("[^a-z0-9]+", "-")
	end
	if is_identity(meant) then
		headers[name] = ""
	end
	if sent ~= meant and (is_identity(meant) or is_of_mcp(meant)) then
		env["MCP_FORGED"] = "1"
		headers[name] = ""
	end
end
env["MCP_GUARD_ASKED"] = "1"
return 0
