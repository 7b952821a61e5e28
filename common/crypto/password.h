/* SPDX-License-Identifier: MIT */
/* password.h - passwords of people: Argon2id, slow on purpose. */
#ifndef CRYPTO_PASSWORD_H
#define CRYPTO_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum {
	PASSWORD_MIN_BYTES = 8,
	PASSWORD_MAX_BYTES = 1024, /* longer ones are refused unhashed */
};

/* What one hash or one check needs meanwhile. */
size_t password_memory_bytes(void);

/* The encoded hash, in the arena; NULL when memory is short. */
char *password_hash(struct arena *arena, const char *password);

/*
 * Does password belong to hash?  With hash NULL the same work is done and the
 * answer is no, so that an unknown user takes as long as a wrong password.
 */
bool password_matches(const char *hash, const char *password);

#endif
