/* SPDX-License-Identifier: MIT */
/*
 * base64url.c - RFC 4648 s5 without padding.
 *
 * Neither time nor memory that is looked at depends on the data, which may be
 * secret.  So does libsodium, with three times the instructions, and tokens are
 * long; its 1.0.18 also takes bytes above 0x7F for digits.
 */
#include <string.h>

#include "crypto/encode.h"

/* All bits when a < b, none otherwise; both are small. */
static int
less(int a, int b)
{
	return -(int)((unsigned)(a - b) >> 31);
}

static char
digit(int value)
{
	return (char)('A' + value + (less(25, value) & ('a' - 'Z' - 1)) +
	    (less(51, value) & ('0' - 'z' - 1)) +
	    (less(61, value) & ('-' - '9' - 1)) +
	    (less(62, value) & ('_' - '-' - 1)));
}

/* -1 for what is none. */
static int
value_of(char c)
{
	int at = (unsigned char)c;

	return (~less(at, 'A') & ~less('Z', at) & (at - 'A' + 1)) +
	    (~less(at, 'a') & ~less('z', at) & (at - 'a' + 27)) +
	    (~less(at, '0') & ~less('9', at) & (at - '0' + 53)) +
	    (~less(at, '-') & ~less('-', at) & 63) +
	    (~less(at, '_') & ~less('_', at) & 64) - 1;
}

char *
base64url_encode(struct arena *arena, const unsigned char *data,
    size_t len_bytes)
{
	char *text = arena_alloc(arena, (len_bytes * 4 + 2) / 3 + 1);
	char *at = text;
	size_t i;

	for (i = 0; i + 3 <= len_bytes; i += 3) {
		int bits = data[i] << 16 | data[i + 1] << 8 | data[i + 2];

		*at++ = digit(bits >> 18);
		*at++ = digit(bits >> 12 & 63);
		*at++ = digit(bits >> 6 & 63);
		*at++ = digit(bits & 63);
	}
	if (i < len_bytes) {
		int rest = i + 1 < len_bytes ? data[i + 1] : 0;

		*at++ = digit(data[i] >> 2);
		*at++ = digit((data[i] << 4 | rest >> 4) & 63);
		if (i + 1 < len_bytes)
			*at++ = digit(rest << 2 & 63);
	}
	*at = '\0';
	return text;
}

/* What is left over of the last digit must be none of it: one spelling alone. */
static bool
decode(const char *text, size_t len, unsigned char *ret, size_t size,
    size_t *ret_bytes)
{
	unsigned char *at = ret;
	int bits = 0, n = 0, bad = 0;
	size_t i;

	if (len % 4 == 1 || len / 4 * 3 + (len % 4 * 3) / 4 > size)
		return false;
	for (i = 0; i < len; i++) {
		int value = value_of(text[i]);

		bad |= value;
		bits = (bits << 6 | (value & 63)) & 0xFFFF;
		n += 6;
		if (n < 8)
			continue;
		n -= 8;
		*at++ = (unsigned char)(bits >> n);
	}
	*ret_bytes = (size_t)(at - ret);
	return bad >= 0 && (bits & ((1 << n) - 1)) == 0;
}

unsigned char *
base64url_decode(struct arena *arena, const char *text, size_t len,
    size_t *ret_bytes)
{
	unsigned char *data = arena_alloc(arena, len + 1);

	return decode(text, len, data, len, ret_bytes) ? data : NULL;
}

bool
base64url_decode_exact(const char *text, unsigned char *ret, size_t size_bytes)
{
	size_t len = strlen(text), bytes;

	return len == (size_bytes * 4 + 2) / 3 &&
	    decode(text, len, ret, size_bytes, &bytes) && bytes == size_bytes;
}
