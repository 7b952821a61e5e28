/* SPDX-License-Identifier: MIT */
#include "crypto/digest.h"

#include <sodium.h>
#include <string.h>

#include "crypto/encode.h"

bool
crypto_start(void)
{
	return sodium_init() >= 0;
}

struct sha256
sha256_of(const void *data, size_t len_bytes)
{
	struct sha256 digest;

	(void)crypto_hash_sha256(digest.bytes, data, len_bytes);
	return digest;
}

struct sha256
sha256_of_text(const char *text)
{
	return sha256_of(text, strlen(text));
}

struct sha256
hmac_sha256(const void *key, size_t key_bytes, const void *data,
    size_t len_bytes)
{
	crypto_auth_hmacsha256_state state;
	struct sha256 mac;

	(void)crypto_auth_hmacsha256_init(&state, key, key_bytes);
	(void)crypto_auth_hmacsha256_update(&state, data, len_bytes);
	(void)crypto_auth_hmacsha256_final(&state, mac.bytes);
	sodium_memzero(&state, sizeof(state));
	return mac;
}

struct sha256
hkdf_sha256(const void *root, size_t root_bytes, const void *salt,
    size_t salt_bytes, const void *info, size_t info_bytes)
{
	static const unsigned char first_block = 1;
	struct sha256 extracted = hmac_sha256(salt, salt_bytes, root,
	    root_bytes);
	crypto_auth_hmacsha256_state state;
	struct sha256 key;

	(void)crypto_auth_hmacsha256_init(&state, extracted.bytes,
	    SHA256_BYTES);
	(void)crypto_auth_hmacsha256_update(&state, info, info_bytes);
	(void)crypto_auth_hmacsha256_update(&state, &first_block, 1);
	(void)crypto_auth_hmacsha256_final(&state, key.bytes);
	sodium_memzero(&extracted, sizeof(extracted));
	sodium_memzero(&state, sizeof(state));
	return key;
}

bool
bytes_equal(const void *a, const void *b, size_t len_bytes)
{
	return sodium_memcmp(a, b, len_bytes) == 0;
}

void
random_bytes(void *ret, size_t len_bytes)
{
	randombytes_buf(ret, len_bytes);
}

char *
random_text(struct arena *arena, size_t len_bytes)
{
	unsigned char *bytes = arena_alloc(arena, len_bytes);

	random_bytes(bytes, len_bytes);
	return base64url_encode(arena, bytes, len_bytes);
}

char *
random_uuid(struct arena *arena)
{
	unsigned char b[16];
	const char *hex;

	random_bytes(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
	hex = hex_encode(arena, b, sizeof(b));
	return arena_printf(arena, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
	    hex + 12, hex + 16, hex + 20);
}
