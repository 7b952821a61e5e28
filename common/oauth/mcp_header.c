/* SPDX-License-Identifier: MIT */
#include "oauth/mcp_header.h"

#include <string.h>

#include "base/text.h"
#include "crypto/encode.h"

/* The first version whose servers refuse headers that differ from the body. */
static const char first_with_headers[] = "2026-07-28";

/* Of a wrapped value; lower case only. */
static const char wrap_begin[] = "=?base64?", wrap_end[] = "?=";

enum mcp_version
mcp_version_of(const char *value)
{
	static const char form[] = "dddd-dd-dd";
	size_t i;

	if (strlen(value) != strlen(form))
		return MCP_VERSION_MALFORMED;
	for (i = 0; form[i]; i++)
		if (form[i] == 'd' ? value[i] < '0' || value[i] > '9'
		                   : value[i] != form[i])
			return MCP_VERSION_MALFORMED;
	return strcmp(value, first_with_headers) < 0 ? MCP_VERSION_OLD
	                                             : MCP_VERSION_HEADERS;
}

bool
mcp_method_allowed(const char *value)
{
	const char *p;

	for (p = value; *p; p++)
		if (*p < 0x21 || *p > 0x7E || *p == ',')
			return false;
	return p > value;
}

bool
mcp_method_has_name(const char *method)
{
	return text_equal(method, "tools/call") ||
	    text_equal(method, "resources/read") ||
	    text_equal(method, "prompts/get");
}

/* Two headers of one name arrive as one value, joined by ", ", and the blank
 * at an empty one's end may be gone. */
static bool
looks_joined(const char *value)
{
	return strstr(value, ", ") || value[0] == ',' || text_ends(value, ",");
}

static bool
printable(const char *value)
{
	for (; *value; value++)
		if ((*value < 0x20 || *value > 0x7E) && *value != '\t')
			return false;
	return true;
}

const char *
mcp_name_decode(struct arena *arena, const char *value)
{
	const size_t begin = strlen(wrap_begin), end = strlen(wrap_end);
	size_t len = strlen(value);
	char *text;

	if (!printable(value) || looks_joined(value))
		return NULL;
	if (len < begin + end || !text_starts(value, wrap_begin) ||
	    !text_ends(value, wrap_end))
		return value;
	text = base64_decode_text(arena,
	    arena_strndup(arena, value + begin, len - begin - end));
	return text && text_is_utf8(text, strlen(text)) ? text : NULL;
}
