/* SPDX-License-Identifier: MIT */
#include "http/endpoint.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/counter.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/origin.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "http/body.h"
#include "http/cors.h"
#include "http/form.h"
#include "http/live_settings.h"
#include "http/request_id.h"

enum {
	ARENA_MAX_BYTES = 2 << 20,
	BODY_MAX_BYTES = 64 << 10,
	QUERY_MAX_BYTES = 32 << 10,
};

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

static void
read_target(struct request *rq)
{
	const char *uri = request_variable(rq, "REQUEST_URI");
	const char *query = request_variable(rq, "QUERY_STRING");
	size_t len;

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
	rq->name = endpoint->below ? name_below(endpoint->paths[0], rq->path)
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

static enum oauth_error
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

/* ---- around a request ---- */

static const char *
cache_control(struct request *rq)
{
	const char *policy = rq->reply.cache_control
	    ? rq->reply.cache_control
	    : rq->endpoint->cache_control;

	return policy && (rq->reply.status == 200 || rq->reply.status == 304)
	    ? policy
	    : "no-store";
}

/* Headers that every answer bears.  The guard's bare word to the web server
 * (no body, no headers of its own) stays bare. */
static void
common_headers(struct request *rq)
{
	if (rq->endpoint->any)
		return;
	reply_header(rq, "Cache-Control", cache_control(rq));
	reply_header(rq, "X-Content-Type-Options", "nosniff");
	reply_header(rq, "Referrer-Policy", "no-referrer");
	if (rq->settings && text_starts(rq->settings->oauth_base_url, "https:"))
		reply_header(rq, "Strict-Transport-Security",
		    "max-age=31536000"); /* RFC 6797 */
	if (rq->endpoint->cors == CORS_ANY_ORIGIN)
		cors_headers(rq);
}

/* Past the arena's ceiling: answered without it. */
static bool
send_exhausted(struct request *rq)
{
	static const char
	    answer[] = "Status: 413\r\nContent-Type: application/json\r\n"
	               "Cache-Control: no-store\r\n\r\n"
	               "{\"error\":\"invalid_request\","
	               "\"error_description\":\"the request is too large\"}";

	log_raise(LOG_NOTICE);
	log_text("reason", "the request took too much memory");
	rq->reply.status = 413;
	return io_write(rq->io, answer, sizeof(answer) - 1);
}

static bool
send_reply(struct request *rq)
{
	struct reply *reply = &rq->reply;
	struct buf head = buf_in(rq->arena);

	crash_point("before reply");
	if (reply->withheld)
		return true;
	common_headers(rq);
	if (arena_exhausted(rq->arena))
		return send_exhausted(rq);
	buf_addf(&head, "Status: %d\r\n", reply->status);
	if (reply->content_type)
		buf_addf(&head, "Content-Type: %s\r\n", reply->content_type);
	buf_add(&head, buf_text(&reply->headers));
	buf_add(&head, "\r\n");
	if (!io_write(rq->io, head.data, head.len))
		return false;
	crash_point("mid-reply");
	return reply->body_bytes == 0 ||
	    io_write(rq->io, reply->body, reply->body_bytes);
}

static void
log_params(struct request *rq)
{
	const struct param *param = rq->endpoint->params;
	int i;

	for (i = 0; param && param[i].name; i++)
		if (param[i].flags & PARAM_LOGGED)
			log_text(param[i].name, request_param(rq, i));
}

static void
log_request(struct request *rq, const struct timespec *began)
{
	const char *said = log_said();
	struct timespec now;
	int64_t duration_us;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	duration_us = (now.tv_sec - began->tv_sec) * 1000000LL +
	    (now.tv_nsec - began->tv_nsec) / 1000;
	if (said)
		counter_add(rq->endpoint->name, said, rq->reply.status,
		    duration_us);
	log_number("status", rq->reply.status);
	log_text("method", request_variable(rq, "REQUEST_METHOD"));
	log_text("path", rq->path);
	log_number("duration_us", duration_us);
	log_params(rq);
	log_text("user_agent", request_header(rq, "HTTP_USER_AGENT"));
	log_end();
}

/* What lasts from request to request. */
struct worker {
	const struct endpoint *endpoint;
	struct io *io;
	struct arena *arena;
	struct store *store;
};

static void
apply_settings(struct worker *worker, const struct settings *settings)
{
	const struct endpoint *endpoint = worker->endpoint;

	log_open(endpoint->name, settings->log_to, settings->log_level);
	counter_open(settings->state_directory);
	if (worker->store)
		endpoint->store_close(worker->store);
	worker->store = NULL;
	if (endpoint->store_open)
		worker->store = endpoint->store_open(settings);
	if (endpoint->settings_changed)
		endpoint->settings_changed(settings, worker->io);
}

/* False when there are no settings: the request is refused already. */
static bool
find_settings(struct worker *worker, struct request *rq)
{
	const char *error = NULL;
	bool changed;

	if (worker->endpoint->settings == SETTINGS_NONE)
		return true;
	rq->settings = live_settings(worker->io, worker->endpoint->settings,
	    &changed, &error);
	if (rq->settings)
		rq->theme = live_theme();
	if (changed)
		apply_settings(worker, rq->settings);
	if (rq->settings)
		return true;
	log_text("fault", error);
	(void)refuse_unavailable(rq, "the server is not configured");
	return false;
}

/* Who sent what opens each line: nothing that a client says can stand before
 * it, or push it out of a line that grew too long. */
static void
begin_line(struct request *rq)
{
	struct origin origin = {
	    .request_id = request_id_of(rq),
	    .remote = request_remote(rq),
	};

	rq->request_id = origin.request_id;
	origin_set(&origin);
	log_begin();
	log_text("remote", origin.remote);
	log_text("request_id", origin.request_id);
}

static void
serve(struct worker *worker)
{
	struct request rq = {.endpoint = worker->endpoint,
	    .arena = worker->arena,
	    .io = worker->io};
	struct timespec began;

	(void)clock_gettime(CLOCK_MONOTONIC, &began);
	begin_line(&rq);
	rq.reply.headers = buf_in(rq.arena);
	rq.reply.status = 500;
	rq.reply.body = "";
	rq.method = method_of(request_variable(&rq, "REQUEST_METHOD"));
	read_target(&rq);
	if (find_settings(worker, &rq)) {
		rq.store = worker->store;
		(void)dispatch(&rq);
	}
	(void)send_reply(&rq);
	log_request(&rq, &began);
	json_object_put(rq.json);
	if (!rq.reply.withheld)
		io_finish(worker->io);
	crash_point("after reply");
	origin_set(NULL);
	arena_reset(worker->arena);
}

/* What is in memory here are tokens and keys: no core file of them. */
static void
forbid_core_files(void)
{
	const struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
}

int
endpoint_run(const struct endpoint *endpoint)
{
	struct worker worker = {.endpoint = endpoint};

	forbid_core_files();
	log_open(endpoint->name, "stderr", LOG_DONE);
	worker.io = io_open();
	if (!worker.io || !crypto_start()) {
		log_alone(LOG_ERROR, "could not start");
		return EXIT_FAILURE;
	}
	if (endpoint->faults == FAULTS_PAGE)
		live_settings_with_theme();
	worker.arena = arena_new(ARENA_MAX_BYTES);
	while (io_accept(worker.io))
		serve(&worker);
	if (worker.store)
		endpoint->store_close(worker.store);
	arena_free(worker.arena);
	return EXIT_SUCCESS;
}
