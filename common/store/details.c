/* SPDX-License-Identifier: MIT */
#include "store/details.h"

#include "store/outcome.h"

enum details_result
details_get(struct store *store, struct arena *arena, enum details details,
    const char *of, const char **json)
{
	static const struct statement statements[] = {
	    [DETAILS_USER] = {"user_show", "SELECT * FROM oauth.user_show($1)",
	        .repeatable = true},
	    [DETAILS_CLIENT] = {"client_show",
	        "SELECT * FROM oauth.client_show($1)", .repeatable = true},
	    [DETAILS_STATUS] = {"status_show",
	        "SELECT 'ok' AS outcome, * FROM oauth.status_show()",
	        .repeatable = true},
	};
	static const char *const outcomes[] = {
	    [DETAILS_FOUND] = "ok",
	    [DETAILS_UNKNOWN] = "unknown",
	    [DETAILS_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	if (of)
		store_add_text(&params, of);
	outcome = outcome_of(store, &statements[details], &params, outcomes,
	    &row);
	if (outcome == DETAILS_FOUND)
		*json = store_text(arena, row, 0, "details");
	return (enum details_result)outcome;
}
