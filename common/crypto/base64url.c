/* SPDX-License-Identifier: MIT */
/*
 * base64url.c - RFC 4648 s5 without padding.
 *
 * Neither time nor memory that is looked at depends on the data, which may be
 * secret.  So it is with libsodium, which takes digit by digit, and tokens are
 * long; its 1.0.18 also takes bytes above 0x7F for digits.
 */
#define _DEFAULT_SOURCE /* be64toh */
#include "crypto/encode.h"

#include <endian.h>
#include <sodium.h>
#include <string.h>

/* Six bytes are eight digits, which stand in a word, one a byte, the first in
 * the highest.  So all eight are worked out at once. */
enum { GROUP_BYTES = 6, GROUP_DIGITS = 8 };

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* 1 in each byte that is n or more, 0 in the others; n is 1 to 128, no byte
 * above 0x7F. */
static uint64_t
at_least(uint64_t word, unsigned n)
{
	return (word + EACH(128 - n)) >> 7 & EACH(1);
}

static uint64_t
within(uint64_t word, char first, char last)
{
	return at_least(word, (unsigned)first) -
	    at_least(word, (unsigned)last + 1);
}

/* What a byte owes its neighbour in between is paid back in the end, since the
 * sum of each is none too small or too large for a byte. */
static uint64_t
digits_of(uint64_t values)
{
	return values + EACH('A') + at_least(values, 26) * ('a' - 'Z' - 1) -
	    at_least(values, 52) * ('z' - '0' + 1) -
	    at_least(values, 62) * ('9' - '-' + 1) +
	    at_least(values, 63) * ('_' - '-' - 1);
}

/* False when a byte is no digit. */
static bool
values_of(uint64_t digits, uint64_t *ret)
{
	const uint64_t word = digits & EACH(0x7F);
	const uint64_t upper = within(word, 'A', 'Z'),
	               lower = within(word, 'a', 'z'),
	               decimal = within(word, '0', '9'),
	               hyphen = within(word, '-', '-'),
	               low_line = within(word, '_', '_');

	*ret = (word - upper * 'A' - lower * ('a' - 26) + decimal * (52 - '0') +
	           hyphen * (62 - '-') - low_line * ('_' - 63)) &
	    EACH(63);
	return ((digits ^ word) |
	           ((upper | lower | decimal | hyphen | low_line) ^ EACH(1))) ==
	    0;
}

/* The first byte is the highest; what is not there is 0. */
static uint64_t
read_word(const void *from, size_t len_bytes)
{
	uint64_t word = 0;

	memcpy(&word, from, len_bytes);
	return be64toh(word);
}

static void
write_word(void *to, size_t len_bytes, uint64_t word)
{
	word = htobe64(word);
	memcpy(to, &word, len_bytes);
}

/* Halves, quarters, eighths of the 48 bits move apart. */
static void
encode_group(const unsigned char *data, char *ret)
{
	uint64_t bits = read_word(data, GROUP_BYTES) >> 16;

	bits = (bits & 0xFFFFFF000000) << 8 | (bits & 0xFFFFFF);
	bits = (bits & 0x00FFF00000FFF000) << 4 | (bits & 0x00000FFF00000FFF);
	bits = (bits & 0x0FC00FC00FC00FC0) << 2 | (bits & 0x003F003F003F003F);
	write_word(ret, GROUP_DIGITS, digits_of(bits));
}

static bool
decode_group(const char *text, unsigned char *ret)
{
	uint64_t bits;
	bool good = values_of(read_word(text, GROUP_DIGITS), &bits);

	bits = (bits & 0x3F003F003F003F00) >> 2 | (bits & 0x003F003F003F003F);
	bits = (bits & 0x0FFF00000FFF0000) >> 4 | (bits & 0x00000FFF00000FFF);
	bits = (bits & 0x00FFFFFF00000000) >> 8 | (bits & 0x0000000000FFFFFF);
	write_word(ret, GROUP_BYTES, bits << 16);
	return good;
}

static size_t
digits_for(size_t len_bytes)
{
	return (len_bytes * 4 + 2) / 3;
}

char *
base64url_encode(struct arena *arena, const unsigned char *data,
    size_t len_bytes)
{
	char *text = arena_alloc(arena, digits_for(len_bytes) + 1);
	char *at = text, last[GROUP_DIGITS];
	unsigned char rest[GROUP_BYTES] = {0};

	for (; len_bytes >= GROUP_BYTES; len_bytes -= GROUP_BYTES) {
		encode_group(data, at);
		data += GROUP_BYTES;
		at += GROUP_DIGITS;
	}
	if (len_bytes > 0) {
		memcpy(rest, data, len_bytes);
		encode_group(rest, last);
		memcpy(at, last, digits_for(len_bytes));
		sodium_memzero(rest, sizeof(rest));
		sodium_memzero(last, sizeof(last));
	}
	return text;
}

/* Up to seven digits, the others are as good as zeros.  What is left over of the
 * last must be none of it: one spelling alone. */
static bool
decode_rest(const char *text, size_t len, unsigned char *ret)
{
	char digits[GROUP_DIGITS];
	unsigned char bytes[GROUP_BYTES];
	bool good;

	memset(digits, 'A', sizeof(digits));
	memcpy(digits, text, len);
	good = decode_group(digits, bytes) && bytes[len * 3 / 4] == 0;
	memcpy(ret, bytes, len * 3 / 4);
	sodium_memzero(digits, sizeof(digits));
	sodium_memzero(bytes, sizeof(bytes));
	return good;
}

static bool
decode(const char *text, size_t len, unsigned char *ret, size_t size,
    size_t *ret_bytes)
{
	const size_t bytes = len / 4 * 3 + (len % 4 * 3) / 4;
	bool good = true;

	if (len % 4 == 1 || bytes > size)
		return false;
	for (; len >= GROUP_DIGITS; len -= GROUP_DIGITS) {
		good &= decode_group(text, ret);
		text += GROUP_DIGITS;
		ret += GROUP_BYTES;
	}
	if (len > 0)
		good &= decode_rest(text, len, ret);
	*ret_bytes = bytes;
	return good;
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

	return len == digits_for(size_bytes) &&
	    decode(text, len, ret, size_bytes, &bytes) && bytes == size_bytes;
}
