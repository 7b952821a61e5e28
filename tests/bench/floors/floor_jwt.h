/* SPDX-License-Identifier: MIT */
/* floor_jwt.h - an Ed25519 signature of a JWT verified by one key, and no claim
 * looked at. */
#ifndef BENCH_FLOOR_JWT_H
#define BENCH_FLOOR_JWT_H

#include <sodium.h>

#include "floor.h"

enum { FLOOR_VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

/* The key beside the program, or the end of it all. */
static inline void
floor_key(unsigned char *ret)
{
	char text[64];
	size_t len = floor_file("key", text, sizeof(text));

	if (sodium_init() < 0 ||
	    sodium_base642bin(ret, crypto_sign_PUBLICKEYBYTES, text, len, NULL,
	        NULL, NULL, FLOOR_VARIANT) != 0)
		abort();
}

static inline int
floor_jwt_good(const char *token, const unsigned char *key)
{
	unsigned char signature[crypto_sign_BYTES];
	const char *dot = strrchr(token, '.');
	size_t len;

	return dot &&
	    sodium_base642bin(signature, sizeof(signature), dot + 1,
	        strlen(dot + 1), NULL, &len, NULL, FLOOR_VARIANT) == 0 &&
	    len == sizeof(signature) &&
	    crypto_sign_verify_detached(signature, (const unsigned char *)token,
	        (unsigned long long)(dot - token), key) == 0;
}

#endif
