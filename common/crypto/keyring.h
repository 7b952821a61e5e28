/* SPDX-License-Identifier: MIT */
/*
 * keyring.h - every key of the server, derived from the root and never stored.
 *
 * A key is HKDF-SHA-256(root, salt = issuer, info = purpose), so every host
 * with the same configuration has the same keys.  Signing keys are Ed25519,
 * one for each KEY_PERIOD; the JWK set shows the previous, the current and the
 * next one.  JWT_SECRET_NEXT and JWT_SECRET_PREVIOUS add the keys of another
 * root, before and after a change: what was made with them is taken, and
 * nothing is.
 */
#ifndef CRYPTO_KEYRING_H
#define CRYPTO_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/settings.h"
#include "crypto/digest.h"
#include "crypto/jwt.h"

enum keyring_root { ROOT_CURRENT, ROOT_OTHER };

/* How long others may keep a copy of the JWK set: five minutes, or a shorter
 * KEY_PERIOD, since a copy holds the keys of the running period and the next. */
int64_t keyring_keep_s(const struct settings *settings);

/* Do the settings name another root, the previous or the next? */
bool keyring_has_other(const struct settings *settings);

/* The 32-byte key of a purpose such as "refresh token tag". */
struct sha256 keyring_key(const struct settings *settings,
    enum keyring_root root, const char *purpose);

/* HMAC-SHA-256 of the data by that key. */
struct sha256 keyring_mac(const struct settings *settings,
    enum keyring_root root, const char *purpose, const void *data,
    size_t len_bytes);

/* Where the settings name JWT_PRIVATE_KEY_FILE, each of these fails with *fault
 * set (for the log) when that file cannot be used. */

/* What signs an access token issued at iat_s, by JWT_ALG: the Ed25519 key of
 * its period, the first key of JWT_PRIVATE_KEY_FILE, or JWT_SECRET.  Strings
 * live in the arena or as long as the process. */
bool keyring_signing_key(struct arena *arena, const struct settings *settings,
    int64_t iat_s, struct jwt_key *ret, const char **fault)
    __attribute__((__warn_unused_result__));

/* What signs ID tokens: the first key of JWT_PRIVATE_KEY_FILE, with RS256. */
bool keyring_id_token_key(const struct settings *settings, struct jwt_key *ret,
    const char **fault) __attribute__((__warn_unused_result__));

/*
 * What verifies a JWT of ours around now_s: the keys of one period back, the
 * current one and periods_ahead to come, of both roots; those of
 * JWT_PRIVATE_KEY_FILE; JWT_SECRET with HS256.  Lives in the arena.
 */
bool keyring_verification_keys(struct arena *arena,
    const struct settings *settings, int64_t now_s, int periods_ahead,
    struct jwt_key **ret, size_t *n, const char **fault)
    __attribute__((__warn_unused_result__));

/* Those of one root: periods_ahead + 2 keys, into ret.  Returns how many. */
size_t keyring_keys_of_root(struct arena *arena,
    const struct settings *settings, enum keyring_root root, int64_t now_s,
    int periods_ahead, struct jwt_key *ret);

/*
 * The public ones of them as a JWK set (RFC 7517).  Each key says with "nbf"
 * and "exp" when tokens signed by it may be met.  The caller owns the object;
 * NULL on failure.
 */
struct json_object *keyring_jwks(const struct settings *settings, int64_t now_s,
    int periods_ahead, const char **fault);

/* Is there any public key to publish? */
bool keyring_is_public(const struct settings *settings);

#endif
