/* SPDX-License-Identifier: MIT */
#include "store/client_document.h"

#include "store/outcome.h"

enum document_put_result
client_document_put(struct store *store, struct arena *arena,
    const struct client_registration *registration, int64_t fresh_s)
{
	static const struct statement statement = {"client_document_put",
	    "SELECT oauth.client_document_put($1, $2, $3, $4, $5, $6, $7, $8, "
	    "$9, $10, $11, $12, $13, $14, $15, $16)",
	    .repeatable = true};
	static const char *const outcomes[] = {
	    [DOCUMENT_STORED] = "stored",
	    [DOCUMENT_REGISTERED_OTHERWISE] = "registered_otherwise",
	    [DOCUMENT_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_text(&params, registration->client_id);
	store_add_text(&params, registration->client_name);
	store_add_text(&params, registration->token_endpoint_auth_method);
	store_add_text(&params, registration->token_endpoint_auth_methods);
	store_add_text(&params, registration->redirect_uris);
	store_add_text(&params, registration->grant_types);
	store_add_text(&params, registration->scope);
	store_add_text(&params, registration->client_uri);
	store_add_text(&params, registration->logo_uri);
	store_add_text(&params, registration->tos_uri);
	store_add_text(&params, registration->policy_uri);
	store_add_text(&params, registration->jwks);
	store_add_text(&params, registration->jwks_uri);
	store_add_text(&params, registration->post_logout_redirect_uris);
	store_add_bool(&params, registration->dpop_bound_access_tokens);
	store_add_int64(&params, fresh_s);
	return (enum document_put_result)outcome_of(store, &statement, &params,
	    outcomes, &row);
}

bool
client_document_missed(struct store *store, struct arena *arena,
    const char *client_id, int64_t wait_s)
{
	static const struct statement statement = {"client_document_missed",
	    "SELECT oauth.client_document_missed($1, $2)", .repeatable = true};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_text(&params, client_id);
	store_add_int64(&params, wait_s);
	row = store_call(store, &statement, &params);
	return row != NULL;
}

enum fetch_take_result
fetch_take(struct store *store, struct arena *arena, const char *origin,
    const char *remote, const struct fetch_limits *limits,
    int64_t *retry_after_s)
{
	static const struct statement statement = {"fetch_take",
	    "SELECT oauth.fetch_take($1, $2, $3, $4) AS wait_s",
	    .repeatable = false};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_text(&params, origin);
	store_add_text(&params, remote);
	store_add_int64(&params, limits->per_origin);
	store_add_int64(&params, limits->total);
	row = store_call(store, &statement, &params);
	if (!row)
		return FETCH_TAKE_STORE_DOWN;
	*retry_after_s = store_int64(row, 0, "wait_s");
	return *retry_after_s > 0 ? FETCH_THROTTLED : FETCH_TAKEN;
}
