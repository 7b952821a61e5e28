/* SPDX-License-Identifier: MIT */
/* bearer.h - tokens that are as good as whoever bears them (RFC 6750), for
 * endpoints that are no protected resource: registration. */
#ifndef OAUTH_BEARER_H
#define OAUTH_BEARER_H

#include "http/refuse.h"

/*
 * The token of an Authorization header of scheme Bearer, in any case (s2.1).
 * NULL when there is no such header, or what it holds is no b64token.  A token
 * in the query or in a form is never looked at.
 */
const char *bearer_token(struct request *rq);

/*
 * 401 invalid_token (s3.1).  The challenge bears the error only when the
 * request came with a credential; the body always does.  The client hears the
 * same whatever is wrong, the log hears the reason.
 */
enum oauth_error bearer_refuse(struct request *rq, const char *description,
    const char *reason);

#endif
