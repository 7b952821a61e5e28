/* SPDX-License-Identifier: MIT */
/* verdict.h - may this request pass?  Judged from its headers alone. */
#ifndef GUARD_VERDICT_H
#define GUARD_VERDICT_H

#include "http/request.h"
#include "oauth/access_token.h"
#include "oauth/dpop.h"

enum verdict_kind {
	VERDICT_ALLOWED,
	VERDICT_PREFLIGHT, /* 204: CORS asks before it has a token */
	VERDICT_NOT_FOUND, /* 404: no resource of ours, or .well-known below */
	VERDICT_MALFORMED, /* 400 invalid_request (RFC 6750 s3.1) */
	VERDICT_NO_TOKEN,  /* 401 without an error member */
	VERDICT_INVALID_TOKEN, /* 401 */
	VERDICT_PROOF,         /* 401 invalid_dpop_proof (RFC 9449 s7.1) */
	VERDICT_NONCE,         /* 401 use_dpop_nonce (RFC 9449 s9) */
	VERDICT_METHOD,        /* 405: a strict resource takes POST alone */
	VERDICT_HEADERS, /* 400 HeaderMismatch: Mcp-* missing or malformed */
	VERDICT_RULE,    /* 403: no rule allows it, whatever the scope */
	VERDICT_SCOPE,   /* 403 insufficient_scope */
	VERDICT_ORIGIN,  /* 403 */
	VERDICT_UNAVAILABLE, /* 503: judging is not possible */
};

struct verdict {
	enum verdict_kind kind;
	const char *reason;                      /* for the log; may be NULL */
	const struct resource_setting *resource; /* NULL with NOT_FOUND */
	const char *challenge_scope; /* with VERDICT_SCOPE: what to ask for */
	bool dpop;                   /* the scheme that was used is DPoP */
	struct access_token token;   /* once it was found good */
	struct dpop_proof proof;     /* likewise; jkt is NULL without one */
};

/* Judge a request for method (its own, not that of an error document). */
struct verdict verdict_on(struct request *rq, const char *method);

/* Use the proof of a request that was allowed: from now on it is no good, and if
 * it was used before the verdict is another. */
void verdict_use_proof(struct verdict *verdict);

/* Only look whether it was used before, to explain that. */
void verdict_look_at_proof(struct verdict *verdict);

#endif
