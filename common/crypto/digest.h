/* SPDX-License-Identifier: MIT */
/* digest.h - SHA-256, HMAC, HKDF, randomness, and comparing in equal time. */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum { SHA256_BYTES = 32 };

struct sha256 {
	unsigned char bytes[SHA256_BYTES];
};

/* Must come first; false when libsodium cannot start (then nothing may run). */
bool crypto_start(void) __attribute__((__warn_unused_result__));

struct sha256 sha256_of(const void *data, size_t len_bytes);
struct sha256 sha256_of_text(const char *text);

/* HMAC-SHA-256 (RFC 2104) over the parts one after the other. */
struct sha256 hmac_sha256(const void *key, size_t key_bytes, const void *data,
    size_t len_bytes);

/*
 * HKDF-SHA-256 (RFC 5869) with one block of output: 32 bytes for root, salt
 * and info.
 */
struct sha256 hkdf_sha256(const void *root, size_t root_bytes, const void *salt,
    size_t salt_bytes, const void *info, size_t info_bytes);

/* In time that depends on the length only. */
bool bytes_equal(const void *a, const void *b, size_t len_bytes);

void random_bytes(void *ret, size_t len_bytes);

/* len_bytes of randomness as base64url, in the arena. */
char *random_text(struct arena *arena, size_t len_bytes);

/* A version 4 UUID (RFC 9562 s5.4), lower case with hyphens. */
char *random_uuid(struct arena *arena);

#endif
