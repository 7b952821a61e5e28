/* SPDX-License-Identifier: MIT */
#include "store/introspection.h"

#include "store/outcome.h"

enum introspect_result
token_introspect(struct store *store, struct arena *arena,
    const struct client_credentials *client, const struct introspected *token,
    const char **username)
{
	static const struct statement statement = {"token_introspect",
	    "SELECT * FROM oauth.token_introspect($1, $2, $3, $4, $5, $6, $7, "
	    "$8)",
	    .repeatable = true};
	static const char *const outcomes[] = {
	    [INTROSPECT_ACTIVE] = "active",
	    [INTROSPECT_INACTIVE] = "inactive",
	    [INTROSPECT_NOT_ALLOWED] = "not_allowed",
	    [INTROSPECT_BAD_CLIENT] = OUTCOME_BAD_CLIENT,
	    [INTROSPECT_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	client_add_credentials(&params, client);
	store_add_text(&params, token->session_id);
	store_add_text(&params, token->client_id);
	store_add_text(&params, token->jti);
	store_add_int64(&params, token->issued_s);
	store_add_text(&params, token->resource);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == INTROSPECT_STORE_DOWN)
		return INTROSPECT_STORE_DOWN;
	*username = store_text(arena, row, 0, "username");
	return (enum introspect_result)outcome;
}

enum userinfo_result
userinfo(struct store *store, struct arena *arena,
    const struct introspected *token, const char *user_id,
    struct user_claims *ret)
{
	static const struct statement statement = {"userinfo",
	    "SELECT * FROM oauth.userinfo($1, $2, $3, $4, $5)",
	    .repeatable = true};
	static const char *const outcomes[] = {
	    [USERINFO_ACTIVE] = "active",
	    [USERINFO_INACTIVE] = "inactive",
	    [USERINFO_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_text(&params, token->session_id);
	store_add_text(&params, user_id);
	store_add_text(&params, token->client_id);
	store_add_text(&params, token->jti);
	store_add_int64(&params, token->issued_s);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == USERINFO_STORE_DOWN)
		return USERINFO_STORE_DOWN;
	ret->email = store_text(arena, row, 0, "email");
	ret->name = store_text(arena, row, 0, "user_name");
	return (enum userinfo_result)outcome;
}
