/* SPDX-License-Identifier: MIT */
#include "mcp.h"

#include <string.h>

#include "base/text.h"
#include "oauth/mcp_header.h"

/* The version that has neither initialize nor a handshake. */
static const char stateless_version[] = "2026-07-28";

static const char *const versions[] = {stateless_version, "2025-11-25",
    "2025-06-18", "2025-03-26"};

enum { N_VERSIONS = sizeof(versions) / sizeof(versions[0]) };

static bool
version_known(const char *version)
{
	size_t i;

	for (i = 0; i < N_VERSIONS; i++)
		if (text_equal(version, versions[i]))
			return true;
	return false;
}

static bool
is_stateless(struct request *rq)
{
	const char *version = request_header(rq, "HTTP_MCP_PROTOCOL_VERSION");

	return version && text_equal(version, stateless_version);
}

static struct json_object *
supported_versions(void)
{
	struct json_object *list = json_new_array();
	size_t i;

	for (i = 0; i < N_VERSIONS; i++)
		json_append_string(list, versions[i], strlen(versions[i]));
	return list;
}

static struct json_object *
server_info(void)
{
	struct json_object *info = json_new_object();

	json_add_string(info, "name", "whoami");
	json_add_string(info, "version", MCP_OAUTH_VERSION);
	return info;
}

/* ---- answers ---- */

/* An answer to id; the caller adds result or error. */
static struct json_object *
response_to(struct json_object *id)
{
	struct json_object *response = json_new_object();

	json_add_string(response, "jsonrpc", "2.0");
	json_add(response, "id", json_object_get(id));
	return response;
}

enum oauth_error
mcp_result(struct request *rq, struct json_object *id,
    struct json_object *result)
{
	AUTO_JSON *response = response_to(id);

	if (is_stateless(rq)) {
		struct json_object *meta = json_new_object();

		json_add_string(result, "resultType", "complete");
		json_add(meta, "io.modelcontextprotocol/serverInfo",
		    server_info());
		json_add(result, "_meta", meta);
	}
	json_add(response, "result", result);
	return reply_json(rq, 200, response);
}

/* data may be NULL; it is released. */
static enum oauth_error
reply_error(struct request *rq, int status, struct json_object *id, int code,
    const char *message, struct json_object *data)
{
	AUTO_JSON *response = response_to(id);
	struct json_object *error = json_new_object();

	json_add_int64(error, "code", code);
	json_add_string(error, "message", message);
	if (data)
		json_add(error, "data", data);
	json_add(response, "error", error);
	return reply_json(rq, status, response);
}

enum oauth_error
mcp_error(struct request *rq, int status, struct json_object *id, int code,
    const char *message)
{
	return reply_error(rq, status, id, code, message, NULL);
}

/* ---- methods ---- */

/* 2026-07-28: what a client may keep of an answer, and for whom: nothing. */
static void
add_cache_hints(struct request *rq, struct json_object *result)
{
	if (!is_stateless(rq))
		return;
	json_add_int64(result, "ttlMs", 0);
	json_add_string(result, "cacheScope", "private");
}

static struct json_object *
describe_server(void)
{
	struct json_object *result = json_new_object(),
	                   *capabilities = json_new_object();

	json_add(capabilities, "tools", json_new_object());
	json_add(result, "capabilities", capabilities);
	json_add(result, "serverInfo", server_info());
	return result;
}

/* The client's version when there is a handshake for it, else our newest that
 * has one. */
static enum oauth_error
initialize(struct request *rq, struct json_object *id,
    struct json_object *params)
{
	struct json_object *result = describe_server();
	const char *asked = json_string(params, "protocolVersion");

	if (!asked || !version_known(asked) ||
	    text_equal(asked, stateless_version))
		asked = versions[1];
	json_add_string(result, "protocolVersion", asked);
	return mcp_result(rq, id, result);
}

static enum oauth_error
discover(struct request *rq, struct json_object *id)
{
	struct json_object *result = describe_server();

	json_add(result, "supportedVersions", supported_versions());
	add_cache_hints(rq, result);
	return mcp_result(rq, id, result);
}

static enum oauth_error
list_tools(struct request *rq, struct json_object *id)
{
	struct json_object *result = json_new_object();

	json_add(result, "tools", mcp_tools());
	add_cache_hints(rq, result);
	return mcp_result(rq, id, result);
}

static enum oauth_error
call_tool(struct request *rq, struct json_object *id,
    struct json_object *params)
{
	const char *name = json_string(params, "name");
	struct json_object *arguments = NULL, *result;

	json_object_object_get_ex(params, "arguments", &arguments);
	if (!name ||
	    (arguments && !json_object_is_type(arguments, json_type_object)))
		return mcp_error(rq, 200, id, MCP_INVALID_PARAMS,
		    "tools/call needs a name and an object of arguments");
	result = mcp_call(rq, name, arguments);
	if (!result)
		return mcp_error(rq, 200, id, MCP_INVALID_PARAMS,
		    "there is no tool of that name");
	return mcp_result(rq, id, result);
}

