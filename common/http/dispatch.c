/* SPDX-License-Identifier: MIT */
#include "http/dispatch.h"

#include <string.h>

#include "base/crash.h"
#include "base/text.h"
#include "http/body.h"
#include "http/cors.h"
#include "http/endpoint.h"
#include "http/form.h"
#include "http/refuse.h"

enum { BODY_MAX_BYTES = 64 << 10, QUERY_MAX_BYTES = 32 << 10 };

/* ---- reading the request line ---- */

static enum method
method_of(const char *name)
{
	static const struct {
		const char *name;
		enum method method;
	} methods[] = {{"GET", METHOD_GET}, {"HEAD", METHOD_HEAD},
	    {"POST", METHOD_POST}, {"PUT", METHOD_PUT},
	    {"DELETE", METHOD_DELETE}, {"OPTIONS", METHOD_OPTIONS}};
	size_t i;

	for (i = 0; name && i < sizeof(methods) / sizeof(*methods); i++)
		if (text_equal(methods[i].name, name))
			return methods[i].method;
	return METHOD_OTHER;
}

/* The target may come in absolute form (RFC 9112 s3.2.2); whose host it names
 * is no business of ours. */
static const char *
strip_authority(const char *target)
{
	const char *authority = strstr(target, "://"), *path;

	if (target[0] == '/' || !authority)
		return target;
	path = strchr(authority + 3, '/');
	return path ? path : "/";
}

void
dispatch_begin(struct request *rq)
{
	const char *uri = request_variable(rq, "REQUEST_URI");
	const char *query = request_variable(rq, "QUERY_STRING");
	size_t len;

	rq->method = method_of(request_variable(rq, "REQUEST_METHOD"));
	uri = strip_authority(uri ? uri : "");
	len = strcspn(uri, "?");
	rq->path = arena_strndup(rq->arena, uri, len);
	rq->query = query ? query : "";
}

/* NAME of a path PREFIX/NAME, or NULL. */
static const char *
name_below(const char *prefix, const char *path)
{
	size_t len = strlen(prefix);

	if (!text_starts(path, prefix) || path[len] != '/' ||
	    path[len + 1] == '\0' || strchr(path + len + 1, '/'))
		return NULL;
	return path + len + 1;
}

/* The handlers of the requested path; false when nothing is served there. */
static bool
find_methods(struct request *rq, struct methods *ret)
{
	const struct endpoint *endpoint = rq->endpoint;
	const char *const *path = endpoint->paths;

	*ret = (struct methods){.get = endpoint->get, .post = endpoint->post};
	if (!path)
		return true;
	for (; *path; path++)
		if (text_equal(rq->path, *path))
			return true;
	rq->name = endpoint->below && endpoint->paths[0]
	    ? name_below(endpoint->paths[0], rq->path)
	    : NULL;
	if (rq->name)
		*ret = *endpoint->below;
	return rq->name != NULL;
}

/* ---- parameters ---- */

static enum oauth_error
refuse_form(struct request *rq, enum form_result result)
{
	return refuse(rq, OAUTH_INVALID_REQUEST,
	    result == FORM_TOO_MANY ? "too many parameters"
	                            : "a parameter is not well-formed");
}

static enum oauth_error
check_params(struct request *rq)
{
	const struct param *param = rq->endpoint->params;
	int i;

	if (rq->endpoint->judges_params)
		return OAUTH_OK;
	if (rq->doubled)
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "a parameter was sent more than once");
	for (i = 0; param && param[i].name; i++)
		if ((param[i].flags & PARAM_REQUIRED) && !request_param(rq, i))
			return refuse(rq, OAUTH_INVALID_REQUEST,
			    arena_printf(rq->arena, "missing parameter: %s",
			        param[i].name));
	return OAUTH_OK;
}

static enum oauth_error
read_query(struct request *rq)
{
	enum form_result result;

	if (strlen(rq->query) > QUERY_MAX_BYTES)
		return refuse_status(rq, 414, OAUTH_INVALID_REQUEST,
		    "the query is too long");
	if (!rq->endpoint->params)
		return OAUTH_OK;
	result = form_read(rq, rq->query, strlen(rq->query));
	return result == FORM_GOOD ? check_params(rq) : refuse_form(rq, result);
}

