-- SPDX-License-Identifier: MIT
-- identity.lua - who it is goes to the MCP server in headers, and the token
-- stays here.
--
-- lighttpd runs it twice for a request: before the guard is asked, and again
-- when the guard has allowed it.  No client can set a variable of the request.
local headers, env = lighty.r.req_header, lighty.r.req_env
local attr = lighty.r.req_attr

local identity = {
	["x-forwarded-user"] = "MCP_USER",
	["x-forwarded-email"] = "MCP_EMAIL",
	["x-mcp-subject"] = "MCP_SUBJECT",
	["x-mcp-client"] = "MCP_CLIENT",
	["x-mcp-scope"] = "MCP_SCOPE",
	["x-mcp-resource"] = "MCP_RESOURCE",
	["x-mcp-guard"] = "MCP_BACKEND_SECRET",
	["x-request-id"] = "MCP_REQUEST_ID",
}
-- The guard's rules go by these.
local of_mcp = {
	["mcp-protocol-version"] = true,
	["mcp-method"] = true,
	["mcp-name"] = true,
}

-- What a client says under our names never arrives.  In a spelling that many
-- programs take for ours (X_Forwarded_User) the guard refuses the request.
local function before_the_guard()
	if attr["request.method"] == "TRACE" then
		return 405
	end
	local names = {}
	for name in pairs(headers) do
		names[#names + 1] = name
	end
	for _, name in ipairs(names) do
		local sent = name:lower()
		local meant = sent:gsub("[^a-z0-9]+", "-")
		if identity[meant] or of_mcp[meant] then
			if sent ~= meant then
				env["MCP_FORGED"] = "1"
			end
			if sent ~= meant or identity[meant] then
				headers[name] = ""
			end
		end
	end
	env["MCP_GUARD_ASKED"] = "1"
	return 0
end

-- Clients add a slash at times, servers seldom know that address, and a redirect
-- would lose body and token.
local function drop_slash()
	local path = attr["uri.path"]
	local at_origin = env["MCP_RESOURCE"]:match("^%w+://[^/]+(/.*)$")
	if path ~= "/" and path == (at_origin or "") .. "/" then
		attr["request.uri"] = attr["request.uri"]:gsub("/%f[?%z]", "", 1)
	end
end

local function after_the_guard()
	-- It allowed the request without saying whose it is.
	if not env["MCP_SUBJECT"] then
		return 403
	end
	for name, variable in pairs(identity) do
		headers[name] = env[variable] or ""
	end
	-- So do the proof of the token's key and the cookies of signing in.
	headers["Authorization"] = ""
	headers["DPoP"] = ""
	local cookies = headers["Cookie"]
	if cookies then
		headers["Cookie"] = cookies:gsub("__Host%-mcp%-oauth%-[^;]*;? *", "")
	end
	drop_slash()
	return 0
end

if env["MCP_GUARD_ASKED"] then
	return after_the_guard()
end
return before_the_guard()