static enum oauth_error
dispatch(struct request *rq, struct json_object *id, const char *method,
    struct json_object *params)
{
	bool stateless = is_stateless(rq);

	if (!stateless && text_equal(method, "initialize"))
		return initialize(rq, id, params);
	if (!stateless && text_equal(method, "ping"))
		return mcp_result(rq, id, json_new_object());
	if (text_equal(method, "server/discover"))
		return discover(rq, id);
	if (text_equal(method, "tools/list"))
		return list_tools(rq, id);
	if (text_equal(method, "tools/call"))
		return call_tool(rq, id, params);
	return mcp_error(rq, stateless ? 404 : 200, id, MCP_METHOD_NOT_FOUND,
	    "there is no method of that name");
}

/* ---- the message ---- */

/* 2026-07-28: what a proxy routes by must be what the body says. */
static bool
headers_match(struct request *rq, const char *method,
    struct json_object *params)
{
	const char *said_method = request_header(rq, "HTTP_MCP_METHOD");
	const char *said_name = request_header(rq, "HTTP_MCP_NAME");
	const char *name = json_string(params, "name"), *version = NULL;
	struct json_object *meta;

	if (!is_stateless(rq))
		return true;
	if (json_object_object_get_ex(params, "_meta", &meta))
		version = json_string(meta,
		    "io.modelcontextprotocol/protocolVersion");
	if (version && !text_equal(version, stateless_version))
		return false;
	if (!said_method || !text_equal(said_method, method))
		return false;
	if (!text_equal(method, "tools/call"))
		return true;
	said_name = said_name ? mcp_name_decode(rq->arena, said_name) : NULL;
	return said_name && name && text_equal(said_name, name);
}

/* 2026-07-28: without a handshake, each request says what it would have. */
static bool
meta_complete(struct request *rq, struct json_object *params)
{
	struct json_object *meta, *capabilities;

	if (!is_stateless(rq))
		return true;
	return json_object_object_get_ex(params, "_meta", &meta) &&
	    json_string(meta, "io.modelcontextprotocol/protocolVersion") &&
	    json_object_object_get_ex(meta,
	        "io.modelcontextprotocol/clientCapabilities", &capabilities) &&
	    json_object_is_type(capabilities, json_type_object);
}

/* An id is a string or a number (JSON-RPC 2.0); MCP allows no null. */
static bool
id_good(struct json_object *id)
{
	return json_object_is_type(id, json_type_string) ||
	    json_object_is_type(id, json_type_int) ||
	    json_object_is_type(id, json_type_double);
}

static enum oauth_error
answer_message(struct request *rq, struct json_object *message)
{
	AUTO_JSON *no_params = json_new_object();
	struct json_object *id = NULL, *params = NULL;
	const char *method = json_string(message, "method");
	const char *jsonrpc = json_string(message, "jsonrpc");
	bool has_id = json_object_object_get_ex(message, "id", &id);

	if (!json_object_object_get_ex(message, "params", &params))
		params = no_params;
	if (!jsonrpc || !text_equal(jsonrpc, "2.0") ||
	    !json_object_is_type(params, json_type_object) ||
	    (has_id && !id_good(id)))
		return mcp_error(rq, 400, NULL, MCP_INVALID_REQUEST,
		    "not a JSON-RPC 2.0 message");
	if (!has_id || !method) /* a notification, or an answer to nothing */
		return reply_empty(rq, 202);
	if (!headers_match(rq, method, params))
		return mcp_error(rq, 400, id, MCP_HEADER_MISMATCH,
		    "MCP-Protocol-Version, Mcp-Method and Mcp-Name must repeat "
		    "the body");
	if (!meta_complete(rq, params))
		return mcp_error(rq, 400, id, MCP_INVALID_PARAMS,
		    "_meta must hold protocolVersion and clientCapabilities");
	return dispatch(rq, id, method, params);
}

static enum oauth_error
refuse_version(struct request *rq, struct json_object *message,
    const char *version)
{
	struct json_object *id = NULL, *data = json_new_object();

	json_object_object_get_ex(message, "id", &id);
	json_add(data, "supported", supported_versions());
	json_add_string(data, "requested", version);
	return reply_error(rq, 400, id, MCP_UNSUPPORTED_VERSION,
	    "Unsupported protocol version", data);
}

enum oauth_error
mcp_answer(struct request *rq)
{
	const char *version = request_header(rq, "HTTP_MCP_PROTOCOL_VERSION");
	AUTO_JSON *message = json_read(rq->body, rq->body_bytes);

	if (!message)
		return mcp_error(rq, 400, NULL, MCP_PARSE_ERROR,
		    "the body is not JSON");
	if (!json_object_is_type(message, json_type_object))
		return mcp_error(rq, 400, NULL, MCP_INVALID_REQUEST,
		    "one message a request: batches are not served");
	if (version && !version_known(version))
		return refuse_version(rq, message, version);
	return answer_message(rq, message);
}
