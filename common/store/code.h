/* SPDX-License-Identifier: MIT */
/* code.h - authorization codes redeemed (RFC 6749 s4.1.3). */
#ifndef STORE_CODE_H
#define STORE_CODE_H

#include "store/session_grant.h"

struct code_redemption {
	struct sha256 code_digest;
	const char *redirect_uri;   /* NULL: not sent (OAuth 2.1) */
	const char *code_challenge; /* computed from the verifier */
	const char *resource;       /* canonical, or NULL */
	const char *session_id, *refresh_token_hash; /* of the new session */
};

enum code_result {
	CODE_REDEEMED,
	CODE_UNKNOWN,
	CODE_EXPIRED,
	CODE_NOT_YOURS,
	CODE_REDIRECT_URI,
	CODE_RESOURCE,
	CODE_WRONG_VERIFIER, /* the code is burnt */
	CODE_USER,           /* disabled */
	CODE_GRANT_TYPE,
	CODE_DPOP_JKT,      /* bound to another key */
	CODE_DPOP_REQUIRED, /* the client always uses DPoP */
	CODE_REPLAYED,      /* spent before: the session it made is ended */
	CODE_BAD_CLIENT,
	CODE_STORE_DOWN,
};

/*
 * Spend a code, at most once ever, and start its session.  CODE_REDEEMED fills
 * *ret.  Only CODE_VERIFIER and CODE_REPLAYED change anything else.
 */
enum code_result code_redeem(struct store *store, struct arena *arena,
    const struct client_credentials *client,
    const struct code_redemption *redemption, const struct session_terms *terms,
    struct session_grant *ret) __attribute__((__warn_unused_result__));

#endif
