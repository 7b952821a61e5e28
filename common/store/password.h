/* SPDX-License-Identifier: MIT */
/* password.h - people changing their password: knowing the current one, or with
 * a one-time link that the operator gave them. */
#ifndef STORE_PASSWORD_H
#define STORE_PASSWORD_H

#include "store/store.h"

/* ---- who is signed in is asked for the current one ---- */

struct password_check {
	const char *user_id, *email;
	const char *password_hash; /* with PASSWORD_CHECK */
};

enum password_check_result {
	PASSWORD_CHECK,         /* compare it */
	PASSWORD_CHECK_REFUSED, /* too many tries */
	PASSWORD_CHECK_NONE,    /* they sign in without one */
	PASSWORD_CHECK_NOT_SIGNED_IN,
	PASSWORD_CHECK_STORE_DOWN,
};

/* Count an attempt before the password is looked at.  CHECK, REFUSED and NONE
 * fill *ret. */
enum password_check_result password_check_begin(struct store *store,
    struct arena *arena, const struct sha256 *login_digest, int64_t limit,
    int64_t window_s, struct password_check *ret)
    __attribute__((__warn_unused_result__));

enum password_change_result {
	PASSWORD_CHANGED,
	PASSWORD_CHANGE_STALE, /* it was changed meanwhile */
	PASSWORD_CHANGE_NOT_SIGNED_IN,
	PASSWORD_CHANGE_STORE_DOWN,
};

/* The current password was right: set another, end other logins and, with
 * disconnect, every session of an application. */
enum password_change_result password_change(struct store *store,
    struct arena *arena, const struct sha256 *login_digest,
    const char *current_hash, const char *password_hash, bool disconnect,
    const char *remote) __attribute__((__warn_unused_result__));

/* ---- with a link ---- */

enum recovery_result {
	RECOVERY_GOOD,
	RECOVERY_UNKNOWN, /* or expired, or used */
	RECOVERY_STORE_DOWN,
};

/* Is the link good?  Spends nothing. */
enum recovery_result recovery_check(struct store *store, struct arena *arena,
    const struct sha256 *token_digest) __attribute__((__warn_unused_result__));

/* Spend it, once, set the password and end every login.  GOOD sets *user_id, in
 * the arena. */
enum recovery_result recovery_use(struct store *store, struct arena *arena,
    const struct sha256 *token_digest, const char *password_hash,
    const char *remote, const char **user_id)
    __attribute__((__warn_unused_result__));

#endif
