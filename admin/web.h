/* SPDX-License-Identifier: MIT */
/* web.h - one HTTP request of the doctor's to the running site. */
#ifndef ADMIN_WEB_H
#define ADMIN_WEB_H

#include <stdbool.h>

#include "base/arena.h"

struct web_answer {
	long status; /* 0: no answer, error says why */
	const char *error;
	const char *content_type; /* "" when there is none */
	const char *authenticate; /* WWW-Authenticate, "" when there is none */
	const char *location;     /* of a redirect, whole; "" when there is
	                             none */
	const char *body;
};

/*
 * GET url, or POST body when that is not NULL; headers are whole lines, the
 * last entry is NULL.  No redirects, ten seconds at most.
 */
struct web_answer web_ask_with(struct arena *arena, const char *url,
    const char *body, const char *const *headers);

/* GET url, or POST form when that is not NULL; authorization is the header's
 * value or NULL. */
struct web_answer web_ask(struct arena *arena, const char *url,
    const char *form, const char *authorization);

#endif
