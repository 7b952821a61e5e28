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
#include "crypto/public_key.h"

enum jwt_alg { JWT_EDDSA, JWT_RS256, JWT_ES256, JWT_HS256 };

/* "EdDSA" and so on (RFC 7518 s3.1, RFC 8037 s3.1). */
const char *jwt_alg_name(enum jwt_alg alg);

/* Is name one of its names?  EdDSA, whose keys are of Ed25519 here, has a
 * second one (RFC 9864 s2.2). */
bool jwt_alg_is(enum jwt_alg alg, const char *name);

enum {
	JWT_MAX_BYTES = 8192, /* longer ones are refused unread */
	KEYS_TRIED_MAX = 4, /* where several keys of others could have signed */
	ED25519_PUBLIC_BYTES = 32,
	ED25519_SEED_BYTES = 32,
};

/* A key to sign or to verify with. */
struct jwt_key {
	enum jwt_alg alg;
	const char *kid; /* NULL with HS256, and where a JWK has none */
	unsigned char public_key[ED25519_PUBLIC_BYTES]; /* EdDSA */
	unsigned char seed[ED25519_SEED_BYTES];         /* to sign; else zero */
	struct rsa_public_key rsa;                      /* RS256 */
	unsigned char point[P256_POINT_BYTES];          /* ES256 */
	void *private_key;    /* RS256, ES256: to sign (private_key.h) */
	const char *secret;   /* HS256 */
	int64_t nbf_s, exp_s; /* when its tokens may be met */
};

/* Derive the public key and the thumbprint kid (RFC 7638, RFC 8037) of seed. */
void jwt_key_from_seed(struct arena *arena, const unsigned char *seed,
    struct jwt_key *ret);

/* The RFC 7638 thumbprint of a public key (not for HS256), in the arena. */
char *jwt_thumbprint(struct arena *arena, const struct jwt_key *key);

/* Sign claims under header typ; the token lives in the arena.  NULL when
 * libcrypto fails. */
char *jwt_sign(struct arena *arena, const struct jwt_key *key, const char *typ,
    struct json_object *claims);

/* ---- taken apart, nothing verified yet ---- */

struct jwt {
	struct json_object *header, *claims; /* objects; jwt_release() frees */
	const char *text;                    /* of the token */
	size_t input_bytes;                  /* what is signed of it */
};

/* Read a token whose three parts are well-formed; false and *ret untouched
 * otherwise. */
bool jwt_read(struct arena *arena, const char *token, struct jwt *ret)
    __attribute__((__warn_unused_result__));

void jwt_release(struct jwt *jwt);

#define AUTO_JWT __attribute__((__cleanup__(jwt_release))) struct jwt

enum jwt_result {
	JWT_GOOD,
	JWT_MALFORMED, /* not three parts, too long, header or payload no JSON */
	JWT_HEADER,    /* another alg or typ, or crit, b64, zip, jwk, x5c ... */
	JWT_KEY_UNKNOWN, /* no key with that kid */
	JWT_SIGNATURE,
};

/* Does key, of the algorithm that the header names, verify it?  The algorithm
 * is the key's, never the header's word. */
bool jwt_signed_by(struct arena *arena, const struct jwt *jwt,
    const struct jwt_key *key) __attribute__((__warn_unused_result__));

/* Is the header's typ this one?  Any case, "application/" tolerated. */
bool jwt_typ_is(const struct jwt *jwt, const char *typ);

/*
 * Check a token that somebody else made against the keys they publish: none of
 * the header's members may change how it is read (crit, b64, zip, enc), keys
 * that it brings along are not looked at, a kid must be one of theirs, and
 * without one the keys of the algorithm are tried, the first KEYS_TRIED_MAX: each
 * costs up to a millisecond, and strangers say how many there are.  typ and claims
 * are the caller's to judge.
 */
enum jwt_result jwt_verify_foreign(struct arena *arena, const struct jwt *jwt,
    const struct jwt_key *keys, size_t n_keys)
    __attribute__((__warn_unused_result__));

/*
 * Check shape, header and signature of a token of our own against the keys;
 * the claims are the caller's to judge.  alg must be the key's, typ must be
 * typ, and no header member may ask for more.
 *
 * Returns JWT_GOOD and sets *ret to the claims, an object the caller owns.
 */
enum jwt_result jwt_verify(struct arena *arena, const char *token,
    const char *typ, const struct jwt_key *keys, size_t n_keys,
    struct json_object **ret) __attribute__((__warn_unused_result__));

#endif
