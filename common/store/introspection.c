/* SPDX-License-Identifier: MIT */
#include "store/introspection.h"

#include "store/session.h"

enum introspect_result
token_introspect(struct store *store, struct arena *arena,
    const struct client_credentials *client, const struct introspected *token,
    const char **username)
{
	static const struct statement statement = {"token_introspect",
	    "SELECT * FROM oauth.token_introspect($1, $2, $3, $4, $5, $6, $7, "
	    "$8)",
	    true};
	static const char *const outcomes[] = {
	    [INTROSPECT_ACTIVE] = "active",
	    [INTROSPECT_INACTIVE] = "inactive",
	    [INTROSPECT_NOT_ALLOWED] = "not_allowed",
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
	row = store_call(store, &statement, &params);
	if (row && session_client_refused(row))
		return INTROSPECT_BAD_CLIENT;
	outcome = row ? store_outcome(row, outcomes, 3) : -1;
	if (outcome < 0)
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
	    "SELECT * FROM oauth.userinfo($1, $2, $3, $4, $5)", true};
	static const char *const outcomes[] = {
	    [USERINFO_ACTIVE] = "active",
	    [USERINFO_INACTIVE] = "inactive",
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_text(&params, token->session_id);
	store_add_text(&params, user_id);
	store_add_text(&params, token->client_id);
	store_add_text(&params, token->jti);
	store_add_int64(&params, token->issued_s);
	row = store_call(store, &statement, &params);
	outcome = row ? store_outcome(row, outcomes, 2) : -1;
	if (outcome < 0)
		return USERINFO_STORE_DOWN;
	ret->email = store_text(arena, row, 0, "email");
	ret->name = store_text(arena, row, 0, "user_name");
	return (enum userinfo_result)outcome;
}
