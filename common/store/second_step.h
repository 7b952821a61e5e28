/* SPDX-License-Identifier: MIT */
/* second_step.h - from half signed in to signed in, by a second factor. */
#ifndef STORE_SECOND_STEP_H
#define STORE_SECOND_STEP_H

#include "store/login.h"
#include "store/second_factor.h"

enum second_step_result {
	SECOND_STEP_CHECK, /* judge the code, then call second_step_finish() */
	SECOND_STEP_REFUSED, /* too many tries, for the reason given */
	SECOND_STEP_NO_LOGIN,
	SECOND_STEP_STORE_DOWN,
};

/* Count a code before it is looked at.  CHECK fills *factor and *count, REFUSED
 * *reason, for the log. */
enum second_step_result second_step_begin(struct store *store,
    struct arena *arena, const struct sha256 *login_digest,
    const struct login_guesser *guesser, const struct login_limits *limits,
    struct second_factor *factor, struct login_count *count,
    const char **reason) __attribute__((__warn_unused_result__));

enum second_step_finish_result {
	SECOND_STEP_SIGNED_IN,
	SECOND_STEP_WRONG,          /* used before, or no recovery code */
	SECOND_STEP_FINISH_REFUSED, /* locked or disabled meanwhile */
	SECOND_STEP_FINISH_NO_LOGIN,
	SECOND_STEP_FINISH_STORE_DOWN,
};

/* Spend the code, once, and keep the login; start->previous_digest is the half
 * one, which ends. */
enum second_step_finish_result second_step_finish(struct store *store,
    struct arena *arena, const struct second_proof *proof,
    const struct login_count *count, const struct login_guesser *guesser,
    const struct login_limits *limits, const struct login_start *start)
    __attribute__((__warn_unused_result__));

#endif
