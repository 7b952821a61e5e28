/* SPDX-License-Identifier: MIT */
#include "store/identity.h"

#include "store/outcome.h"

enum identity_result
identity_sign_in(struct store *store, struct arena *arena,
    const struct identity_sign_in *sign_in, const char **user_id)
{
	static const struct statement statement = {"identity_sign_in",
	    "SELECT * FROM oauth.identity_sign_in($1, $2, $3, $4, $5, $6, $7, "
	    "$8, $9, $10, $11, $12, $13)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [IDENTITY_SIGNED_IN] = "signed_in",
	    [IDENTITY_UNKNOWN] = "unknown",
	    [IDENTITY_NO_EMAIL] = "email",
	    [IDENTITY_EMAIL_TAKEN] = "email_taken",
	    [IDENTITY_DISABLED] = "disabled",
	    [IDENTITY_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_text(&params, sign_in->source);
	store_add_text(&params, sign_in->name);
	store_add_text(&params, sign_in->email);
	store_add_bool(&params, sign_in->join);
	store_add_bool(&params, sign_in->provision);
	store_add_digest(&params, sign_in->login_digest);
	store_add_digest(&params, sign_in->previous_digest);
	store_add_int64(&params, sign_in->expires_s);
	store_add_int64(&params, sign_in->session_expires_s);
	store_add_text(&params, sign_in->scope_ruled);
	store_add_text(&params, sign_in->scope_given);
	store_add_text(&params, sign_in->remote);
	store_add_text(&params, sign_in->user_agent);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == IDENTITY_SIGNED_IN)
		*user_id = store_text(arena, row, 0, "user_id");
	return (enum identity_result)outcome;
}

enum identity_add_result
identity_add(struct store *store, struct arena *arena, const char *source,
    const char *name, const char **email)
{
	static const struct statement statement = {"identity_add",
	    "SELECT * FROM oauth.identity_add($1, $2, $3)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [IDENTITY_ADDED] = "added",
	    [IDENTITY_DUPLICATE] = "duplicate",
	    [IDENTITY_ADD_EMAIL_TAKEN] = "email_taken",
	    [IDENTITY_ADD_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_text(&params, source);
	store_add_text(&params, name);
	store_add_text(&params, *email);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome != IDENTITY_ADD_STORE_DOWN)
		*email = store_text(arena, row, 0, "email");
	return (enum identity_add_result)outcome;
}

enum identity_remove_result
identity_remove(struct store *store, struct arena *arena, const char *source,
    const char *name)
{
	static const struct statement statement = {"identity_remove",
	    "SELECT * FROM oauth.identity_remove($1, $2)", .repeatable = false};
	static const char *const outcomes[] = {
	    [IDENTITY_REMOVED] = "removed",
	    [IDENTITY_REMOVE_UNKNOWN] = "unknown",
	    [IDENTITY_REMOVE_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_text(&params, source);
	store_add_text(&params, name);
	return (enum identity_remove_result)outcome_of(store, &statement,
	    &params, outcomes, &row);
}
