/* SPDX-License-Identifier: MIT */
/*
 * mcp_header.h - the headers that repeat what a message says: which values
 * are well-formed, and what they mean (MCP 2026-07-28, Streamable HTTP,
 * "Request Metadata").
 */
#ifndef OAUTH_MCP_HEADER_H
#define OAUTH_MCP_HEADER_H

#include <stdbool.h>

#include "base/arena.h"

/* JSON-RPC error code of a header that is missing, malformed, or differs from
 * the body; the HTTP status is 400. */
enum { MCP_HEADER_MISMATCH = -32020 };

enum mcp_version {
	MCP_VERSION_MALFORMED, /* no date, such as two values joined */
	MCP_VERSION_OLD,       /* servers compare no header with the body */
	MCP_VERSION_HEADERS,   /* since 2026-07-28 they must */
};

/* What an MCP-Protocol-Version tells; it is not NULL. */
enum mcp_version mcp_version_of(const char *value);

/* Is it a value that Mcp-Method may have: visible ASCII without a comma? */
bool mcp_method_allowed(const char *value);

/* Do messages of this method have a name or URI that Mcp-Name repeats? */
bool mcp_method_has_name(const char *method);

/*
 * What an Mcp-Name stands for: itself, or the text that =?base64?...?= wraps.
 * NULL when it is malformed: a wrapping of what is no base64 or no UTF-8 text,
 * bytes other than printable ASCII, or ", " as of two headers that the web
 * server joined.  The text lives in the arena.
 */
const char *mcp_name_decode(struct arena *arena, const char *value);

#endif
