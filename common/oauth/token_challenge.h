/* SPDX-License-Identifier: MIT */
/* token_challenge.h - how to come with an access token (RFC 6750 s3, RFC 9449
 * s7.1, RFC 9110 s11.6.1). */
#ifndef OAUTH_TOKEN_CHALLENGE_H
#define OAUTH_TOKEN_CHALLENGE_H

#include "http/reply.h"

struct token_challenge {
	bool dpop;         /* the scheme that was used is DPoP */
	const char *error; /* NULL: nothing was presented (RFC 6750 s3.1) */
	const char *description; /* with error; holds no quotes */
	const char *params;      /* of the scheme Bearer, at least one */
};

/*
 * Add one WWW-Authenticate line: the challenge Bearer, which clients look for
 * at its beginning, and with DPOP=on the challenge DPoP after it.  The error
 * stands in that of the scheme that was used.
 */
void token_challenge_add(struct request *rq,
    const struct token_challenge *challenge);

#endif
