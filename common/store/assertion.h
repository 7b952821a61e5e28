/* SPDX-License-Identifier: MIT */
/* assertion.h - what signed assertions are checked against: the keys of their
 * makers, and whether they were used before. */
#ifndef STORE_ASSERTION_H
#define STORE_ASSERTION_H

#include "store/store.h"

struct client_keys {
	const char *jwks;     /* JSON, or NULL: none known yet */
	const char *jwks_uri; /* where newer ones are, or NULL */
};

enum client_keys_result {
	CLIENT_KEYS_OK,
	CLIENT_KEYS_UNKNOWN, /* no such client, or disabled */
	CLIENT_KEYS_NONE,    /* it does not use private_key_jwt */
	CLIENT_KEYS_STORE_DOWN,
};

/* The keys of a client.  OK fills *ret; its strings live in the arena. */
enum client_keys_result client_keys(struct store *store, struct arena *arena,
    const char *client_id, struct client_keys *ret)
    __attribute__((__warn_unused_result__));

/* Take the turn to ask jwks_uri for keys; false within wait_s of the last
 * turn, and when the database is away. */
bool client_keys_turn(struct store *store, struct arena *arena,
    const char *client_id, int64_t wait_s)
    __attribute__((__warn_unused_result__));

/* Keep keys that were fetched.  False when the database is away. */
bool client_keys_put(struct store *store, struct arena *arena,
    const char *client_id, const char *jwks_uri, const char *jwks)
    __attribute__((__warn_unused_result__));

enum jti_result { JTI_FRESH, JTI_SPENT, JTI_STORE_DOWN };

/* Use an assertion, named by the digest of its maker and its jti, once; it is
 * remembered for expires_s. */
enum jti_result jti_take(struct store *store, struct arena *arena,
    const struct sha256 *digest, int64_t expires_s)
    __attribute__((__warn_unused_result__));

#endif
