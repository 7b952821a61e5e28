/* SPDX-License-Identifier: MIT */
/* client_document.h - clients whose metadata stands at their client_id, and
 * how often anything may be fetched from outside. */
#ifndef STORE_CLIENT_DOCUMENT_H
#define STORE_CLIENT_DOCUMENT_H

#include "store/client.h"

enum document_put_result {
	DOCUMENT_STORED,
	DOCUMENT_REGISTERED_OTHERWISE, /* by the operator: left alone */
	DOCUMENT_STORE_DOWN,
};

/* Keep what the document of registration->client_id says, for fresh_s. */
enum document_put_result client_document_put(struct store *store,
    struct arena *arena, const struct client_registration *registration,
    int64_t fresh_s) __attribute__((__warn_unused_result__));

/* The document could not be had: do not try again for wait_s.  False when the
 * database is away. */
bool client_document_missed(struct store *store, struct arena *arena,
    const char *client_id, int64_t wait_s)
    __attribute__((__warn_unused_result__));

/* How many fetches a minute are let through: from one origin (half of that for
 * one remote address), and altogether. */
struct fetch_limits {
	int64_t per_origin, total;
};

enum fetch_take_result {
	FETCH_TAKEN,
	FETCH_THROTTLED,
	FETCH_TAKE_STORE_DOWN,
};

/* Count a fetch from origin that remote makes us do; remote may be "".
 * THROTTLED sets *retry_after_s. */
enum fetch_take_result fetch_take(struct store *store, struct arena *arena,
    const char *origin, const char *remote, const struct fetch_limits *limits,
    int64_t *retry_after_s) __attribute__((__warn_unused_result__));

#endif
