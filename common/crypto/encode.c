/* SPDX-License-Identifier: MIT */
#include "crypto/encode.h"

#include <sodium.h>
#include <string.h>

char *
base64_encode(struct arena *arena, const unsigned char *data, size_t len_bytes)
{
	int variant = sodium_base64_VARIANT_ORIGINAL;
	size_t size = sodium_base64_encoded_len(len_bytes, variant);

	return sodium_bin2base64(arena_alloc(arena, size), size, data,
	    len_bytes, variant);
}

char *
hex_encode(struct arena *arena, const unsigned char *data, size_t len_bytes)
{
	size_t size = len_bytes * 2 + 1;

	return sodium_bin2hex(arena_alloc(arena, size), size, data, len_bytes);
}

char *
base32_encode(struct arena *arena, const unsigned char *data, size_t len_bytes)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	char *text = arena_alloc(arena, len_bytes * 8 / 5 + 2), *at = text;
	unsigned int bits = 0, n = 0;
	size_t i;

	for (i = 0; i < len_bytes; i++) {
		bits = (bits << 8 | data[i]) & 0xfff;
		for (n += 8; n >= 5; n -= 5)
			*at++ = alphabet[bits >> (n - 5) & 31];
	}
	if (n > 0)
		*at = alphabet[bits << (5 - n) & 31];
	return text;
}

bool
hex_decode_exact(const char *text, unsigned char *ret, size_t size_bytes)
{
	size_t len;

	return strlen(text) == size_bytes * 2 &&
	    sodium_hex2bin(ret, size_bytes, text, strlen(text), NULL, &len,
	        NULL) == 0 &&
	    len == size_bytes;
}

#define ALPHANUMERIC \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* libsodium 1.0.18 takes bytes above 0x7F for digits of base64: the alphabet is
 * looked at here. */
static bool
only(const char *text, size_t len, const char *alphabet)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] == '\0' || !strchr(alphabet, text[i]))
			return false;
	return true;
}

char *
base64_decode_text(struct arena *arena, const char *text)
{
	size_t size = strlen(text), len;
	char *data = arena_alloc(arena, size + 1);

	if (!only(text, size, ALPHANUMERIC "+/=") ||
	    sodium_base642bin((unsigned char *)data, size, text, size, NULL,
	        &len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    memchr(data, '\0', len))
		return NULL;
	data[len] = '\0';
	return data;
}
