/* SPDX-License-Identifier: MIT */
/*
 * doctor_backend.c - can the MCP server be reached past the guard?  It believes
 * identity headers, and any process of the host can speak to a TCP port.
 */
#include "crypto/digest.h"
#include "doctor.h"

enum { SECRET_BYTES = 32 };

static const char initialize[] =
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":"
    "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},\"clientInfo\":"
    "{\"name\":\"mcp-oauth-doctor\",\"version\":\"1\"}}}";

/* As somebody else, and without GUARD_BACKEND_SECRET. */
static void
check(struct doctor *doctor, const char *url)
{
	static const char *const headers[] = {
	    "Content-Type: application/json",
	    "Accept: application/json, text/event-stream",
	    "X-Forwarded-User: mcp-oauth-doctor",
	    "X-MCP-Subject: mcp-oauth-doctor",
	    NULL,
	};
	struct web_answer answer = web_send(doctor->arena, &(struct web){0},
	    &(struct web_request){.url = url,
	        .body = initialize,
	        .headers = headers});

	if (answer.status == 0)
		doctor_ok(doctor, "backend-open",
		    "%s cannot be reached past the guard (%s)", url,
		    answer.error);
	else if (answer.status == 401 || answer.status == 403)
		doctor_ok(doctor, "backend-open",
		    "%s refuses whoever does not come from the guard", url);
	else
		doctor_problem(doctor, "backend-open",
		    arena_printf(doctor->arena,
		        "GUARD_BACKEND_SECRET=%s\n"
		        "# in guard.conf, and let the server refuse requests "
		        "without it in X-MCP-Guard; or listen on\n"
		        "# a unix socket: Use ProxyMCP /mcp "
		        "unix:/run/mcp.sock|http://localhost/mcp",
		        random_text(doctor->arena, SECRET_BYTES)),
		    "%s answers status %ld to whoever says who he is: any "
		    "process of the host may be any user there",
		    url, answer.status);
}

void
doctor_backend(struct doctor *doctor)
{
	const char *const *url = command_values(doctor->command, "backend");

	if (!*url)
		doctor_note(doctor, "backend-open",
		    "not tried whether the MCP server can be reached past the "
		    "guard: --backend URL names it");
	for (; *url; url++)
		check(doctor, *url);
}