static enum oauth_error
read_form_body(struct request *rq)
{
	enum form_result result;

	if (body_is(rq, "application/x-www-form-urlencoded"))
		result = form_read(rq, rq->body, rq->body_bytes);
	else if (rq->endpoint->body == BODY_FORM_OR_STRINGS &&
	    body_is(rq, "application/json"))
		result = form_read_json(rq, rq->body, rq->body_bytes);
	else
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "the body must be application/x-www-form-urlencoded");
	return result == FORM_GOOD ? check_params(rq) : refuse_form(rq, result);
}

static enum oauth_error
read_json_body(struct request *rq)
{
	if (!body_is(rq, "application/json"))
		return refuse(rq, rq->endpoint->body_error,
		    "the body must be application/json");
	rq->json = json_read(rq->body, rq->body_bytes);
	if (!json_object_is_type(rq->json, json_type_object))
		return refuse(rq, rq->endpoint->body_error,
		    "the body must be one well-formed JSON object");
	return OAUTH_OK;
}

static enum oauth_error
read_body(struct request *rq)
{
	size_t ceiling = rq->endpoint->body_max_bytes;

	switch (body_read(rq, ceiling ? ceiling : BODY_MAX_BYTES)) {
	case BODY_TOO_LARGE:
		return refuse_status(rq, 413, OAUTH_INVALID_REQUEST,
		    "the body is too large");
	case BODY_CUT:
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "the body was cut short");
	case BODY_READ:
		break;
	}
	switch (rq->endpoint->body) {
	case BODY_FORM:
	case BODY_FORM_OR_STRINGS:
		return read_form_body(rq);
	case BODY_JSON:
		return read_json_body(rq);
	case BODY_RAW:
		break;
	}
	return OAUTH_OK;
}

/* ---- choosing the handler ---- */

/* The value of Allow and of Access-Control-Allow-Methods. */
static const char *
methods_served(struct request *rq, const struct methods *methods)
{
	return arena_printf(rq->arena, "%s%s%s%sOPTIONS",
	    methods->get ? "GET, HEAD, " : "", methods->post ? "POST, " : "",
	    methods->put ? "PUT, " : "", methods->delete ? "DELETE, " : "");
}

static enum oauth_error
answer_options(struct request *rq, const struct methods *methods)
{
	const char *served = methods_served(rq, methods);

	reply_header(rq, "Allow", served);
	if (rq->endpoint->cors == CORS_ANY_ORIGIN)
		return cors_preflight(rq, served);
	return reply_empty(rq, 204);
}

/* The handler of the request's method, or NULL. */
static handler *
handler_of(enum method method, const struct methods *methods)
{
	switch (method) {
	case METHOD_GET:
	case METHOD_HEAD:
		return methods->get;
	case METHOD_POST:
		return methods->post;
	case METHOD_PUT:
		return methods->put;
	case METHOD_DELETE:
		return methods->delete;
	case METHOD_OPTIONS:
	case METHOD_OTHER:
		break;
	}
	return NULL;
}

/* Parameters come in the query or in the body.  A body of DELETE has no
 * meaning (RFC 9110 s9.3.5): it is left alone. */
static enum oauth_error
read_input(struct request *rq)
{
	switch (rq->method) {
	case METHOD_POST:
	case METHOD_PUT:
		return read_body(rq);
	case METHOD_GET:
	case METHOD_HEAD:
	case METHOD_DELETE:
	case METHOD_OPTIONS:
	case METHOD_OTHER:
		break;
	}
	return read_query(rq);
}

enum oauth_error
dispatch(struct request *rq)
{
	struct methods methods;
	handler *handle;
	enum oauth_error error;

	if (rq->endpoint->any)
		return rq->endpoint->any(rq);
	if (!find_methods(rq, &methods))
		return refuse(rq, OAUTH_NOT_FOUND, "nothing is served here");
	if (rq->method == METHOD_OPTIONS)
		return answer_options(rq, &methods);
	handle = handler_of(rq->method, &methods);
	if (!handle) {
		reply_header(rq, "Allow", methods_served(rq, &methods));
		return refuse_status(rq, 405, OAUTH_INVALID_REQUEST,
		    "this method is not served here");
	}
	error = read_input(rq);
	crash_point("after read");
	return error ? error : handle(rq);
}
