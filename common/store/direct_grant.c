/* SPDX-License-Identifier: MIT */
#include "store/direct_grant.h"

#include "store/outcome.h"

static const char *const outcomes[] = {
    [DIRECT_GRANTED] = "granted",
    [DIRECT_PUBLIC_CLIENT] = "public_client",
    [DIRECT_GRANT_TYPE] = "grant_type",
    [DIRECT_RESOURCE] = "resource",
    [DIRECT_SCOPE] = "scope",
    [DIRECT_DPOP_REQUIRED] = "dpop_required",
    [DIRECT_REPLAYED] = "replayed",
    [DIRECT_UNKNOWN_USER] = "unknown_user",
    [DIRECT_USER] = "user",
    [DIRECT_BAD_CLIENT] = OUTCOME_BAD_CLIENT,
    [DIRECT_STORE_DOWN] = OUTCOME_NO_ANSWER,
};

static enum direct_grant_result
call(struct store *store, struct arena *arena,
    const struct statement *statement, const struct store_params *params,
    const char *session_id, struct session_grant *ret)
{
	AUTO_RESULT *row = NULL;
	int outcome = outcome_of(store, statement, params, outcomes, &row);

	if (outcome == DIRECT_GRANTED)
		session_read_grant(arena, row, session_id, ret);
	return (enum direct_grant_result)outcome;
}

enum direct_grant_result
machine_grant(struct store *store, struct arena *arena,
    const struct client_credentials *client, const struct direct_grant *grant,
    const char *supported, const struct session_terms *terms,
    struct session_grant *ret)
{
	static const struct statement statement = {"machine_grant",
	    "SELECT * FROM oauth.machine_grant($1, $2, $3, $4, $5, $6, $7, $8, "
	    "$9, $10)",
	    .repeatable = false, .ends_in_text = true};
	struct store_params params = {.arena = arena};

	client_add_grantee(&params, client);
	store_add_text(&params, grant->scope);
	store_add_text(&params, supported);
	store_add_text(&params, grant->resource);
	store_add_text(&params, grant->session_id);
	store_add_int64(&params, terms->access_s);
	store_add_text(&params, terms->remote);
	return call(store, arena, &statement, &params, grant->session_id, ret);
}

enum direct_grant_result
assertion_grant(struct store *store, struct arena *arena,
    const struct client_credentials *client, const struct vouched *vouched,
    const struct direct_grant *grant, const struct session_terms *terms,
    struct session_grant *ret)
{
	static const struct statement statement = {"assertion_grant",
	    "SELECT * FROM oauth.assertion_grant($1, $2, $3, $4, $5, $6, $7, "
	    "$8, $9, $10, $11, $12, $13, $14)",
	    .repeatable = false, .ends_in_text = true};
	struct store_params params = {.arena = arena};

	client_add_grantee(&params, client);
	store_add_text(&params, vouched->issuer);
	store_add_text(&params, vouched->subject);
	store_add_text(&params, vouched->email);
	store_add_digest(&params, &vouched->jti_digest);
	store_add_int64(&params, vouched->jti_expires_s);
	store_add_text(&params, grant->scope);
	store_add_text(&params, grant->resource);
	store_add_text(&params, grant->session_id);
	store_add_int64(&params, terms->access_s);
	store_add_text(&params, terms->remote);
	return call(store, arena, &statement, &params, grant->session_id, ret);
}
