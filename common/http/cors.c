/* SPDX-License-Identifier: MIT */
#include "http/cors.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

/* What MCP clients send besides the headers that need no leave. */
static const char allowed_headers[] =
    "Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Method, "
    "Mcp-Name, Mcp-Session-Id, Last-Event-ID, DPoP";

#define TOKEN_CHARACTERS \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

void
cors_headers(struct request *rq)
{
	reply_header(rq, "Access-Control-Allow-Origin", "*");
	reply_header(rq, "Access-Control-Expose-Headers",
	    "WWW-Authenticate, Mcp-Session-Id, DPoP-Nonce, Retry-After");
}

/* Requested headers called Mcp-Param-... are allowed as they are asked for. */
static void
add_mcp_params(struct request *rq, struct buf *list)
{
	const char *asked = request_header(rq,
	    "HTTP_ACCESS_CONTROL_REQUEST_HEADERS");
	const char **names;

	if (!asked)
		return;
	for (names = text_split(rq->arena, asked, ", ", NULL); *names; names++)
		if (strncasecmp(*names, "Mcp-Param-", 10) == 0 &&
		    text_only(*names, TOKEN_CHARACTERS) && strlen(*names) <= 64)
			buf_addf(list, ", %s", *names);
}

enum oauth_error
cors_preflight(struct request *rq, const char *methods)
{
	struct buf headers = buf_in(rq->arena);

	buf_add(&headers, allowed_headers);
	add_mcp_params(rq, &headers);
	reply_header(rq, "Access-Control-Allow-Methods", methods);
	reply_header(rq, "Access-Control-Allow-Headers", buf_text(&headers));
	reply_header(rq, "Access-Control-Max-Age", "600");
	return reply_empty(rq, 204);
}
