/* SPDX-License-Identifier: MIT */
/* mcp.h - the messages of the demo's MCP server (JSON-RPC 2.0). */
#ifndef DEMO_MCP_H
#define DEMO_MCP_H

#include "http/reply.h"

/* Error codes: of JSON-RPC, and of MCP since 2026-07-28 (one more stands in
 * mcp_header.h). */
enum {
	MCP_PARSE_ERROR = -32700,
	MCP_INVALID_REQUEST = -32600,
	MCP_METHOD_NOT_FOUND = -32601,
	MCP_INVALID_PARAMS = -32602,
	MCP_UNSUPPORTED_VERSION = -32022,
};

/* Answer the message in rq->body. */
enum oauth_error mcp_answer(struct request *rq);

/* The reply that carries result, which is released; id is the message's. */
enum oauth_error mcp_result(struct request *rq, struct json_object *id,
    struct json_object *result);

/* The reply that carries an error, with this HTTP status. */
enum oauth_error mcp_error(struct request *rq, int status,
    struct json_object *id, int code, const char *message);

/* The list of tools; the caller owns it. */
struct json_object *mcp_tools(void);

/* The result of calling a tool; NULL when there is none of that name.  The
 * caller owns it. */
struct json_object *mcp_call(struct request *rq, const char *name,
    struct json_object *arguments);

#endif
