/* SPDX-License-Identifier: MIT */
/* session_grant.h - what a session grants: the part that all calls which start or
 * go on with one share. */
#ifndef STORE_SESSION_GRANT_H
#define STORE_SESSION_GRANT_H

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
	const char *user_name, *nonce, *amr; /* for ID tokens; or NULL */
	int64_t now_s, auth_s; /* the database's clock; auth_s 0: not known */
	bool refresh;          /* a refresh token may be handed out */
	bool signed_in;        /* a person just did, by a code or a device */
	bool elsewhere;        /* a repeat, and from another address */
};

/* Add how long the session and its tokens last, and who asks. */
void session_add_terms(struct store_params *params,
    const struct session_terms *terms);

/* What a row says of a grant; refresh and elsewhere are left alone. */
void session_read_grant(struct arena *arena, const PGresult *row,
    const char *session_id, struct session_grant *ret);

/* The same for a session that a person's sign-in just started. */
void session_read_start(struct arena *arena, const PGresult *row,
    const char *session_id, struct session_grant *ret);

#endif
