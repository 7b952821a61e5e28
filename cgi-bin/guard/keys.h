/* SPDX-License-Identifier: MIT */
/* keys.h - the public keys that access tokens are verified with. */
#ifndef GUARD_KEYS_H
#define GUARD_KEYS_H

#include "base/settings.h"
#include "crypto/jwt.h"

struct key_set {
	const struct jwt_key *keys;
	size_t n;
};

/*
 * The keys of JWKS_FILE, read anew within a second of a change; JWT_SECRET
 * with HS256.  A changed file that is no JWK set leaves the old keys in use.
 *
 * Returns NULL with *fault set when there is no key that tokens of now can be
 *         signed with: the file is missing, broken or out of date.
 */
const struct key_set *keys_current(const struct settings *settings,
    int64_t now_s, const char **fault);

#endif
