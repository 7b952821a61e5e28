/* SPDX-License-Identifier: MIT */
/* remote_keys.h - verifying what others signed with keys that they publish. */
#ifndef OAUTH_REMOTE_KEYS_H
#define OAUTH_REMOTE_KEYS_H

#include "crypto/jwt.h"
#include "http/request.h"
#include "store/assertion.h"

/* Whose keys they are, and those known of them. */
struct remote_keys {
	enum keys_of kind;
	const char *owner;       /* the client_id or the issuer */
	struct client_keys keys; /* as the database has them */
};

/*
 * Verify a token with the keys of its maker.  When none of those known fits, or
 * they are no longer fresh, the jwks_uri (if any) is asked anew, at most once in
 * five minutes for an owner, and what it says is kept: so a key that its owner
 * took away there is refused after a day at most.  While the jwks_uri does not
 * answer, the old keys hold.
 */
enum jwt_result remote_keys_verify(struct request *rq, const struct jwt *jwt,
    const struct remote_keys *keys) __attribute__((__warn_unused_result__));

#endif
