/* SPDX-License-Identifier: MIT */
/* direct_grant.h - sessions that begin at the token endpoint, without a browser
 * before: they have one access token and no refresh token. */
#ifndef STORE_DIRECT_GRANT_H
#define STORE_DIRECT_GRANT_H

#include "store/session_grant.h"

enum direct_grant_result {
	DIRECT_GRANTED,
	DIRECT_PUBLIC_CLIENT, /* only confidential clients may */
	DIRECT_GRANT_TYPE,    /* this client may not */
	DIRECT_RESOURCE,      /* the client is bound to others */
	DIRECT_SCOPE,         /* nothing of what it asks for */
	DIRECT_DPOP_REQUIRED, /* the client always uses DPoP */
	DIRECT_REPLAYED,      /* the assertion was used before */
	DIRECT_UNKNOWN_USER,
	DIRECT_USER, /* disabled */
	DIRECT_BAD_CLIENT,
	DIRECT_STORE_DOWN,
};

/* What the session is for. */
struct direct_grant {
	const char *session_id;
	const char *scope;    /* asked for, or NULL */
	const char *resource; /* canonical */
};

/* A client that acts for itself (RFC 6749 s4.4); supported is what exists for
 * machines at the resource.  GRANTED fills *ret, user_id being NULL. */
enum direct_grant_result machine_grant(struct store *store, struct arena *arena,
    const struct client_credentials *client, const struct direct_grant *grant,
    const char *supported, const struct session_terms *terms,
    struct session_grant *ret) __attribute__((__warn_unused_result__));

/* Who an identity provider vouches for, and by which assertion. */
struct vouched {
	const char *issuer, *subject;
	const char *email; /* NULL: accounts may not be found by it */
	struct sha256 jti_digest;
	int64_t jti_expires_s;
};

/* A person that a trusted identity provider vouches for (jwt-bearer grant).
 * GRANTED fills *ret. */
enum direct_grant_result assertion_grant(struct store *store,
    struct arena *arena, const struct client_credentials *client,
    const struct vouched *vouched, const struct direct_grant *grant,
    const struct session_terms *terms, struct session_grant *ret)
    __attribute__((__warn_unused_result__));

#endif
