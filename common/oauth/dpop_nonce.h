/* SPDX-License-Identifier: MIT */
/*
 * dpop_nonce.h - nonces for DPoP proofs (RFC 9449 s8, s9), which nobody has to
 * remember: an HMAC of the period in which they are given out.  One is good
 * until the end of the next period, so between DPOP_NONCE_PERIOD_S and twice
 * that.
 */
#ifndef OAUTH_DPOP_NONCE_H
#define OAUTH_DPOP_NONCE_H

#include <stdint.h>

#include "crypto/digest.h"

enum { DPOP_NONCE_PERIOD_S = 150 };

/* The nonce to give out at now_s, in the arena. */
const char *dpop_nonce(struct arena *arena, const struct sha256 *key,
    int64_t now_s);

enum dpop_nonce_age {
	DPOP_NONCE_FRESH,
	DPOP_NONCE_AGEING,  /* good, but another should be given out */
	DPOP_NONCE_UNKNOWN, /* too old, or never ours */
};

/* Judge one that came back.  Unless it is unknown, *expires_s is when it will
 * be.  A host whose clock is a period ahead is tolerated. */
enum dpop_nonce_age dpop_nonce_judge(struct arena *arena,
    const struct sha256 *key, const char *nonce, int64_t now_s,
    int64_t *expires_s) __attribute__((__warn_unused_result__));

#endif
