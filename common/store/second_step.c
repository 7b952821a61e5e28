/* SPDX-License-Identifier: MIT */
#include "store/second_step.h"

#include "store/outcome.h"

enum second_step_result
second_step_begin(struct store *store, struct arena *arena,
    const struct sha256 *login_digest, const struct login_guesser *guesser,
    const struct login_limits *limits, struct second_factor *factor,
    struct login_count *count, const char **reason)
{
	static const struct statement statement = {"second_step_begin",
	    "SELECT * FROM oauth.second_step_begin($1, $2, $3, $4, $5, $6, $7, "
	    "$8)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [SECOND_STEP_CHECK] = "check",
	    [SECOND_STEP_REFUSED] = "refused",
	    [SECOND_STEP_NO_LOGIN] = "no_login",
	    [SECOND_STEP_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_digest(&params, login_digest);
	login_add_guesser(&params, guesser, limits);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == SECOND_STEP_REFUSED)
		*reason = store_text(arena, row, 0, "reason");
	if (outcome != SECOND_STEP_CHECK)
		return (enum second_step_result)outcome;
	login_read_count(arena, row, count);
	return second_factor_read(arena, row, factor) ? SECOND_STEP_CHECK
	                                              : SECOND_STEP_STORE_DOWN;
}

enum second_step_finish_result
second_step_finish(struct store *store, struct arena *arena,
    const struct second_proof *proof, const struct login_count *count,
    const struct login_guesser *guesser, const struct login_limits *limits,
    const struct login_start *start)
{
	static const struct statement statement = {"second_step_finish",
	    "SELECT * FROM oauth.second_step_finish($1, $2, $3, $4, $5, $6, "
	    "$7, $8, $9, $10, $11)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [SECOND_STEP_SIGNED_IN] = "signed_in",
	    [SECOND_STEP_WRONG] = "wrong",
	    [SECOND_STEP_FINISH_REFUSED] = "refused",
	    [SECOND_STEP_FINISH_NO_LOGIN] = "no_login",
	    [SECOND_STEP_FINISH_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_digest(&params, start->previous_digest);
	second_proof_add(&params, proof);
	login_add_count(&params, count, limits);
	store_add_digest(&params, &start->login_digest);
	store_add_int64(&params, start->expires_s);
	store_add_text(&params, guesser->remote);
	store_add_text(&params, guesser->user_agent);
	return (enum second_step_finish_result)outcome_of(store, &statement,
	    &params, outcomes, &row);
}
