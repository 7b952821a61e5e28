/* SPDX-License-Identifier: MIT */
#include "store/act.h"

#include "store/outcome.h"

#define ACT(function, params) \
	{ \
		function, "SELECT * FROM oauth." function "(" params ")", \
		    .repeatable = false \
	}

/* done is the function's word for it. */
static const struct action {
	struct statement statement;
	const char *done;
	int n_params;
} actions[] = {
    [ACT_USER_DISABLE] = {ACT("user_disable", "$1"), "disabled", 1},
    [ACT_USER_ENABLE] = {ACT("user_enable", "$1"), "enabled", 1},
    [ACT_USER_DELETE] = {ACT("user_delete", "$1"), "deleted", 1},
    [ACT_USER_PASSWD] = {ACT("user_passwd", "$1, $2"), "changed", 2},
    [ACT_CLIENT_DISABLE] = {ACT("client_disable", "$1"), "disabled", 1},
    [ACT_CLIENT_ENABLE] = {ACT("client_enable", "$1"), "enabled", 1},
    [ACT_CLIENT_DELETE] = {ACT("client_delete", "$1"), "deleted", 1},
    [ACT_REVOKE_SESSION] = {ACT("revoke_session", "$1"), "done", 1},
    [ACT_REVOKE_USER] = {ACT("revoke_user", "$1"), "done", 1},
    [ACT_REVOKE_CLIENT] = {ACT("revoke_client", "$1"), "done", 1},
    [ACT_REVOKE_EVERYTHING] = {ACT("revoke_everything", ""), "done", 0},
    [ACT_REVOKE_CONSENT] = {ACT("consent_revoke", "$1, $2"), "done", 2},
};

enum act_result
act_do(struct store *store, struct arena *arena, enum act act, const char *to,
    const char *with, int64_t *sessions)
{
	enum { NOTHING = ACT_STORE_DOWN, NO_ANSWER };
	const struct action *action = &actions[act];
	const char *const outcomes[] = {
	    [ACT_DONE] = action->done,
	    [ACT_ALREADY] = "already",
	    [ACT_UNKNOWN] = "unknown",
	    [NOTHING] = "nothing",
	    [NO_ANSWER] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	if (action->n_params > 0)
		store_add_text(&params, to);
	if (action->n_params > 1)
		store_add_text(&params, with);
	outcome = outcome_of(store, &action->statement, &params, outcomes,
	    &row);
	if (outcome == NO_ANSWER)
		return ACT_STORE_DOWN;
	*sessions = store_int64(row, 0, "sessions");
	return outcome == NOTHING ? ACT_ALREADY : (enum act_result)outcome;
}

enum client_rotate_result
client_rotate_secret(struct store *store, struct arena *arena,
    const char *client_id, const struct sha256 *digest)
{
	static const struct statement statement = ACT("client_rotate_secret",
	    "$1, $2");
	static const char *const outcomes[] = {
	    [CLIENT_ROTATED] = "rotated",
	    [CLIENT_ROTATE_UNKNOWN] = "unknown",
	    [CLIENT_ROTATE_NO_SECRET] = "no_secret",
	    [CLIENT_ROTATE_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_text(&params, client_id);
	store_add_digest(&params, digest);
	return (enum client_rotate_result)outcome_of(store, &statement, &params,
	    outcomes, &row);
}

int64_t
client_prune(struct store *store, struct arena *arena, int64_t unused_days,
    int64_t batch)
{
	static const struct statement statement = {"client_prune",
	    "SELECT oauth.client_prune($1, $2) AS clients",
	    .repeatable = false};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_int64(&params, unused_days);
	store_add_int64(&params, batch);
	row = store_call(store, &statement, &params);
	return row ? store_int64(row, 0, "clients") : -1;
}
