/* SPDX-License-Identifier: MIT */
/* web.h - one HTTP request of the doctor's to the running site. */
#ifndef ADMIN_WEB_H
#define ADMIN_WEB_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* How the site is reached.  Members may be NULL. */
struct web {
	const char *oauth_base_url; /* what begins so is asked at ... */
	const char *url;            /* ... this address instead */
	const char *ca_file;        /* in place of the system's authorities */
	const volatile sig_atomic_t *stop; /* becomes 1: give up */
};

struct web_request {
	const char *url;
	const char *method;         /* NULL: GET, or POST with a body */
	const char *body;           /* NULL: none */
	const char *const *headers; /* whole lines, the last is NULL; or NULL */
};

struct web_header {
	const char *name, *value; /* the name in lower case */
};

struct web_answer {
	long status;              /* 0: no answer, error says why */
	const char *error;        /* "" with an answer */
	bool untrusted;           /* no answer: nobody vouches for its key */
	const char *content_type; /* "" when there is none */
	const char *location;     /* of a redirect, whole; "" without one */
	const char *body;         /* decoded where it was compressed */
	const struct web_header *headers;
	size_t n_headers;
};

/*
 * Ask, following no redirect, for ten seconds at most.  A stream of events
 * (text/event-stream) is left when the first whole one is there: an MCP server
 * may keep it open.
 */
struct web_answer web_send(struct arena *arena, const struct web *web,
    const struct web_request *request);

/* All headers of that name (in lower case), joined by ", " (RFC 9110 s5.3);
 * "" when there is none. */
const char *web_header(struct arena *arena, const struct web_answer *answer,
    const char *name);

#endif
