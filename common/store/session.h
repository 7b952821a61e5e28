/* SPDX-License-Identifier: MIT */
/* session.h - sessions: started by a code or for a device, rotated, revoked. */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include "store/client.h"

/* How long things last, in seconds, and who asks. */
struct session_terms {
	int64_t access_s, idle_s, session_s, grace_s;
	const char *remote;
};

/* What an access token is made of.  Strings live in the arena; user_id and
 * email are NULL for a client that acts for itself. */
struct session_grant {
	const char *session_id, *client_id, *user_id, *email, *scope, *resource;
	const char *user_name, *nonce; /* for ID tokens; or NULL */
	int64_t now_s, auth_s; /* the database's clock; auth_s 0: not known */
	bool refresh;          /* a refresh token may be handed out */
	bool signed_in;        /* a person just did, by a code or a device */
	bool elsewhere;        /* a repeat, and from another address */
};

/* ---- what calls that grant share ---- */

/* Did the function refuse the client?  Noted on the log line then. */
bool session_client_refused(const PGresult *row);

/* What a row says of a grant; refresh and elsewhere are left alone. */
void session_read_grant(struct arena *arena, const PGresult *row,
    const char *session_id, struct session_grant *ret);

/* ---- from a code (RFC 6749 s4.1.3) ---- */

struct code_redemption {
	struct sha256 code_digest;
	const char *redirect_uri;   /* NULL: not sent (OAuth 2.1) */
	const char *code_challenge; /* computed from the verifier */
	const char *resource;       /* canonical, or NULL */
	const char *session_id, *refresh_token_hash; /* of the new session */
};

enum code_result {
	CODE_REDEEMED,
	CODE_UNKNOWN,
	CODE_EXPIRED,
	CODE_NOT_YOURS,
	CODE_REDIRECT_URI,
	CODE_RESOURCE,
	CODE_WRONG_VERIFIER, /* the code is burnt */
	CODE_USER,           /* disabled */
	CODE_GRANT_TYPE,
	CODE_REPLAYED, /* spent before: the session it made is ended */
	CODE_BAD_CLIENT,
	CODE_STORE_DOWN,
};

/*
 * Spend a code, at most once ever, and start its session.  CODE_REDEEMED fills
 * *ret.  Only CODE_VERIFIER and CODE_REPLAYED change anything else.
 */
enum code_result code_redeem(struct store *store, struct arena *arena,
    const struct client_credentials *client,
    const struct code_redemption *redemption, const struct session_terms *terms,
    struct session_grant *ret) __attribute__((__warn_unused_result__));

/* ---- from a device code (RFC 8628 s3.4) ---- */

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
	ROTATE_AHEAD,    /* a lost commit: nothing is ended */
	ROTATE_REPLAYED, /* the session is ended */
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
