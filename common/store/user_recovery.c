/* SPDX-License-Identifier: MIT */
#include "store/user_recovery.h"

#include "store/outcome.h"

enum user_recover_result
user_recover(struct store *store, struct arena *arena, const char *email,
    const struct sha256 *token_digest, int64_t expires_s)
{
	static const struct statement statement = {"user_recover",
	    "SELECT * FROM oauth.user_recover($1, $2, $3)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [USER_RECOVER_MADE] = "made",
	    [USER_RECOVER_DISABLED] = "disabled",
	    [USER_RECOVER_UNKNOWN] = "unknown",
	    [USER_RECOVER_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_text(&params, email);
	store_add_digest(&params, token_digest);
	store_add_int64(&params, expires_s);
	return (enum user_recover_result)outcome_of(store, &statement, &params,
	    outcomes, &row);
}

enum user_reset_result
user_reset_second_factor(struct store *store, struct arena *arena,
    const char *email)
{
	static const struct statement statement = {"user_reset_second_factor",
	    "SELECT * FROM oauth.user_reset_second_factor($1)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [USER_RESET_DONE] = "reset",
	    [USER_RESET_NONE] = "none",
	    [USER_RESET_UNKNOWN] = "unknown",
	    [USER_RESET_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_text(&params, email);
	return (enum user_reset_result)outcome_of(store, &statement, &params,
	    outcomes, &row);
}
