/* SPDX-License-Identifier: MIT */
/* keys.h - the public keys that access tokens are verified with. */
#ifndef GUARD_KEYS_H
#define GUARD_KEYS_H

#include <stdbool.h>

#include "base/settings.h"
#include "crypto/jwt.h"

struct key_set {
	const struct jwt_key *keys;
	size_t n;
};

/* From now on the keys that these settings name.  A guard that lasts fetches
 * those of JWKS_URL; one that is gone after its request has none of those. */
void keys_use(const struct settings *settings, bool lasts);

/*
 * The keys of JWKS_FILE or of the copy of JWKS_URL, read anew within a second
 * of a change; JWT_SECRET with HS256.  A changed file that is no JWK set leaves
 * the old keys in use.
 *
 * Returns NULL with *fault set when there is no key that tokens of now can be
 *         signed with: the file is missing, broken or out of date.
 */
const struct key_set *keys_current(const struct settings *settings,
    int64_t now_s, const char **fault);

/* The keys of a file that changed within this second, when a token names a key
 * that was not known: false when there are no others than before. */
bool keys_look_again(const struct settings *settings);

/* Is one of them a key that tokens are signed with at now_s? */
bool keys_hold(const struct key_set *set, int64_t now_s);

#endif
