/* SPDX-License-Identifier: MIT */
/* requested_access.h - what a request asks access to, made definite: one
 * resource (RFC 8707) and a scope (RFC 6749 s3.3). */
#ifndef OAUTH_REQUESTED_ACCESS_H
#define OAUTH_REQUESTED_ACCESS_H

#include "http/oauth_error.h"
#include "http/request.h"
#include "store/client.h"

struct requested_access {
	const char *resource; /* canonical */
	const char *scope;    /* never "" */
};

/*
 * Settle what the client asks for by the parameters scope and resource, which
 * are the numbers in the endpoint's table: of the scope what exists here and
 * may be the client's, the defaults when nothing is asked.
 *
 * Returns OAUTH_OK with *ret filled; OAUTH_INVALID_TARGET or
 *         OAUTH_INVALID_SCOPE with *reason set, nothing refused yet.
 */
enum oauth_error requested_access_settle(struct request *rq,
    const struct client *client, int scope_number, int resource_number,
    struct requested_access *ret, const char **reason)
    __attribute__((__warn_unused_result__));

#endif
