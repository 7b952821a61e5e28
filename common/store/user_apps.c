/* SPDX-License-Identifier: MIT */
#include "store/user_apps.h"

#include "base/log.h"
#include "store/outcome.h"

static void
read_app(struct arena *arena, const PGresult *rows, int row,
    struct user_app *ret)
{
	ret->client_id = store_text(arena, rows, row, "client_id");
	ret->registration = store_text(arena, rows, row, "registration");
	ret->client_name = store_text(arena, rows, row, "client_name");
	ret->client_uri = store_text(arena, rows, row, "client_uri");
	ret->resource = store_text(arena, rows, row, "resource");
	ret->scope = store_text(arena, rows, row, "scope");
	ret->remote = store_text(arena, rows, row, "remote");
	ret->first_used_s = store_int64(rows, row, "first_used_s");
	ret->last_used_s = store_int64(rows, row, "last_used_s");
}

/* Without any application there is one row that names none. */
static void
read_apps(struct arena *arena, const PGresult *rows, struct user_apps *ret)
{
	int n = PQntuples(rows), i;

	*ret = (struct user_apps){
	    .email = store_text(arena, rows, 0, "email"),
	    .apps = arena_alloc(arena, (size_t)n * sizeof(*ret->apps)),
	};
	for (i = 0; i < n; i++) {
		read_app(arena, rows, i, &ret->apps[ret->n]);
		ret->n += ret->apps[ret->n].client_id != NULL;
	}
}

enum user_apps_result
user_apps(struct store *store, struct arena *arena,
    const struct sha256 *login_digest, int64_t max, struct user_apps *ret)
{
	static const struct statement statement = {"user_apps",
	    "SELECT * FROM oauth.user_apps($1, $2)", .repeatable = true};
	static const char *const outcomes[] = {
	    [USER_APPS_DONE] = "signed_in",
	    [USER_APPS_UNKNOWN] = "unknown",
	    [USER_APPS_NOT_SIGNED_IN] = "not_signed_in",
	    [USER_APPS_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *rows = NULL;
	int outcome;

	store_add_digest(&params, login_digest);
	store_add_int64(&params, max);
	outcome = outcome_of(store, &statement, &params, outcomes, &rows);
	if (outcome == USER_APPS_DONE)
		read_apps(arena, rows, ret);
	return (enum user_apps_result)outcome;
}

/* Both ways of revoking answer alike. */
static enum user_apps_result
revoke(struct store *store, const struct statement *statement,
    const struct store_params *params)
{
	static const char *const outcomes[] = {
	    [USER_APPS_DONE] = "revoked",
	    [USER_APPS_UNKNOWN] = "unknown",
	    [USER_APPS_NOT_SIGNED_IN] = "not_signed_in",
	    [USER_APPS_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	AUTO_RESULT *row = NULL;
	int outcome = outcome_of(store, statement, params, outcomes, &row);

	if (outcome == USER_APPS_STORE_DOWN)
		return USER_APPS_STORE_DOWN;
	log_text("user_id", store_text(params->arena, row, 0, "user_id"));
	log_number("sessions", store_int64(row, 0, "sessions"));
	return (enum user_apps_result)outcome;
}

enum user_apps_result
user_app_revoke(struct store *store, struct arena *arena,
    const struct sha256 *login_digest, const char *client_id,
    const char *remote)
{
	static const struct statement statement = {"user_app_revoke",
	    "SELECT * FROM oauth.user_app_revoke($1, $2, $3)",
	    .repeatable = true};
	struct store_params params = {.arena = arena};

	store_add_digest(&params, login_digest);
	store_add_text(&params, client_id);
	store_add_text(&params, remote);
	return revoke(store, &statement, &params);
}

enum user_apps_result
user_sessions_revoke(struct store *store, struct arena *arena,
    const struct sha256 *login_digest, bool sign_out, const char *remote)
{
	static const struct statement statement = {"user_sessions_revoke",
	    "SELECT * FROM oauth.user_sessions_revoke($1, $2, $3)",
	    .repeatable = false};
	struct store_params params = {.arena = arena};

	store_add_digest(&params, login_digest);
	store_add_bool(&params, sign_out);
	store_add_text(&params, remote);
	return revoke(store, &statement, &params);
}
