/* SPDX-License-Identifier: MIT */
/*
 * endpoint.h - what an endpoint accepts, as a table, and the loop that does
 * the rest the same for all: path, method, size, type and parameters are
 * checked before a handler runs; the arena is wiped, the reply sent and one
 * log line written after it.
 */
#ifndef HTTP_ENDPOINT_H
#define HTTP_ENDPOINT_H

#include "http/refuse.h"
#include "http/request.h"

enum param_flags {
	PARAM_OPTIONAL = 0,
	PARAM_REQUIRED = 1,
	PARAM_LOGGED = 2, /* its value may stand in the log; no other's may */
	PARAM_REPEATABLE = 4,
};

/* The last entry of a table is {0}. */
struct param {
	const char *name;
	int flags;
};

enum body_type {
	BODY_FORM,            /* parameters, form-encoded */
	BODY_FORM_OR_STRINGS, /* or a JSON object of strings, by Content-Type */
	BODY_JSON,            /* an object, for rq->json */
	BODY_RAW,             /* rq->body, whatever it is */
};

enum cors { CORS_NONE, CORS_ANY_ORIGIN };

/* How refusals look. */
enum faults { FAULTS_JSON, FAULTS_PAGE };

typedef enum oauth_error handler(struct request *rq);

/* What is served at one path: NULL: 405; HEAD is answered as GET. */
struct methods {
	handler *get, *post, *put, *delete;
};

struct endpoint {
	const char *name;         /* of the program and its log lines */
	const char *const *paths; /* NULL: the handlers judge the path */
	const struct param *params;
	handler *get, *post;         /* at paths, as in struct methods */
	const struct methods *below; /* at NAME below the first of paths, which
	                                is rq->name then; NULL: nothing */
	handler *any;                /* instead: every method, nothing parsed */
	enum body_type body;
	size_t body_max_bytes;       /* 0: 64 KiB */
	enum oauth_error body_error; /* for a body that is no JSON object */
	enum cors cors;
	enum faults faults;
	bool judges_params;        /* the handler looks at rq->doubled and at
	                              missing parameters itself */
	bool fetches;              /* may start the program that fetches; the
	                              guard does if its settings say so */
	const char *cache_control; /* NULL: no-store */
	enum settings_kind settings;

	/* What reaches the database: NULL for endpoints that need none, which
	 * then link no libpq. */
	struct store *(*store_open)(const struct settings *settings);
	void (*store_close)(struct store *store);

	/* Called when settings were loaded or changed, before a handler sees
	 * them; may be NULL. */
	void (*settings_changed)(const struct settings *settings,
	    const struct io *io);
};

/* Serve until the web server ends the process.  The exit status of main(). */
int endpoint_run(const struct endpoint *endpoint);

#endif
