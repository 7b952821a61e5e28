/* SPDX-License-Identifier: MIT */
/* client_authenticated.h - the client of a request, looked up and
 * authenticated before anything else is looked at: for endpoints where a
 * client begins something (RFC 9126 s2.1, RFC 8628 s3.1). */
#ifndef OAUTH_CLIENT_AUTHENTICATED_H
#define OAUTH_CLIENT_AUTHENTICATED_H

#include "http/refuse.h"
#include "store/client.h"

/*
 * Find the client that the request names, its metadata document fetched where
 * that is due, and check what it authenticates by.
 *
 * Returns OAUTH_OK with *ret filled; anything else was refused already: no
 *         client_id 400 invalid_request, a client that is not known or fails
 *         to authenticate 401 invalid_client, 503.
 */
enum oauth_error client_authenticated(struct request *rq, struct client *ret)
    __attribute__((__warn_unused_result__));

/*
 * Part of it, for a grant that begins something at the token endpoint: a client
 * that was never here may sign with keys that only its metadata document tells,
 * so that is fetched where it is due.  Nothing is authenticated yet.
 *
 * Returns OAUTH_OK, for a client of any other kind too; anything else was
 *         refused already.
 */
enum oauth_error client_authenticated_meet(struct request *rq)
    __attribute__((__warn_unused_result__));

#endif
