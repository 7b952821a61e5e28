/* SPDX-License-Identifier: MIT */
#include "oauth/dpop_nonce.h"

#include <string.h>

#include "crypto/encode.h"

enum { NONCE_BYTES = 16 };

static const char *
nonce_of_period(struct arena *arena, const struct sha256 *key, int64_t period)
{
	const char *text = arena_printf(arena, "%lld", (long long)period);
	struct sha256 mac = hmac_sha256(key->bytes, SHA256_BYTES, text,
	    strlen(text));

	return base64url_encode(arena, mac.bytes, NONCE_BYTES);
}

const char *
dpop_nonce(struct arena *arena, const struct sha256 *key, int64_t now_s)
{
	return nonce_of_period(arena, key, now_s / DPOP_NONCE_PERIOD_S);
}

static bool
same(const char *a, const char *b)
{
	return strlen(a) == strlen(b) && bytes_equal(a, b, strlen(a));
}

enum dpop_nonce_age
dpop_nonce_judge(struct arena *arena, const struct sha256 *key,
    const char *nonce, int64_t now_s, int64_t *expires_s)
{
	int64_t now = now_s / DPOP_NONCE_PERIOD_S, period;

	for (period = now - 1; period <= now + 1; period++) {
		if (!same(nonce, nonce_of_period(arena, key, period)))
			continue;
		*expires_s = (period + 2) * DPOP_NONCE_PERIOD_S;
		return period < now ? DPOP_NONCE_AGEING : DPOP_NONCE_FRESH;
	}
	return DPOP_NONCE_UNKNOWN;
}
