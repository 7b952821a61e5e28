/* SPDX-License-Identifier: MIT */
/*
 * identity.h - people whom somebody outside vouches for: which user a name of
 * a source is.
 */
#ifndef STORE_IDENTITY_H
#define STORE_IDENTITY_H

#include "store/store.h"

/* Who signs in, on what terms, and where. */
struct identity_sign_in {
	const char *source, *name;
	const char *email; /* NULL: not known */
	bool join;         /* the name is the address: an account of it is
	                      theirs */
	bool provision;    /* whoever has no account gets one */
	const char *scope_ruled, *scope_given; /* both NULL: no limit */
	const struct sha256 *login_digest;
	const struct sha256 *previous_digest; /* of the browser, or NULL */
	int64_t expires_s, session_expires_s;
	const char *remote, *user_agent;
};

enum identity_result {
	IDENTITY_SIGNED_IN,
	IDENTITY_UNKNOWN,     /* no account, and none is made */
	IDENTITY_NO_EMAIL,    /* one would be made, but the address is not known
	                       */
	IDENTITY_EMAIL_TAKEN, /* it is another account's */
	IDENTITY_DISABLED,
	IDENTITY_STORE_DOWN,
};

/* Sign a browser in as the person whom the web server vouches for, finding,
 * joining or making the account.  SIGNED_IN sets *user_id. */
enum identity_result identity_sign_in(struct store *store, struct arena *arena,
    const struct identity_sign_in *sign_in, const char **user_id)
    __attribute__((__warn_unused_result__));

enum identity_add_result {
	IDENTITY_ADDED,
	IDENTITY_DUPLICATE,       /* the name is a user's already */
	IDENTITY_ADD_EMAIL_TAKEN, /* by a user whose address is written
	                             otherwise */
	IDENTITY_ADD_STORE_DOWN,
};

/* Let name of source in as the user of *email, added when there is none.
 * DUPLICATE sets *email to that user's. */
enum identity_add_result identity_add(struct store *store, struct arena *arena,
    const char *source, const char *name, const char **email)
    __attribute__((__warn_unused_result__));

enum identity_remove_result {
	IDENTITY_REMOVED,
	IDENTITY_REMOVE_UNKNOWN,
	IDENTITY_REMOVE_STORE_DOWN,
};

/* Let it in no more. */
enum identity_remove_result identity_remove(struct store *store,
    struct arena *arena, const char *source, const char *name)
    __attribute__((__warn_unused_result__));

#endif
