/* SPDX-License-Identifier: MIT */
#include "store/user.h"

#include "store/outcome.h"

enum user_add_result
user_add(struct store *store, struct arena *arena, const char *email,
    const char *name, const char *password_hash, const char **user_id)
{
	static const struct statement statement = {"user_add",
	    "SELECT * FROM oauth.user_add($1, $2, $3)", .repeatable = false};
	static const char *const outcomes[] = {
	    [USER_ADDED] = "added",
	    [USER_DUPLICATE] = "duplicate",
	    [USER_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_text(&params, email);
	store_add_text(&params, name);
	store_add_text(&params, password_hash);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == USER_STORE_DOWN)
		return USER_STORE_DOWN;
	*user_id = store_text(arena, row, 0, "user_id");
	return (enum user_add_result)outcome;
}
