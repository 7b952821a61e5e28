/* SPDX-License-Identifier: MIT */
#include "message.h"

#include "base/text.h"
#include "oauth/mcp_header.h"
#include "original.h"

static enum message_result
bad_header(const char *why, const char **reason)
{
	*reason = why;
	return MESSAGE_HEADERS;
}

/* A name is believed of those methods alone whose servers compare it. */
static enum message_result
read_name(struct request *rq, struct message *message, const char **reason)
{
	const char *name = original_header(rq, "HTTP_MCP_NAME");

	if (!mcp_method_has_name(message->method))
		return MESSAGE_TOLD;
	if (!name)
		return bad_header("Header mismatch: this method needs Mcp-Name",
		    reason);
	message->name = mcp_name_decode(rq->arena, name);
	if (!message->name)
		return bad_header("Header mismatch: Mcp-Name is malformed",
		    reason);
	return MESSAGE_TOLD;
}

static enum message_result
read_headers(struct request *rq, struct message *message, const char **reason)
{
	message->method = original_header(rq, "HTTP_MCP_METHOD");
	if (!message->method)
		return bad_header("Header mismatch: Mcp-Method is missing",
		    reason);
	if (!mcp_method_allowed(message->method))
		return bad_header("Header mismatch: Mcp-Method is malformed",
		    reason);
	return read_name(rq, message, reason);
}

/* Without the header it is a version from before there was one. */
static enum mcp_version
version_of(struct request *rq)
{
	const char *value = original_header(rq, "HTTP_MCP_PROTOCOL_VERSION");

	return value ? mcp_version_of(value) : MCP_VERSION_OLD;
}

enum message_result
message_read(struct request *rq, const struct guard_rules *rules,
    const struct resource_setting *resource, const char *http_method,
    struct message *ret, const char **reason)
{
	static const char too_old[] = "Header mismatch: MCP-Protocol-Version "
	                              "must be 2026-07-28 or later";
	enum mcp_version version = version_of(rq);
	struct message message = {0};
	enum message_result result;

	if (guard_rules_strict(rules, resource) &&
	    (version != MCP_VERSION_OLD ||
	        !guard_rules_headers_optional(rules, resource))) {
		if (version != MCP_VERSION_HEADERS)
			return bad_header(too_old, reason);
		result = read_headers(rq, &message, reason);
		if (result != MESSAGE_TOLD)
			return result;
		*reason = "messages are sent by POST";
		if (http_method && !text_equal(http_method, "POST"))
			return MESSAGE_HTTP_METHOD;
	}
	*ret = message;
	return MESSAGE_TOLD;
}
