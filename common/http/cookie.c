/* SPDX-License-Identifier: MIT */
#include "http/cookie.h"

#include <string.h>

#include "http/reply.h"

const char *
cookie_get(struct request *rq, const char *name)
{
	const char *p = request_header(rq, "HTTP_COOKIE");
	size_t len = strlen(name), n;

	if (!p)
		return NULL;
	for (p += strspn(p, "; "); *p; p += strspn(p, "; ")) {
		n = strcspn(p, ";");
		if (n > len && p[len] == '=' && strncmp(p, name, len) == 0)
			return arena_strndup(rq->arena, p + len + 1,
			    n - len - 1);
		p += n;
	}
	return NULL;
}

void
cookie_set(struct request *rq, const char *name, const char *value,
    long max_age_s)
{
	const char *age = max_age_s < 0
	    ? ""
	    : arena_printf(rq->arena, "; Max-Age=%ld", max_age_s);

	reply_header(rq, "Set-Cookie",
	    arena_printf(rq->arena,
	        "%s=%s; Path=/%s; Secure; HttpOnly; SameSite=Lax", name, value,
	        age));
}
