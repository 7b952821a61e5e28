/* SPDX-License-Identifier: MIT */
/* message.h - which message a request carries, as its headers tell. */
#ifndef GUARD_MESSAGE_H
#define GUARD_MESSAGE_H

#include "http/request.h"
#include "oauth/guard_rules.h"

/* Members that are not told, or not to be believed, are NULL. */
struct message {
	const char *method, *name;
};

enum message_result {
	MESSAGE_TOLD,
	MESSAGE_HEADERS,     /* a header is missing or malformed */
	MESSAGE_HTTP_METHOD, /* only POST carries a message */
};

/*
 * Read MCP-Protocol-Version, Mcp-Method and Mcp-Name (MCP 2026-07-28) for a
 * request of the resource, whose HTTP method is http_method.  Nothing is
 * believed of a client of an older version, whose server does not compare
 * headers with the body; a strict resource refuses it, unless a rule makes
 * headers optional.
 *
 * Returns MESSAGE_TOLD and fills *ret; or else sets *reason.
 * Memory: the strings in *ret live in the arena or the request.
 */
enum message_result message_read(struct request *rq,
    const struct guard_rules *rules, const struct resource_setting *resource,
    const char *http_method, struct message *ret, const char **reason)
    __attribute__((__warn_unused_result__));

#endif
