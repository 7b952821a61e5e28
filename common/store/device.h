/* SPDX-License-Identifier: MIT */
/* device.h - devices that ask to be connected (RFC 8628): asked for by the
 * client, found by the code that a person types.  Their tokens: session.h. */
#ifndef STORE_DEVICE_H
#define STORE_DEVICE_H

#include "store/authorization.h"

/* What a client asks for; the user_code is stored as an HMAC. */
struct device_authorization {
	struct sha256 device_code_digest, user_code_digest;
	const char *client_id, *scope, *resource;
	int64_t interval_s, expires_s;
};

enum device_create_result {
	DEVICE_CREATED,
	DEVICE_DUPLICATE, /* the user_code is in use: draw another */
	DEVICE_UNKNOWN_CLIENT,
	DEVICE_CREATE_STORE_DOWN,
};

enum device_create_result device_authorization_create(struct store *store,
    struct arena *arena, const struct device_authorization *device)
    __attribute__((__warn_unused_result__));

/* How many user_codes may be tried in window_s. */
struct device_limits {
	int64_t per_user, per_remote, window_s;
};

enum device_request_result {
	DEVICE_REQUEST_CREATED,
	DEVICE_REQUEST_UNKNOWN, /* never existed, expired, or decided */
	DEVICE_REQUEST_THROTTLED,
	DEVICE_REQUEST_STORE_DOWN,
};

/*
 * Turn a user_code that was typed into the authorization request request_id of
 * this browser, for expires_s at most.  Every try is counted before it is
 * looked at.  CREATED sets *signed_in, THROTTLED *retry_after_s.
 */
enum device_request_result device_request_create(struct store *store,
    struct arena *arena, const struct sha256 *user_code_digest,
    const struct browser *browser, const char *request_id, int64_t expires_s,
    const char *remote, const struct device_limits *limits, bool *signed_in,
    int64_t *retry_after_s) __attribute__((__warn_unused_result__));

#endif
