/* SPDX-License-Identifier: MIT */
/* token_response.h - the successful answer of the token endpoint. */
#ifndef OAUTH_TOKEN_RESPONSE_H
#define OAUTH_TOKEN_RESPONSE_H

#include "http/reply.h"
#include "store/session_grant.h"

/* Can a token be signed?  To be asked before anything is spent; otherwise
 * refused already: 503. */
enum oauth_error token_response_possible(struct request *rq)
    __attribute__((__warn_unused_result__));

/*
 * Sign an access token for the grant and answer with it (RFC 6749 s5.1):
 * access_token, token_type, expires_in, scope, and refresh_token unless NULL.
 * It is bound to the key that the client proved (RFC 9449 s5); without one it is
 * a bearer token.
 */
enum oauth_error token_response(struct request *rq,
    const struct client_credentials *client, const struct session_grant *grant,
    const char *refresh_token);

#endif
