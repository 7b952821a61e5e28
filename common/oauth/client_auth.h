/* SPDX-License-Identifier: MIT */
/* client_auth.h - reading what a client says it is (RFC 6749 s2.3). */
#ifndef OAUTH_CLIENT_AUTH_H
#define OAUTH_CLIENT_AUTH_H

#include "http/refuse.h"
#include "store/client.h"

/*
 * Read client_secret_basic (raw or percent-encoded), client_secret_post or the
 * bare client_id of a public client; parsing only, the SQL function judges.
 * A client_assertion (private_key_jwt) is verified here.  Without any of them
 * client->client_id is NULL and method "none".
 *
 * Returns OAUTH_OK; anything else was refused already: two methods at once or
 *         two ids 400 invalid_request; a broken header, an assertion that is
 *         not good, or a client that the operator keeps out 401
 *         invalid_client.
 */
enum oauth_error client_auth(struct request *rq, struct client_credentials *ret)
    __attribute__((__warn_unused_result__));

/* 401 invalid_client (RFC 6749 s5.2), with a Basic challenge when the client
 * came with Basic. */
enum oauth_error client_auth_refuse(struct request *rq,
    const struct client_credentials *client);

#endif
