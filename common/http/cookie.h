/* SPDX-License-Identifier: MIT */
/* cookie.h - cookies of this host alone (RFC 6265, the __Host- prefix). */
#ifndef HTTP_COOKIE_H
#define HTTP_COOKIE_H

#include "http/request.h"

/* The value of the cookie called name, in the arena; NULL when absent. */
const char *cookie_get(struct request *rq, const char *name);

/* Set it: Secure, HttpOnly, SameSite=Lax, Path=/.  max_age_s 0 removes it,
 * below 0 makes it last as long as the browser runs. */
void cookie_set(struct request *rq, const char *name, const char *value,
    long max_age_s);

#endif
