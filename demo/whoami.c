/* SPDX-License-Identifier: MIT */
/*
 * whoami.c - an MCP server for the demo: it tells who the guard let in.
 *
 * An example of a backend and no part of what is trusted: it believes the
 * identity headers, because nothing but the guard can reach it.  Streamable
 * HTTP without streams or sessions: each POST is one message and gets one
 * JSON answer.
 */
#include "http/endpoint.h"
#include "mcp.h"

static const char *const paths[] = {"/mcp", "/mcp/", NULL};

static const struct endpoint whoami = {
    .name = "whoami",
    .paths = paths,
    .post = mcp_answer,
    .body = BODY_RAW,
    .settings = SETTINGS_NONE,
};

int
main(void)
{
	return endpoint_run(&whoami);
}
