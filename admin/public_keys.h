/* SPDX-License-Identifier: MIT */
/* public_keys.h - the keys that the guard verifies access tokens with, as it
 * would read them. */
#ifndef ADMIN_PUBLIC_KEYS_H
#define ADMIN_PUBLIC_KEYS_H

#include "base/arena.h"
#include "base/settings.h"
#include "crypto/jwt.h"

struct public_keys {
	const char *where; /* the file or the URL */
	const struct jwt_key *keys;
	size_t n;
};

/*
 * Those of JWKS_FILE, or what JWKS_URL answers now, in the arena.  guard has
 * one of them: JWT_ALG is not HS256.
 *
 * Returns false when it is no JWK set; *fault says what it is.
 */
bool public_keys_read(struct arena *arena, const struct settings *guard,
    struct public_keys *ret, const char **fault)
    __attribute__((__warn_unused_result__));

/* The same of what url answers, by https with the FETCH_CA_FILE of these
 * settings. */
bool public_keys_fetch(struct arena *arena, const struct settings *settings,
    const char *url, struct public_keys *ret, const char **fault)
    __attribute__((__warn_unused_result__));

/* Is the key of that kid among them? */
bool public_keys_hold(const struct public_keys *keys, const char *kid);

#endif
