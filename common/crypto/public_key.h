/* SPDX-License-Identifier: MIT */
/* public_key.h - RSA and P-256 signatures by libcrypto (RFC 7518 s3.3, s3.4). */
#ifndef CRYPTO_PUBLIC_KEY_H
#define CRYPTO_PUBLIC_KEY_H

#include <stdbool.h>
#include <stddef.h>

enum {
	P256_COORDINATE_BYTES = 32,
	P256_POINT_BYTES = 1 + 2 * P256_COORDINATE_BYTES, /* 0x04 | x | y */
	P256_SIGNATURE_BYTES = 2 * P256_COORDINATE_BYTES, /* r | s */
	RSA_MIN_BITS = 2048,
	RSA_MAX_BITS = 8192,        /* larger ones only cost time */
	RSA_EXPONENT_MAX_BYTES = 4, /* as everybody has it; so do those */
};

/* An RSA public key: both numbers big-endian, without leading zeros. */
struct rsa_public_key {
	const unsigned char *modulus, *exponent;
	size_t modulus_bytes, exponent_bytes;
};

/* Of sizes that are accepted, and the exponent odd and not 1. */
bool rsa_key_allowed(const struct rsa_public_key *key);

/* RSASSA-PKCS1-v1_5 with SHA-256. */
bool rs256_verify(const struct rsa_public_key *key, const char *input,
    size_t input_bytes, const unsigned char *signature, size_t signature_bytes)
    __attribute__((__warn_unused_result__));

/* ECDSA on P-256 with SHA-256; signature is r | s.  A point that is not on the
 * curve verifies nothing. */
bool es256_verify(const unsigned char point[P256_POINT_BYTES],
    const char *input, size_t input_bytes,
    const unsigned char signature[P256_SIGNATURE_BYTES])
    __attribute__((__warn_unused_result__));

#endif
