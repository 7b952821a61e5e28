/* SPDX-License-Identifier: MIT */
/* client_assertion.h - clients that authenticate with a signature
 * (private_key_jwt: RFC 7523 s2.2 and s3, OpenID Connect Core s9). */
#ifndef OAUTH_CLIENT_ASSERTION_H
#define OAUTH_CLIENT_ASSERTION_H

#include "http/request.h"
#include "store/client.h"

/* The client that an assertion says to be of, nothing of it checked; NULL when
 * it says none. */
const char *client_assertion_subject(struct request *rq, const char *assertion);

enum client_assertion_result {
	CLIENT_ASSERTION_GOOD,
	CLIENT_ASSERTION_REFUSED, /* the log line has the reason */
	CLIENT_ASSERTION_STORE_DOWN,
};

/*
 * Check an assertion: signed with a key of the client it names as iss and sub
 * (RS256, ES256 or EdDSA), for this issuer alone (the URLs of the token endpoint
 * and of par are tolerated), of now, and never used before.  Keys that stand at a jwks_uri
 * are fetched when none of those known fits, at most once in five minutes.
 *
 * client_id is what the request says besides, or NULL.  GOOD sets
 * ret->client_id and ret->method.
 */
enum client_assertion_result client_assertion_check(struct request *rq,
    const char *assertion, const char *client_id,
    struct client_credentials *ret) __attribute__((__warn_unused_result__));

#endif
