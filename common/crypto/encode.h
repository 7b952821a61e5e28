/* SPDX-License-Identifier: MIT */
/* encode.h - bytes as text and back: base64url (RFC 4648 s5), base64,
 * base32, hex. */
#ifndef CRYPTO_ENCODE_H
#define CRYPTO_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Without padding, in the arena. */
char *base64url_encode(struct arena *arena, const unsigned char *data,
    size_t len_bytes);

/* With padding, the plain alphabet (RFC 4648 s4). */
char *base64_encode(struct arena *arena, const unsigned char *data,
    size_t len_bytes);

char *hex_encode(struct arena *arena, const unsigned char *data,
    size_t len_bytes);

/* Without padding, in upper case (RFC 4648 s6): for people to type. */
char *base32_encode(struct arena *arena, const unsigned char *data,
    size_t len_bytes);

/* size_bytes bytes out of hex, written to ret; false for any other length. */
bool hex_decode_exact(const char *text, unsigned char *ret, size_t size_bytes)
    __attribute__((__warn_unused_result__));

/*
 * Strict: no padding, no blanks, no stray bits in the last character, so that
 * one value has one spelling.  The bytes live in the arena; NULL if refused.
 */
unsigned char *base64url_decode(struct arena *arena, const char *text,
    size_t len, size_t *ret_bytes);

/* The same for exactly size_bytes bytes, written to ret. */
bool base64url_decode_exact(const char *text, unsigned char *ret,
    size_t size_bytes) __attribute__((__warn_unused_result__));

/* The plain alphabet with padding, as HTTP Basic has it (RFC 7617). */
char *base64_decode_text(struct arena *arena, const char *text);

#endif
