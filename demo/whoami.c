/* SPDX-License-Identifier: MIT */
/*
 * whoami.c - an MCP server for the demo: it tells who the guard let in.
 *
 * An example of a backend and no part of what is trusted: it believes the
 * identity headers, because nothing but the guard can reach it.  Streamable
 * HTTP without streams or sessions: each POST is one message and gets one
 * JSON answer.
 */
#include "base/text.h"
#include "http/endpoint.h"
#include "mcp.h"

/* At whatever path the web server has it, and not below that. */
static enum oauth_error
post_message(struct request *rq)
{
	const char *below = request_variable(rq, "PATH_INFO");

	if (below && *below && !text_equal(below, "/"))
		return refuse(rq, OAUTH_NOT_FOUND, "nothing is served here");
	return mcp_answer(rq);
}

static const struct endpoint whoami = {
    .name = "whoami",
    .post = post_message,
    .body = BODY_RAW,
    .settings = SETTINGS_NONE,
};

int
main(void)
{
	return endpoint_run(&whoami);
}
