/* SPDX-License-Identifier: MIT */
/* client_configuration.h - a dynamic client's own registration, read, replaced
 * and removed by its registration access token (RFC 7592 s2). */
#ifndef STORE_CLIENT_CONFIGURATION_H
#define STORE_CLIENT_CONFIGURATION_H

#include "store/client.h"

enum configuration_result {
	CONFIGURATION_DONE,
	CONFIGURATION_UNKNOWN_CLIENT, /* or none that registered by itself */
	CONFIGURATION_DISABLED,
	CONFIGURATION_WRONG_TOKEN,
	CONFIGURATION_WRONG_SECRET, /* only of put */
	CONFIGURATION_STORE_DOWN,
};

/*
 * Read what is registered (s2.1).  CONFIGURATION_DONE fills *ret, whose
 * digests stay NULL and whose strings live in the arena, and *issued_s, in
 * seconds since the epoch.
 */
enum configuration_result client_configuration_get(struct store *store,
    struct arena *arena, const char *client_id,
    const struct sha256 *registration_access_token,
    struct client_registration *ret, int64_t *issued_s)
    __attribute__((__warn_unused_result__));

/*
 * Replace all metadata (s2.2).  presented_secret is the client_secret of the
 * request, NULL without one: any other than the client's is
 * CONFIGURATION_WRONG_SECRET, and nothing changed.  The client keeps the secret
 * it has; only one without takes the registration's, and then *secret_issued.
 */
enum configuration_result client_configuration_put(struct store *store,
    struct arena *arena, const struct client_registration *registration,
    const struct sha256 *registration_access_token,
    const struct sha256 *presented_secret, int64_t *issued_s,
    bool *secret_issued) __attribute__((__warn_unused_result__));

/* Remove the client, its codes, consents and sessions (s2.3). */
enum configuration_result client_configuration_delete(struct store *store,
    struct arena *arena, const char *client_id,
    const struct sha256 *registration_access_token, const char *remote)
    __attribute__((__warn_unused_result__));

#endif
