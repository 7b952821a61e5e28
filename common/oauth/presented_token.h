/* SPDX-License-Identifier: MIT */
/* presented_token.h - the access token that a request bears in its
 * Authorization header (RFC 6750 s2.1, RFC 9449 s7.1). */
#ifndef OAUTH_PRESENTED_TOKEN_H
#define OAUTH_PRESENTED_TOKEN_H

#include "http/request.h"

struct presented_token {
	bool dpop;        /* by the scheme DPoP; else Bearer */
	const char *text; /* NULL unless PRESENTED_TOKEN */
};

enum presented_result {
	PRESENTED_TOKEN,
	PRESENTED_NOTHING, /* no such header, or one of another scheme */
	PRESENTED_MALFORMED,
};

/*
 * Read scheme and token; the scheme is of any case, and DPoP is one only with
 * DPOP=on.  ret->dpop is set whatever the result.  A token in the query or in a
 * form is never looked at.
 */
enum presented_result presented_token_read(struct request *rq,
    struct presented_token *ret) __attribute__((__warn_unused_result__));

#endif
