/* SPDX-License-Identifier: MIT */
#include "crypto/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"

enum { SHA1_BYTES = 20, COUNTER_BYTES = 8 };

static bool
hmac_sha1(const void *secret, size_t secret_bytes, uint64_t counter,
    unsigned char *ret)
{
	unsigned char message[COUNTER_BYTES];
	unsigned int len = 0;
	int i;

	for (i = COUNTER_BYTES - 1; i >= 0; i--) {
		message[i] = (unsigned char)counter;
		counter >>= 8;
	}
	return HMAC(EVP_sha1(), secret, (int)secret_bytes, message,
	           COUNTER_BYTES, ret, &len) &&
	    len == SHA1_BYTES;
}

/* s5.3: 31 bits at a place that the last byte tells. */
static uint32_t
truncate(const unsigned char *mac)
{
	const unsigned char *at = mac + (mac[SHA1_BYTES - 1] & 0xf);

	return (uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 |
	    (uint32_t)at[2] << 8 | at[3];
}

bool
hotp(const void *secret, size_t secret_bytes, uint64_t counter, int digits,
    char *ret)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	uint32_t modulus = 1;
	int i;

	if (digits < 1 || digits > HOTP_DIGITS_MAX ||
	    !hmac_sha1(secret, secret_bytes, counter, mac))
		return false;
	for (i = 0; i < digits; i++)
		modulus *= 10;
	(void)snprintf(ret, HOTP_TEXT_BYTES, "%0*u", digits,
	    (unsigned int)(truncate(mac) % modulus));
	return true;
}

int64_t
totp_step(const unsigned char *secret, const char *code, int64_t now_s,
    int64_t last_step)
{
	int64_t now = now_s / TOTP_STEP_S, found = -1, step;
	char wanted[HOTP_TEXT_BYTES];

	if (strlen(code) != TOTP_DIGITS)
		return -1;
	for (step = now - 1; step <= now + 1; step++)
		if (step > last_step && step >= 0 &&
		    hotp(secret, TOTP_SECRET_BYTES, (uint64_t)step, TOTP_DIGITS,
		        wanted) &&
		    bytes_equal(code, wanted, TOTP_DIGITS))
			found = step;
	return found;
}
