/* SPDX-License-Identifier: MIT */
/* user_recovery.h - what the operator does for people who cannot sign in any
 * more. */
#ifndef STORE_USER_RECOVERY_H
#define STORE_USER_RECOVERY_H

#include "store/store.h"

enum user_recover_result {
	USER_RECOVER_MADE,
	USER_RECOVER_DISABLED,
	USER_RECOVER_UNKNOWN,
	USER_RECOVER_STORE_DOWN,
};

/* Keep the token of a link by which a password may be chosen, once, for
 * expires_s; one that was kept before is of no more use. */
enum user_recover_result user_recover(struct store *store, struct arena *arena,
    const char *email, const struct sha256 *token_digest, int64_t expires_s)
    __attribute__((__warn_unused_result__));

enum user_reset_result {
	USER_RESET_DONE,
	USER_RESET_NONE, /* there was no second factor */
	USER_RESET_UNKNOWN,
	USER_RESET_STORE_DOWN,
};

/* Take the second factor away, and end every login. */
enum user_reset_result user_reset_second_factor(struct store *store,
    struct arena *arena, const char *email)
    __attribute__((__warn_unused_result__));

#endif
