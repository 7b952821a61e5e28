/* SPDX-License-Identifier: MIT */
/* session.h - sessions that exist: rotated, found, revoked. */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include "store/session_grant.h"

/* ---- rotation (RFC 6749 s6, RFC 9700 s4.14.2) ---- */

struct rotation {
	const char *session_id;
	int64_t generation;
	const char *token_hash, *successor_hash; /* as stored: hex SHA-256 */
	const char *scope, *resource;            /* asked for, or NULL */
	const char *default_scope, *default_resource; /* for adopted sessions */
};

enum rotate_result {
	ROTATE_OK,
	ROTATE_REPEATED,    /* within the grace: the same successor is due */
	ROTATE_UNCONFIRMED, /* within the grace, but another successor is stored */
	ROTATE_UNKNOWN,
	ROTATE_NOT_YOURS,
	ROTATE_EXPIRED,
	ROTATE_USER,
	ROTATE_SCOPE,
	ROTATE_RESOURCE,
	ROTATE_GRANT_TYPE,
	ROTATE_DPOP_JKT,      /* bound to another key: nothing is ended */
	ROTATE_DPOP_REQUIRED, /* the client always uses DPoP */
	ROTATE_AHEAD,         /* a lost commit: nothing is ended */
	ROTATE_REPLAYED,      /* the session is ended */
	ROTATE_BAD_CLIENT,
	ROTATE_STORE_DOWN,
};

/*
 * Spend a refresh token and store its successor's hash, in one statement.
 * Sent again when the connection breaks: a rotation done before is then
 * recognised as repeated.  OK and REPEATED fill *ret.
 */
enum rotate_result session_rotate(struct store *store, struct arena *arena,
    const struct client_credentials *client, const struct rotation *rotation,
    const struct session_terms *terms, struct session_grant *ret)
    __attribute__((__warn_unused_result__));

enum legacy_result { LEGACY_FOUND, LEGACY_UNKNOWN, LEGACY_STORE_DOWN };

/*
 * Find the session of a token issued before adoption, by its SHA-256 in hex,
 * base64 or base64url.  LEGACY_FOUND sets *session_id and *token_hash (as it
 * is stored).
 */
enum legacy_result session_find_legacy(struct store *store, struct arena *arena,
    const char *token, const char **session_id, const char **token_hash)
    __attribute__((__warn_unused_result__));

/* ---- revocation (RFC 7009) ---- */

enum revoke_result {
	REVOKE_DONE,
	REVOKE_UNKNOWN,
	REVOKE_NOT_YOURS,
	REVOKE_BAD_CLIENT,
	REVOKE_STORE_DOWN,
};

enum revoke_result session_revoke(struct store *store, struct arena *arena,
    const struct client_credentials *client, const char *session_id)
    __attribute__((__warn_unused_result__));

#endif
