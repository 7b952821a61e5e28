/* SPDX-License-Identifier: MIT */
#include "store/login.h"

#include "store/outcome.h"

enum login_result
login_begin(struct store *store, struct arena *arena, const char *email,
    const char *remote, const struct login_limits *limits,
    struct login_candidate *ret)
{
	static const struct statement statement = {"login_begin",
	    "SELECT * FROM oauth.login_begin($1, $2, $3, $4, $5)", false};
	static const char *const outcomes[] = {
	    [LOGIN_CHECK] = "check",
	    [LOGIN_REFUSED] = "refused",
	    [LOGIN_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_text(&params, email);
	store_add_text(&params, remote);
	store_add_int64(&params, limits->per_account);
	store_add_int64(&params, limits->per_remote);
	store_add_int64(&params, limits->window_s);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == LOGIN_STORE_DOWN)
		return LOGIN_STORE_DOWN;
	ret->user_id = store_text(arena, row, 0, "user_id");
	ret->password_hash = store_text(arena, row, 0, "password_hash");
	ret->reason = store_text(arena, row, 0, "reason");
	return (enum login_result)outcome;
}

enum login_finish_result
login_finish(struct store *store, struct arena *arena, const char *user_id,
    const struct sha256 *login_digest, const struct sha256 *previous_digest,
    int64_t expires_s, const char *remote, const char *user_agent,
    const struct login_limits *limits)
{
	static const struct statement statement = {"login_finish",
	    "SELECT * FROM oauth.login_finish($1, $2, $3, $4, $5, $6, $7, $8)",
	    false};
	static const char *const outcomes[] = {
	    [LOGIN_SIGNED_IN] = "signed_in",
	    [LOGIN_FINISH_REFUSED] = "refused",
	    [LOGIN_FINISH_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_text(&params, user_id);
	store_add_digest(&params, login_digest);
	store_add_digest(&params, previous_digest);
	store_add_int64(&params, expires_s);
	store_add_text(&params, remote);
	store_add_text(&params, user_agent);
	store_add_int64(&params, limits->per_account);
	store_add_int64(&params, limits->window_s);
	return (enum login_finish_result)outcome_of(store, &statement, &params,
	    outcomes, &row);
}

bool
login_end(struct store *store, struct arena *arena,
    const struct sha256 *login_digest)
{
	static const struct statement statement = {"login_end",
	    "SELECT * FROM oauth.login_end($1)", true};
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
