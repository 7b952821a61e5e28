/* SPDX-License-Identifier: MIT */
/* introspection.h - is an access token still good? (RFC 7662, and for the
 * userinfo endpoint) */
#ifndef STORE_INTROSPECTION_H
#define STORE_INTROSPECTION_H

#include "store/client.h"

enum introspect_result {
	INTROSPECT_ACTIVE,
	INTROSPECT_INACTIVE,
	INTROSPECT_NOT_ALLOWED, /* the client may introspect nothing */
	INTROSPECT_BAD_CLIENT,
	INTROSPECT_STORE_DOWN,
};

/* What of a verified token says where it came from; NULL members when it was
 * not good anyway, so that only the client is judged. */
struct introspected {
	const char *session_id, *client_id, *jti, *resource;
	int64_t issued_s;
};

/* ACTIVE sets *username (in the arena), NULL for a machine's token. */
enum introspect_result token_introspect(struct store *store,
    struct arena *arena, const struct client_credentials *client,
    const struct introspected *token, const char **username)
    __attribute__((__warn_unused_result__));

/* What is known of a user; NULL where nothing is. */
struct user_claims {
	const char *email, *name;
};

enum userinfo_result {
	USERINFO_ACTIVE,
	USERINFO_INACTIVE, /* session or user gone, or the token revoked */
	USERINFO_STORE_DOWN,
};

/* The user of a verified token (OpenID Connect Core s5.3); resource is not
 * looked at.  ACTIVE fills *ret, strings in the arena. */
enum userinfo_result userinfo(struct store *store, struct arena *arena,
    const struct introspected *token, const char *user_id,
    struct user_claims *ret) __attribute__((__warn_unused_result__));

#endif
