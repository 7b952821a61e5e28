/* SPDX-License-Identifier: MIT */
/*
 * keyring.h - every key of the server, derived from the root and never stored.
 *
 * A key is HKDF-SHA-256(root, salt = issuer, info = purpose), so every host
 * with the same configuration has the same keys.  Signing keys are Ed25519,
 * one for each KEY_PERIOD; the JWK set shows the previous, the current and the
 * next one.  JWT_SECRET_PREVIOUS adds the keys of the root before a change.
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

enum keyring_root { ROOT_CURRENT, ROOT_PREVIOUS };

/* Whether the settings name a previous root. */
bool keyring_has_previous(const struct settings *settings);

/* The 32-byte key of a purpose such as "refresh token tag". */
struct sha256 keyring_key(const struct settings *settings,
    enum keyring_root root, const char *purpose);

/* What signs a JWT issued at iat_s: the Ed25519 key of its period, or
 * JWT_SECRET with HS256.  The strings live in the arena. */
struct jwt_key keyring_signing_key(struct arena *arena,
    const struct settings *settings, int64_t iat_s);

/*
 * What verifies a JWT around now_s: the keys of one period back, the current
 * one and periods_ahead to come, of both roots; JWT_SECRET with HS256.  Lives
 * in the arena.
 */
struct jwt_key *keyring_verification_keys(struct arena *arena,
    const struct settings *settings, int64_t now_s, int periods_ahead,
    size_t *n);

/*
 * The same as a JWK set (RFC 7517).  Each key says with
 * "nbf" and "exp" when tokens signed by it may be met.  Empty with HS256.
 * The caller owns the object.
 */
struct json_object *keyring_jwks(const struct settings *settings, int64_t now_s,
    int periods_ahead);

#endif
