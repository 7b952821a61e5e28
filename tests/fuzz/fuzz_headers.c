/* SPDX-License-Identifier: MIT */
/* Other header fields of requests and of fetched documents, one a line. */
#include <string.h>

#include "../../cgi-bin/fetch/freshness.h"
#include "../../cgi-bin/guard/message.h"
#include "../../cgi-bin/guard/origin.h"
#include "base/text.h"
#include "fuzz.h"
#include "http/body.h"
#include "http/html.h"
#include "http/request_id.h"
#include "oauth/mcp_header.h"

static void
try_message(struct request *rq)
{
	static const char text[] = "/mcp tools/call x -\n";
	struct guard_rules rules;
	struct message message;
	const char *error, *reason = NULL;

	fuzz_must(guard_rules_read(rq->arena, rq->settings, "guard.rules", text,
	    &rules, &error));
	if (message_read(rq, &rules, rq->settings->mcp_resources, "POST",
	        &message, &reason) != MESSAGE_TOLD) {
		fuzz_must(reason != NULL);
		return;
	}
	fuzz_must(message.method && mcp_method_allowed(message.method));
	fuzz_must(
	    !message.name || text_is_utf8(message.name, strlen(message.name)));
}

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	static const char *const names[] = {"HTTP_MCP_PROTOCOL_VERSION",
	    "HTTP_MCP_METHOD", "HTTP_MCP_NAME", "CONTENT_TYPE", "UNIQUE_ID",
	    "HTTP_HOST"};
	struct request rq = fuzz_request(arena);
	const char *rest = text, *origin = fuzz_line(arena, &rest), *shown;
	size_t i;

	(void)len_bytes;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		fuzz_variable(names[i], fuzz_line(arena, &rest));
	fuzz_must(!origin_allowed(arena, rq.settings, origin) ||
	    !strpbrk(origin, " \r\n"));
	try_message(&rq);
	(void)body_is(&rq, "application/json");
	shown = request_id_of(&rq);
	fuzz_must(*shown && !strpbrk(shown, " \"<>\r\n"));
	shown = html_escape(arena, text);
	fuzz_must(!strpbrk(shown, "<>\"'"));
	fuzz_must(freshness_s(arena, text) >= -1);
}
