/* SPDX-License-Identifier: MIT */
/* device_redemption.h - device codes polled and redeemed (RFC 8628 s3.4). */
#ifndef STORE_DEVICE_REDEMPTION_H
#define STORE_DEVICE_REDEMPTION_H

#include "store/session_grant.h"

struct device_redemption {
	struct sha256 device_code_digest;
	const char *resource;                        /* canonical, or NULL */
	const char *session_id, *refresh_token_hash; /* of the new session */
};

enum device_result {
	DEVICE_REDEEMED,
	DEVICE_PENDING,
	DEVICE_SLOW_DOWN, /* the interval grew */
	DEVICE_DENIED,
	DEVICE_EXPIRED,
	DEVICE_UNKNOWN,
	DEVICE_NOT_YOURS,
	DEVICE_SPENT,
	DEVICE_USER, /* disabled */
	DEVICE_RESOURCE,
	DEVICE_GRANT_TYPE,
	DEVICE_DPOP_REQUIRED, /* the client always uses DPoP */
	DEVICE_BAD_CLIENT,
	DEVICE_STORE_DOWN,
};

/* Spend a device code that a person granted, at most once ever, and start its
 * session; before that the poll is noted.  DEVICE_REDEEMED fills *ret. */
enum device_result device_redeem(struct store *store, struct arena *arena,
    const struct client_credentials *client,
    const struct device_redemption *redemption,
    const struct session_terms *terms, struct session_grant *ret)
    __attribute__((__warn_unused_result__));

#endif
