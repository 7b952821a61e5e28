/* SPDX-License-Identifier: MIT */
#include "store/user.h"

enum user_add_result
user_add(struct store *store, struct arena *arena, const char *email,
    const char *name, const char *password_hash, const char **user_id)
{
	static const struct statement statement = {"user_add",
	    "SELECT * FROM oauth.user_add($1, $2, $3)", false};
	static const char *const outcomes[] = {
	    [USER_ADDED] = "added",
	    [USER_DUPLICATE] = "duplicate",
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_text(&params, email);
	store_add_text(&params, name);
	store_add_text(&params, password_hash);
	row = store_call(store, &statement, &params);
	outcome = row ? store_outcome(row, outcomes, 2) : -1;
	if (outcome < 0)
		return USER_STORE_DOWN;
	*user_id = store_text(arena, row, 0, "user_id");
	return (enum user_add_result)outcome;
}
