/* SPDX-License-Identifier: MIT */
#include "store/login.h"

#include "store/outcome.h"

void
login_add_guesser(struct store_params *params,
    const struct login_guesser *guesser, const struct login_limits *limits)
{
	store_add_text(params, guesser->remote);
	store_add_text(params, guesser->known_user_id);
	store_add_text(params, guesser->known_browser);
	store_add_int64(params, limits->per_account);
	store_add_int64(params, limits->per_browser);
	store_add_int64(params, limits->per_remote);
	store_add_int64(params, limits->window_s);
}

void
login_add_count(struct store_params *params, const struct login_count *count,
    const struct login_limits *limits)
{
	store_add_text(params, count->counted);
	store_add_int64(params, count->limit);
	store_add_int64(params, limits->window_s);
}

void
login_read_count(struct arena *arena, const PGresult *row,
    struct login_count *ret)
{
	ret->counted = store_text(arena, row, 0, "counted");
	ret->limit = store_int64(row, 0, "counted_limit");
}

enum login_result
login_begin(struct store *store, struct arena *arena, const char *email,
    const struct login_guesser *guesser, const struct login_limits *limits,
    struct login_candidate *ret)
{
	static const struct statement statement = {"login_begin",
	    "SELECT * FROM oauth.login_begin($1, $2, $3, $4, $5, $6, $7, $8)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [LOGIN_CHECK] = "check",
	    [LOGIN_REFUSED] = "refused",
	    [LOGIN_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_text(&params, email);
	login_add_guesser(&params, guesser, limits);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == LOGIN_STORE_DOWN)
		return LOGIN_STORE_DOWN;
	ret->user_id = store_text(arena, row, 0, "user_id");
	ret->password_hash = store_text(arena, row, 0, "password_hash");
	ret->reason = store_text(arena, row, 0, "reason");
	login_read_count(arena, row, &ret->count);
	return (enum login_result)outcome;
}

enum login_finish_result
login_finish(struct store *store, struct arena *arena,
    const struct login_candidate *candidate,
    const struct login_guesser *guesser, const struct login_limits *limits,
    const struct login_start *start, int64_t half_expires_s)
{
	static const struct statement statement = {"login_finish",
	    "SELECT * FROM oauth.login_finish($1, $2, $3, $4, $5, $6, $7, $8, "
	    "$9, $10, $11)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [LOGIN_SIGNED_IN] = "signed_in",
	    [LOGIN_SECOND_FACTOR] = "second_factor",
	    [LOGIN_FINISH_REFUSED] = "refused",
	    [LOGIN_FINISH_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_text(&params, candidate->user_id);
	store_add_text(&params, candidate->password_hash);
	login_add_count(&params, &candidate->count, limits);
	store_add_digest(&params, &start->login_digest);
	store_add_digest(&params, start->previous_digest);
	store_add_int64(&params, start->expires_s);
	store_add_int64(&params, half_expires_s);
	store_add_text(&params, guesser->remote);
	store_add_text(&params, guesser->user_agent);
	return (enum login_finish_result)outcome_of(store, &statement, &params,
	    outcomes, &row);
}

enum login_get_result
login_get(struct store *store, struct arena *arena,
    const struct sha256 *login_digest, const char **email)
{
	static const struct statement statement = {"login_get",
	    "SELECT * FROM oauth.login_get($1)", .repeatable = true};
	static const char *const outcomes[] = {
	    [LOGIN_GOOD] = "signed_in",
	    [LOGIN_NOT_SIGNED_IN] = "not_signed_in",
	    [LOGIN_GET_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_digest(&params, login_digest);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == LOGIN_GOOD)
		*email = store_text(arena, row, 0, "email");
	return (enum login_get_result)outcome;
}

bool
login_end(struct store *store, struct arena *arena,
    const struct sha256 *login_digest)
{
	static const struct statement statement = {"login_end",
	    "SELECT * FROM oauth.login_end($1)", .repeatable = true};
	enum { ENDED, UNKNOWN, NO_ANSWER };
	static const char *const outcomes[] = {
	    [ENDED] = "ended",
	    [UNKNOWN] = "unknown",
	    [NO_ANSWER] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_digest(&params, login_digest);
	return outcome_of(store, &statement, &params, outcomes, &row) !=
	    NO_ANSWER;
}
