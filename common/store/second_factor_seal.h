/* SPDX-License-Identifier: MIT */
/* second_factor_seal.h - the sealed secrets of all authenticator apps, for the
 * owner of the database who changes the root of all keys. */
#ifndef STORE_SECOND_FACTOR_SEAL_H
#define STORE_SECOND_FACTOR_SEAL_H

#include "store/second_factor.h"

struct sealed_secret {
	const char *user_id;
	unsigned char sealed[SECOND_FACTOR_SEALED_BYTES];
};

/* The next limit of them after that user (NULL: from the first), in the arena.
 * False when the database is away or refuses. */
bool second_factors_sealed(struct store *store, struct arena *arena,
    const char *after, int limit, struct sealed_secret **ret, size_t *n)
    __attribute__((__warn_unused_result__));

/* Keep it as sealed, unless the user has another one by now. */
bool second_factor_reseal(struct store *store, struct arena *arena,
    const struct sealed_secret *was, const unsigned char *sealed)
    __attribute__((__warn_unused_result__));

#endif
