/* SPDX-License-Identifier: MIT */
/* seal.h - a secret that is kept encrypted and authenticated, and bound to what
 * it belongs to (XChaCha20-Poly1305). */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

#include <stdbool.h>
#include <stddef.h>

#include "crypto/digest.h"

/* What sealing adds: a nonce and a tag. */
enum { SEAL_BYTES = 24 + 16 };

/* Seal len_bytes of data under key for owner; ret has room for SEAL_BYTES more.
 * Each time differently. */
void seal(const struct sha256 *key, const char *owner, const void *data,
    size_t len_bytes, unsigned char *ret);

/* Open what seal() made of len_bytes of data; false for another key, another
 * owner, or anything else. */
bool seal_open(const struct sha256 *key, const char *owner,
    const unsigned char *sealed, size_t len_bytes, void *ret)
    __attribute__((__warn_unused_result__));

#endif
