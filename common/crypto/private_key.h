/* SPDX-License-Identifier: MIT */
/*
 * private_key.h - the keys of JWT_PRIVATE_KEY_FILE: RSA or P-256, in PEM, read
 * once a process.  The first one signs, all of them are published, so that a
 * change of key is announced before it happens.
 */
#ifndef CRYPTO_PRIVATE_KEY_H
#define CRYPTO_PRIVATE_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "crypto/jwt.h"

/*
 * The keys of the file, at least one, with what their public half holds; they
 * last as long as the process.  A file that changed is read anew within a
 * second; one that can no longer be used leaves the old keys in use.
 *
 * Returns NULL with *fault set (static text) when there is no key to use: the
 *         file cannot be read, or holds another kind of key than RSA of 2048
 *         to 8192 bits or P-256.
 */
const struct jwt_key *private_keys(const char *path, size_t *n,
    const char **fault) __attribute__((__warn_unused_result__));

/* The next call looks at the file, though it was looked at a moment ago. */
void private_keys_look_again(void);

/*
 * Sign with a key of private_keys().  Returns the signature as JWS has it
 * (RFC 7518 s3.3, s3.4), in the arena; NULL when libcrypto fails.
 */
unsigned char *private_key_sign(struct arena *arena, const struct jwt_key *key,
    const char *input, size_t input_bytes, size_t *signature_bytes);

/* A new key for alg, JWT_RS256 (3072 bits) or JWT_ES256, as PEM (PKCS #8) in
 * the arena; NULL when libcrypto fails. */
char *private_key_generate(struct arena *arena, enum jwt_alg alg);

#endif
