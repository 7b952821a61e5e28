/* SPDX-License-Identifier: MIT */
#include "store/password.h"

#include "base/log.h"
#include "store/outcome.h"

enum password_check_result
password_check_begin(struct store *store, struct arena *arena,
    const struct sha256 *login_digest, int64_t limit, int64_t window_s,
    struct password_check *ret)
{
	static const struct statement statement = {"password_check_begin",
	    "SELECT * FROM oauth.password_check_begin($1, $2, $3)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [PASSWORD_CHECK] = "check",
	    [PASSWORD_CHECK_REFUSED] = "refused",
	    [PASSWORD_CHECK_NONE] = "no_password",
	    [PASSWORD_CHECK_NOT_SIGNED_IN] = "not_signed_in",
	    [PASSWORD_CHECK_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_digest(&params, login_digest);
	store_add_int64(&params, limit);
	store_add_int64(&params, window_s);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == PASSWORD_CHECK_STORE_DOWN)
		return PASSWORD_CHECK_STORE_DOWN;
	ret->user_id = store_text(arena, row, 0, "user_id");
	ret->email = store_text(arena, row, 0, "email");
	ret->password_hash = store_text(arena, row, 0, "password_hash");
	log_text("user_id", ret->user_id);
	return (enum password_check_result)outcome;
}

enum password_change_result
password_change(struct store *store, struct arena *arena,
    const struct sha256 *login_digest, const char *current_hash,
    const char *password_hash, bool disconnect, const char *remote)
{
	static const struct statement statement = {"password_change",
	    "SELECT * FROM oauth.password_change($1, $2, $3, $4, $5)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [PASSWORD_CHANGED] = "changed",
	    [PASSWORD_CHANGE_STALE] = "stale",
	    [PASSWORD_CHANGE_NOT_SIGNED_IN] = "not_signed_in",
	    [PASSWORD_CHANGE_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_digest(&params, login_digest);
	store_add_text(&params, current_hash);
	store_add_text(&params, password_hash);
	store_add_bool(&params, disconnect);
	store_add_text(&params, remote);
	return (enum password_change_result)outcome_of(store, &statement,
	    &params, outcomes, &row);
}

enum recovery_result
recovery_check(struct store *store, struct arena *arena,
    const struct sha256 *token_digest)
{
	static const struct statement statement = {"recovery_check",
	    "SELECT * FROM oauth.recovery_check($1)", .repeatable = true};
	static const char *const outcomes[] = {
	    [RECOVERY_GOOD] = "good",
	    [RECOVERY_UNKNOWN] = "unknown",
	    [RECOVERY_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_digest(&params, token_digest);
	return (enum recovery_result)outcome_of(store, &statement, &params,
	    outcomes, &row);
}

enum recovery_result
recovery_use(struct store *store, struct arena *arena,
    const struct sha256 *token_digest, const char *password_hash,
    const char *remote, const char **user_id)
{
	static const struct statement statement = {"recovery_use",
	    "SELECT * FROM oauth.recovery_use($1, $2, $3)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [RECOVERY_GOOD] = "changed",
	    [RECOVERY_UNKNOWN] = "unknown",
	    [RECOVERY_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_digest(&params, token_digest);
	store_add_text(&params, password_hash);
	store_add_text(&params, remote);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == RECOVERY_GOOD)
		*user_id = store_text(arena, row, 0, "user_id");
	return (enum recovery_result)outcome;
}
