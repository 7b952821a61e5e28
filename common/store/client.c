/* SPDX-License-Identifier: MIT */
#include "store/client.h"

#include "store/outcome.h"

void
client_add_credentials(struct store_params *params,
    const struct client_credentials *client)
{
	store_add_text(params, client->client_id);
	store_add_text(params, client->method);
	store_add_digest(params,
	    client->has_secret ? &client->client_secret_digest : NULL);
}

void
client_add_grantee(struct store_params *params,
    const struct client_credentials *client)
{
	client_add_credentials(params, client);
	store_add_text(params, client->dpop_jkt);
}

enum client_result
client_get(struct store *store, struct arena *arena, const char *client_id,
    struct client *ret)
{
	static const struct statement statement = {"client_get",
	    "SELECT * FROM oauth.client_get($1)", .repeatable = true};
	static const char *const outcomes[] = {
	    [CLIENT_OK] = "ok",
	    [CLIENT_UNKNOWN] = "unknown_client",
	    [CLIENT_REFUSED] = "disabled",
	    [CLIENT_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_text(&params, client_id);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome != CLIENT_OK)
		return (enum client_result)outcome;
	ret->client_id = client_id;
	ret->client_name = store_text(arena, row, 0, "client_name");
	ret->client_uri = store_text(arena, row, 0, "client_uri");
	ret->redirect_uris = store_text(arena, row, 0, "redirect_uris");
	ret->grant_types = store_text(arena, row, 0, "grant_types");
	ret->scope = store_text(arena, row, 0, "scope");
	ret->token_endpoint_auth_method = store_text(arena, row, 0,
	    "token_endpoint_auth_method");
	ret->fresh = store_bool(row, 0, "fresh");
	ret->usable = store_bool(row, 0, "usable");
	ret->known = store_bool(row, 0, "known");
	ret->registration = store_text(arena, row, 0, "registration");
	return CLIENT_OK;
}

bool
client_post_logout(struct store *store, struct arena *arena,
    const char *client_id, const char **post_logout_redirect_uris)
{
	static const struct statement statement = {"client_post_logout",
	    "SELECT oauth.client_post_logout($1) AS uris", .repeatable = true};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	const char *uris;

	store_add_text(&params, client_id);
	row = store_call(store, &statement, &params);
	if (!row)
		return false;
	uris = store_text(arena, row, 0, "uris");
	*post_logout_redirect_uris = uris ? uris : "";
	return true;
}

enum client_result
client_check(struct store *store, struct arena *arena,
    const struct client_credentials *client)
{
	static const struct statement statement = {"client_check",
	    "SELECT oauth.client_check($1, $2, $3)", .repeatable = true};
	static const char *const outcomes[] = {
	    [CLIENT_OK] = "ok",
	    [CLIENT_UNKNOWN] = "unknown_client",
	    [CLIENT_REFUSED] = OUTCOME_BAD_CLIENT,
	    [CLIENT_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	client_add_credentials(&params, client);
	return (enum client_result)outcome_of(store, &statement, &params,
	    outcomes, &row);
}

void
client_add_metadata(struct store_params *params,
    const struct client_registration *registration)
{
	store_add_text(params, registration->client_name);
	store_add_digest(params, registration->client_secret_digest);
	store_add_text(params, registration->token_endpoint_auth_method);
	store_add_text(params, registration->redirect_uris);
	store_add_text(params, registration->grant_types);
	store_add_text(params, registration->scope);
	store_add_text(params, registration->client_uri);
	store_add_text(params, registration->logo_uri);
	store_add_text(params, registration->tos_uri);
	store_add_text(params, registration->policy_uri);
	store_add_text(params, registration->application_type);
	store_add_text(params, registration->software_id);
	store_add_text(params, registration->software_version);
	store_add_text(params, registration->jwks);
	store_add_text(params, registration->jwks_uri);
	store_add_text(params, registration->post_logout_redirect_uris);
}

enum client_register_result
client_register(struct store *store, struct arena *arena,
    const struct client_registration *registration, const char *remote,
    const char *receivers, int64_t limit, int64_t *issued_s,
    int64_t *retry_after_s)
{
	static const struct statement statement = {"client_register",
	    "SELECT * FROM oauth.client_register($1, $2, $3, $4, $5, $6, $7, "
	    "$8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, "
	    "$21, $22, $23, $24, $25)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [CLIENT_REGISTERED] = "registered",
	    [CLIENT_THROTTLED] = "throttled",
	    [CLIENT_DUPLICATE] = "duplicate",
	    [CLIENT_REGISTER_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_text(&params, registration->client_id);
	client_add_metadata(&params, registration);
	store_add_text(&params, registration->registration);
	store_add_text(&params, remote);
	store_add_int64(&params, limit);
	store_add_digest(&params,
	    registration->registration_access_token_digest);
	store_add_text(&params, receivers);
	store_add_text(&params, registration->resources);
	store_add_text(&params, registration->introspects);
	store_add_bool(&params, registration->dpop_bound_access_tokens);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == CLIENT_REGISTER_STORE_DOWN)
		return CLIENT_REGISTER_STORE_DOWN;
	*issued_s = store_int64(row, 0, "issued_s");
	*retry_after_s = store_int64(row, 0, "retry_after_s");
	return (enum client_register_result)outcome;
}
