/* SPDX-License-Identifier: MIT */
/* request.h - what a handler knows of the request in hand. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/settings.h"
#include "http/io.h"

struct endpoint;
struct language;
struct store;
struct theme;

enum method {
	METHOD_GET,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_PUT,
	METHOD_DELETE,
	METHOD_OPTIONS,
	METHOD_OTHER,
};

/* The answer being prepared; reply.h fills it. */
struct reply {
	int status;
	const char *content_type; /* NULL: no body */
	const char
	    *cache_control; /* of 200 and 304; NULL: as the endpoint says */
	struct buf headers; /* whole lines */
	const char *body;
	size_t body_bytes;
	bool withheld; /* nothing is sent: another program answers */
};

/* A parameter as it arrived, decoded. */
struct pair {
	const char *name, *value;
};

enum { PARAMS_MAX = 64 };

struct request {
	const struct endpoint *endpoint;
	const struct settings *settings;
	const struct theme *theme;       /* of pages; NULL: theme.h */
	const struct language *language; /* of pages; NULL: words.h */
	struct arena *arena;
	struct store *store; /* NULL unless the endpoint asks for one */
	struct io *io;

	const char *request_id; /* in the logs, see request_id.h */
	enum method method;
	const char *path;  /* of the request target, as sent */
	const char *name;  /* its last segment, where the endpoint has any
	                      below its path; not decoded */
	const char *query; /* as sent, "" when there is none */

	const char *body; /* as sent, where the endpoint takes a body */
	size_t body_bytes;
	struct json_object *json; /* BODY_JSON: an object; the loop owns it */

	struct pair pairs[PARAMS_MAX];
	size_t n_pairs;
	const char *doubled; /* the name of a parameter sent twice, or NULL */

	struct reply reply;
};

/* The variable of the gateway interface (RFC 3875), or NULL. */
const char *request_variable(struct request *rq, const char *name);

/* A request header by its CGI name, such as "HTTP_ORIGIN"; NULL when absent or
 * empty. */
const char *request_header(struct request *rq, const char *cgi_name);

/* The Authorization header, under its own name or the one that hosts with
 * rewrite rules give it; NULL when absent. */
const char *request_authorization(struct request *rq);

/* The value of parameter number i of the endpoint's table; NULL when absent,
 * which a parameter without a value is too (RFC 6749 s3.1). */
const char *request_param(struct request *rq, int i);

/* The same by name, for what several endpoints share. */
const char *request_param_named(struct request *rq, const char *name);

/* The next value of a repeatable parameter: start with *at 0. */
const char *request_next_value(struct request *rq, int i, size_t *at);

/* Was parameter number i sent more than once? */
bool request_doubled(struct request *rq, int i);

/* The address of the client as the web server says it, or "". */
const char *request_remote(struct request *rq);

#endif
