/* SPDX-License-Identifier: MIT */
/* login.h - people signing in with a password, and staying signed in. */
#ifndef STORE_LOGIN_H
#define STORE_LOGIN_H

#include "store/store.h"

/* How much guessing is let through; each in window_s. */
struct login_limits {
	int64_t per_account, per_remote, window_s;
};

struct login_candidate {
	const char *user_id, *password_hash; /* NULL when refused */
	const char *reason;                  /* for the log, when refused */
};

enum login_result {
	LOGIN_CHECK,   /* compare the password, then call login_finish() */
	LOGIN_REFUSED, /* hash all the same, then refuse alike */
	LOGIN_STORE_DOWN,
};

/* Count an attempt before its password is looked at, so that parallel guesses
 * cannot outrun the count.  Fills *ret unless STORE_DOWN. */
enum login_result login_begin(struct store *store, struct arena *arena,
    const char *email, const char *remote, const struct login_limits *limits,
    struct login_candidate *ret) __attribute__((__warn_unused_result__));

enum login_finish_result {
	LOGIN_SIGNED_IN,
	LOGIN_FINISH_REFUSED, /* disabled or locked meanwhile */
	LOGIN_FINISH_STORE_DOWN,
};

/* The password was right: keep login_digest for expires_s, end the login that
 * the browser had before (previous_digest, or NULL), clear the count. */
enum login_finish_result login_finish(struct store *store, struct arena *arena,
    const char *user_id, const struct sha256 *login_digest,
    const struct sha256 *previous_digest, int64_t expires_s, const char *remote,
    const char *user_agent, const struct login_limits *limits)
    __attribute__((__warn_unused_result__));

/* Sign out.  False when the database is away. */
bool login_end(struct store *store, struct arena *arena,
    const struct sha256 *login_digest) __attribute__((__warn_unused_result__));

#endif
