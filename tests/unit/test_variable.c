/* SPDX-License-Identifier: MIT */
/* Variables of a request by their names. */
#include "http/variable.h"
#include "tap.h"

static char *const variables[] = {"HTTP_MCP_NAME=echo",
    "HTTP_MCP=", "=nameless", "bare", "", "HTTP_COOKIE=a=b; c=d",
    "HTTP_MCP=second", "QUERY_STRING=x", NULL};

static const char *
found(const char *name)
{
	return variable_find(variables, name);
}

static void
test_found(void)
{
	is(found("HTTP_MCP_NAME"), "echo");
	is(found("QUERY_STRING"), "x");
	is(found("HTTP_COOKIE"), "a=b; c=d");
	is(found("HTTP_MCP"), ""); /* the first of two */
}

static void
test_absent(void)
{
	char *const none[] = {NULL};

	is(found("HTTP_MCP_NAM"), NULL);
	is(found("HTTP_MCP_NAMES"), NULL);
	is(found("http_mcp_name"), NULL);
	is(found("bare"), NULL);
	is(variable_find(none, "HTTP_MCP"), NULL);
}

int
main(void)
{
	test_found();
	test_absent();
	return tap_done();
}
