/* SPDX-License-Identifier: MIT */
/* tools.c - what the demo's MCP server can do: whoami and echo. */
#include "base/text.h"
#include "mcp.h"

/* The identity that the guard vouches for, by request header. */
static const struct identity {
	const char *cgi_name, *label;
} identities[] = {
    {"HTTP_X_FORWARDED_USER", "user"},
    {"HTTP_X_FORWARDED_EMAIL", "email"},
    {"HTTP_X_MCP_SUBJECT", "subject"},
    {"HTTP_X_MCP_CLIENT", "client"},
    {"HTTP_X_MCP_SCOPE", "scope"},
    {"HTTP_X_MCP_RESOURCE", "resource"},
};

enum { N_IDENTITIES = sizeof(identities) / sizeof(identities[0]) };

static struct json_object *
text_content(const char *text)
{
	struct json_object *list = json_new_array(), *item = json_new_object();

	json_add_string(item, "type", "text");
	json_add_string(item, "text", text);
	json_append(list, item);
	return list;
}

static struct json_object *
whoami(struct request *rq)
{
	struct json_object *result = json_new_object(),
	                   *structured = json_new_object();
	struct buf text = buf_in(rq->arena);
	size_t i;

	for (i = 0; i < N_IDENTITIES; i++) {
		const char *value = request_header(rq, identities[i].cgi_name);

		json_add_string(structured, identities[i].label, value);
		if (value)
			buf_addf(&text, "%s: %s\n", identities[i].label, value);
	}
	json_add(result, "content", text_content(buf_text(&text)));
	json_add(result, "structuredContent", structured);
	return result;
}

static struct json_object *
echo(const char *message)
{
	struct json_object *result = json_new_object();

	json_add(result, "content",
	    text_content(message ? message : "echo needs a message"));
	if (!message)
		json_add_true(result, "isError");
	return result;
}

struct json_object *
mcp_call(struct request *rq, const char *name, struct json_object *arguments)
{
	if (text_equal(name, "whoami"))
		return whoami(rq);
	if (text_equal(name, "echo"))
		return echo(
		    arguments ? json_string(arguments, "message") : NULL);
	return NULL;
}

static struct json_object *
tool(const char *name, const char *description, struct json_object *properties,
    const char *required)
{
	struct json_object *tool = json_new_object(),
	                   *schema = json_new_object();

	json_add_string(schema, "type", "object");
	json_add(schema, "properties", properties);
	if (required)
		json_add_words(schema, "required", required);
	json_add_string(tool, "name", name);
	json_add_string(tool, "description", description);
	json_add(tool, "inputSchema", schema);
	return tool;
}

struct json_object *
mcp_tools(void)
{
	struct json_object *tools = json_new_array(),
	                   *properties = json_new_object(),
	                   *message = json_new_object();

	json_add_string(message, "type", "string");
	json_add(properties, "message", message);
	json_append(tools,
	    tool("whoami", "Tells who you are to this server.",
	        json_new_object(), NULL));
	json_append(tools,
	    tool("echo", "Says your message back.", properties, "message"));
	return tools;
}
