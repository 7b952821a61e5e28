/* SPDX-License-Identifier: MIT */
/* assertion.h - what signed assertions are checked against: the keys of their
 * makers, and whether they were used before. */
#ifndef STORE_ASSERTION_H
#define STORE_ASSERTION_H

#include "store/store.h"

struct client_keys {
	const char *jwks;     /* JSON, or NULL: none known yet */
	const char *jwks_uri; /* where newer ones are, or NULL */
	bool fresh;           /* they need not be fetched anew */
	bool known; /* the owner is in use here, no passing stranger */
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

/* The keys of an identity provider; the same, but never UNKNOWN or NONE. */
enum client_keys_result issuer_keys(struct store *store, struct arena *arena,
    const char *issuer, const char *jwks_uri, struct client_keys *ret)
    __attribute__((__warn_unused_result__));

enum keys_of { KEYS_OF_CLIENT, KEYS_OF_ISSUER };

/* Take the turn to ask jwks_uri for the keys of owner; false within wait_s of
 * the last turn, and when the database is away. */
bool keys_turn(struct store *store, struct arena *arena, enum keys_of kind,
    const char *owner, const char *jwks_uri, int64_t wait_s)
    __attribute__((__warn_unused_result__));

/* Keep keys that were fetched, for fresh_s.  False when the database is away. */
bool keys_put(struct store *store, struct arena *arena, enum keys_of kind,
    const char *owner, const char *jwks_uri, const char *jwks, int64_t fresh_s)
    __attribute__((__warn_unused_result__));

enum jti_result { JTI_FRESH, JTI_SPENT, JTI_STORE_DOWN };

/* Use an assertion, named by the digest of its maker and its jti, once; it is
 * remembered for expires_s. */
enum jti_result jti_take(struct store *store, struct arena *arena,
    const struct sha256 *digest, int64_t expires_s)
    __attribute__((__warn_unused_result__));

#endif
