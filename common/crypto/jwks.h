/* SPDX-License-Identifier: MIT */
/* jwks.h - reading the Ed25519 keys of a JWK set (RFC 7517, RFC 8037). */
#ifndef CRYPTO_JWKS_H
#define CRYPTO_JWKS_H

#include <stdbool.h>
#include <stddef.h>

#include "crypto/jwt.h"

/*
 * The keys of text that verify our tokens; others are passed over.  False when
 * text is no JWK set at all.  *ret lives in the arena.
 */
bool jwks_read(struct arena *arena, const char *text, size_t len_bytes,
    struct jwt_key **ret, size_t *n) __attribute__((__warn_unused_result__));

#endif
