/* SPDX-License-Identifier: MIT */
/*
 * jwt.h - signed tokens in compact form (RFC 7515, RFC 7519): making them, and
 * checking them as RFC 8725 wants it.
 */
#ifndef CRYPTO_JWT_H
#define CRYPTO_JWT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"

enum jwt_alg { JWT_EDDSA, JWT_HS256 };

enum {
	JWT_MAX_BYTES = 8192, /* longer ones are refused unread */
	ED25519_PUBLIC_BYTES = 32,
	ED25519_SEED_BYTES = 32,
};

/* A key to sign or to verify with. */
struct jwt_key {
	enum jwt_alg alg;
	const char *kid; /* NULL with HS256 */
	unsigned char public_key[ED25519_PUBLIC_BYTES];
	unsigned char seed[ED25519_SEED_BYTES]; /* to sign; zero in a guard */
	const char *secret;                     /* HS256 */
	int64_t nbf_s, exp_s;                   /* when its tokens may be met */
};

/* Derive the public key and the thumbprint kid (RFC 7638, RFC 8037) of seed. */
void jwt_key_from_seed(struct arena *arena, const unsigned char *seed,
    struct jwt_key *ret);

/* The kid of an Ed25519 public key: its RFC 7638 thumbprint. */
char *jwt_thumbprint(struct arena *arena, const unsigned char *public_key);

/* Sign claims under header typ; the token lives in the arena. */
char *jwt_sign(struct arena *arena, const struct jwt_key *key, const char *typ,
    struct json_object *claims);

enum jwt_result {
	JWT_GOOD,
	JWT_MALFORMED, /* not three parts, too long, header or payload no JSON */
	JWT_HEADER,    /* another alg or typ, or crit, b64, zip, jwk, x5c ... */
	JWT_KEY_UNKNOWN, /* no key with that kid */
	JWT_SIGNATURE,
};

/*
 * Check shape, header and signature of token against the keys; the claims are
 * the caller's to judge.  The algorithm is the key's, never the header's word:
 * alg must name it, typ must be typ (any case, "application/" tolerated), and
 * no header member may ask for more.
 *
 * Returns JWT_GOOD and sets *ret to the claims, an object the caller owns.
 */
enum jwt_result jwt_verify(struct arena *arena, const char *token,
    const char *typ, const struct jwt_key *keys, size_t n_keys,
    struct json_object **ret) __attribute__((__warn_unused_result__));

#endif
