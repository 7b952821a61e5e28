/* SPDX-License-Identifier: MIT */
#include "store/session.h"

#include "base/text.h"
#include "store/outcome.h"

enum rotate_result
session_rotate(struct store *store, struct arena *arena,
    const struct client_credentials *client, const struct rotation *rotation,
    const struct session_terms *terms, struct session_grant *ret)
{
	static const struct statement statement = {"session_rotate",
	    "SELECT * FROM oauth.session_rotate_2($1, $2, $3, $4, $5, $6, $7, "
	    "$8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
	    .repeatable = true, .takes_request_id = true};
	static const char *const outcomes[] = {
	    [ROTATE_OK] = "rotated",
	    [ROTATE_REPEATED] = "repeated",
	    [ROTATE_UNCONFIRMED] = "unconfirmed",
	    [ROTATE_UNKNOWN] = "unknown",
	    [ROTATE_NOT_YOURS] = "not_yours",
	    [ROTATE_EXPIRED] = "expired",
	    [ROTATE_USER] = "user",
	    [ROTATE_SCOPE] = "scope",
	    [ROTATE_RESOURCE] = "resource",
	    [ROTATE_GRANT_TYPE] = "grant_type",
	    [ROTATE_DPOP_JKT] = "dpop_jkt",
	    [ROTATE_DPOP_REQUIRED] = "dpop_required",
	    [ROTATE_AHEAD] = "ahead",
	    [ROTATE_REPLAYED] = "replayed",
	    [ROTATE_BAD_CLIENT] = OUTCOME_BAD_CLIENT,
	    [ROTATE_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	client_add_grantee(&params, client);
	store_add_text(&params, rotation->session_id);
	store_add_int64(&params, rotation->generation);
	store_add_text(&params, rotation->token_hash);
	store_add_text(&params, rotation->successor_hash);
	store_add_text(&params, rotation->scope);
	store_add_text(&params, rotation->resource);
	store_add_text(&params, rotation->default_scope);
	store_add_text(&params, rotation->default_resource);
	store_add_int64(&params, terms->access_s);
	store_add_int64(&params, terms->idle_s);
	store_add_int64(&params, terms->session_s);
	store_add_int64(&params, terms->grace_s);
	store_add_text(&params, terms->remote);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == ROTATE_OK || outcome == ROTATE_REPEATED) {
		session_read_grant(arena, row, rotation->session_id, ret);
		ret->refresh = true;
		ret->elsewhere = store_bool(row, 0, "elsewhere");
	}
	return (enum rotate_result)outcome;
}

enum legacy_result
session_find_legacy(struct store *store, struct arena *arena, const char *token,
    const char **session_id, const char **token_hash)
{
	static const struct statement statement = {"session_find_legacy",
	    "SELECT * FROM oauth.session_find_legacy($1, $2, $3)",
	    .repeatable = true};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_legacy_hashes(&params, token);
	row = store_call(store, &statement, &params);
	if (!row)
		return LEGACY_STORE_DOWN;
	*session_id = store_text(arena, row, 0, "session_id");
	*token_hash = store_text(arena, row, 0, "token_hash");
	/* Not logged: the outcome of the rotation is. */
	return text_equal(PQgetvalue(row, 0, 0), "found") ? LEGACY_FOUND
	                                                  : LEGACY_UNKNOWN;
}

enum revoke_result
session_revoke(struct store *store, struct arena *arena,
    const struct client_credentials *client, const char *session_id)
{
	static const struct statement statement = {"session_revoke",
	    "SELECT oauth.session_revoke($1, $2, $3, $4)", .repeatable = true};
	static const char *const outcomes[] = {
	    [REVOKE_DONE] = "done",
	    [REVOKE_UNKNOWN] = "unknown",
	    [REVOKE_NOT_YOURS] = "not_yours",
	    [REVOKE_BAD_CLIENT] = OUTCOME_BAD_CLIENT,
	    [REVOKE_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	client_add_credentials(&params, client);
	store_add_text(&params, session_id);
	return (enum revoke_result)outcome_of(store, &statement, &params,
	    outcomes, &row);
}
