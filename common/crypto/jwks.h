/* SPDX-License-Identifier: MIT */
/* jwks.h - the public keys of a JWK set (RFC 7517): Ed25519 (RFC 8037), RSA
 * and P-256 (RFC 7518 s6). */
#ifndef CRYPTO_JWKS_H
#define CRYPTO_JWKS_H

#include <stdbool.h>
#include <stddef.h>

#include "crypto/jwt.h"

enum { JWKS_KEYS_MAX = 64 };

/*
 * The signature keys of a JWK set, at most JWKS_KEYS_MAX; keys of other kinds,
 * for other uses or of sizes not accepted are passed over.  False when jwks is
 * no JWK set at all.  *ret lives in the arena.
 */
bool jwks_keys(struct arena *arena, struct json_object *jwks,
    struct jwt_key **ret, size_t *n) __attribute__((__warn_unused_result__));

/* The same from text. */
bool jwks_read(struct arena *arena, const char *text, size_t len_bytes,
    struct jwt_key **ret, size_t *n) __attribute__((__warn_unused_result__));

/* One public JWK; false for what jwks_keys() would pass over.  Members of a
 * private key are not looked at: jwk_is_private() tells. */
bool jwk_read(struct arena *arena, struct json_object *jwk, struct jwt_key *ret)
    __attribute__((__warn_unused_result__));

/* Does it hold what nobody but its owner may know? */
bool jwk_is_private(struct json_object *jwk);

/*
 * The public key that a token brings along in its header (jwk, RFC 7515
 * s4.1.3), under the kid that the header names, for jwt_verify_foreign().  Only
 * for tokens that prove the possession of a key, whosever it is (RFC 9449): any
 * other token could be signed by anybody with a key of their own.
 *
 * False without one, for one that jwk_read() refuses, and for a private one.
 */
bool jwk_of_header(struct arena *arena, const struct jwt *jwt,
    struct jwt_key *ret) __attribute__((__warn_unused_result__));

/* A public key as a JWK with kid, use and alg.  The caller owns the object. */
struct json_object *jwk_of(struct arena *arena, const struct jwt_key *key);

#endif
