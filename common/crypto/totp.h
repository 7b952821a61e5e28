/* SPDX-License-Identifier: MIT */
/*
 * totp.h - the codes of authenticator apps: HOTP (RFC 4226) counting steps of
 * 30 seconds (RFC 6238), with SHA-1 and six digits, which is what all of them
 * know.  HMAC rests on no property that SHA-1 lost.
 */
#ifndef CRYPTO_TOTP_H
#define CRYPTO_TOTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TOTP_SECRET_BYTES = 20, /* RFC 4226 s4 R6 recommends 160 bits */
	TOTP_DIGITS = 6,
	TOTP_STEP_S = 30,
	HOTP_DIGITS_MAX = 8,
	HOTP_TEXT_BYTES = 11, /* of any 31-bit number, and its end */
};

/* The HOTP value of a counter (RFC 4226 s5.3) as digits (of them), with leading
 * zeros; ret has room for HOTP_TEXT_BYTES.  False when libcrypto cannot. */
bool hotp(const void *secret, size_t secret_bytes, uint64_t counter, int digits,
    char *ret) __attribute__((__warn_unused_result__));

/*
 * Which step the code is of: the one of now_s, or one before or after it for
 * clocks that differ, but later than last_step, whose code was used (RFC 6238
 * s5.2).
 *
 * Returns the step, which is used now; -1 when the code is of none of them.
 */
int64_t totp_step(const unsigned char *secret, const char *code, int64_t now_s,
    int64_t last_step) __attribute__((__warn_unused_result__));

#endif
