/* SPDX-License-Identifier: MIT */
/* login.h - people signing in with a password, and staying signed in. */
#ifndef STORE_LOGIN_H
#define STORE_LOGIN_H

#include "store/store.h"

/* How much guessing is let through; each in window_s. */
struct login_limits {
	int64_t per_account, per_browser, per_remote, window_s;
};

/* Who guesses: per_browser is for a browser that signed in before as this very
 * user, and told by its name. */
struct login_guesser {
	const char *known_user_id, *known_browser; /* or NULL */
	const char *remote, *user_agent;           /* user_agent: or NULL */
};

/* What a guess was counted as, for when it is right. */
struct login_count {
	const char *counted;
	int64_t limit;
};

/* The login that a right guess leads to: the one that the browser had before
 * (previous_digest, or NULL) ends. */
struct login_start {
	struct sha256 login_digest;
	const struct sha256 *previous_digest;
	int64_t expires_s;
};

/* Add these, as the functions that sign in take them. */
void login_add_guesser(struct store_params *params,
    const struct login_guesser *guesser, const struct login_limits *limits);
void login_add_count(struct store_params *params,
    const struct login_count *count, const struct login_limits *limits);

void login_read_count(struct arena *arena, const PGresult *row,
    struct login_count *ret);

struct login_candidate {
	const char *user_id, *password_hash; /* NULL when refused */
	const char *reason;                  /* for the log, when refused */
	struct login_count count;
};

enum login_result {
	LOGIN_CHECK,   /* compare the password, then call login_finish() */
	LOGIN_REFUSED, /* hash all the same, then refuse alike */
	LOGIN_STORE_DOWN,
};

/* Count an attempt before its password is looked at, so that parallel guesses
 * cannot outrun the count.  Fills *ret unless STORE_DOWN. */
enum login_result login_begin(struct store *store, struct arena *arena,
    const char *email, const struct login_guesser *guesser,
    const struct login_limits *limits, struct login_candidate *ret)
    __attribute__((__warn_unused_result__));

enum login_finish_result {
	LOGIN_SIGNED_IN,
	LOGIN_SECOND_FACTOR,  /* half signed in: second_step.h */
	LOGIN_FINISH_REFUSED, /* disabled, locked or changed meanwhile */
	LOGIN_FINISH_STORE_DOWN,
};

/* The candidate's password was right: keep the login, or for half_expires_s a
 * half one when there is a second factor, and clear the count. */
enum login_finish_result login_finish(struct store *store, struct arena *arena,
    const struct login_candidate *candidate,
    const struct login_guesser *guesser, const struct login_limits *limits,
    const struct login_start *start, int64_t half_expires_s)
    __attribute__((__warn_unused_result__));

enum login_get_result {
	LOGIN_GOOD,
	LOGIN_NOT_SIGNED_IN,
	LOGIN_GET_STORE_DOWN,
};

/* Who is signed in?  GOOD sets *email. */
enum login_get_result login_get(struct store *store, struct arena *arena,
    const struct sha256 *login_digest, const char **email)
    __attribute__((__warn_unused_result__));

/* Sign out.  False when the database is away. */
bool login_end(struct store *store, struct arena *arena,
    const struct sha256 *login_digest) __attribute__((__warn_unused_result__));

#endif
