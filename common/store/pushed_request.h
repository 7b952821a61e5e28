/* SPDX-License-Identifier: MIT */
/* pushed_request.h - authorization requests that clients pushed (RFC 9126),
 * kept under the digest of their request_uri until a browser brings it. */
#ifndef STORE_PUSHED_REQUEST_H
#define STORE_PUSHED_REQUEST_H

#include "store/authorization.h"

enum pushed_create_result {
	PUSHED_CREATED,
	PUSHED_UNKNOWN_CLIENT,
	PUSHED_CREATE_STORE_DOWN,
};

/* Keep a request that was checked, for expires_s. */
enum pushed_create_result pushed_request_create(struct store *store,
    struct arena *arena, const struct sha256 *request_uri_digest,
    const struct authorization_request *request, int64_t expires_s)
    __attribute__((__warn_unused_result__));

enum pushed_use_result {
	PUSHED_USED,
	PUSHED_UNKNOWN, /* or used before */
	PUSHED_EXPIRED,
	PUSHED_NOT_YOURS,
	PUSHED_CLIENT, /* disabled meanwhile */
	PUSHED_USE_STORE_DOWN,
};

/*
 * Turn what client_id pushed into the authorization request request_id of this
 * browser, for expires_s, at most once ever (RFC 9126 s7.3).  PUSHED_USED
 * fills *ret, strings in the arena, and sets *signed_in; anything else leaves
 * the pushed request as it is.
 */
enum pushed_use_result pushed_request_use(struct store *store,
    struct arena *arena, const struct sha256 *request_uri_digest,
    const char *client_id, const struct browser *browser,
    const char *request_id, int64_t expires_s,
    struct authorization_request *ret, bool *signed_in)
    __attribute__((__warn_unused_result__));

#endif
