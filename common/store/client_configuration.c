/* SPDX-License-Identifier: MIT */
#include "store/client_configuration.h"

#include "store/outcome.h"

/* Call, and read the outcome, of which done is the good one. */
static enum configuration_result
call(struct store *store, const struct statement *statement,
    const struct store_params *params, const char *done, PGresult **row)
{
	const char *const outcomes[] = {
	    [CONFIGURATION_DONE] = done,
	    [CONFIGURATION_UNKNOWN_CLIENT] = "unknown_client",
	    [CONFIGURATION_DISABLED] = "disabled",
	    [CONFIGURATION_WRONG_TOKEN] = "wrong_token",
	    [CONFIGURATION_WRONG_SECRET] = "wrong_secret",
	    [CONFIGURATION_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};

	return (enum configuration_result)outcome_of(store, statement, params,
	    outcomes, row);
}

static struct client_registration
read_registration(struct arena *arena, const PGresult *row)
{
	return (struct client_registration){
	    .registration = "dynamic",
	    .client_name = store_text(arena, row, 0, "client_name"),
	    .token_endpoint_auth_method = store_text(arena, row, 0,
	        "token_endpoint_auth_method"),
	    .redirect_uris = store_text(arena, row, 0, "redirect_uris"),
	    .grant_types = store_text(arena, row, 0, "grant_types"),
	    .scope = store_text(arena, row, 0, "scope"),
	    .client_uri = store_text(arena, row, 0, "client_uri"),
	    .logo_uri = store_text(arena, row, 0, "logo_uri"),
	    .tos_uri = store_text(arena, row, 0, "tos_uri"),
	    .policy_uri = store_text(arena, row, 0, "policy_uri"),
	    .application_type = store_text(arena, row, 0, "application_type"),
	    .software_id = store_text(arena, row, 0, "software_id"),
	    .software_version = store_text(arena, row, 0, "software_version"),
	    .jwks = store_text(arena, row, 0, "jwks"),
	    .jwks_uri = store_text(arena, row, 0, "jwks_uri"),
	    .post_logout_redirect_uris = store_text(arena, row, 0,
	        "post_logout_redirect_uris"),
	    .dpop_bound_access_tokens = store_bool(row, 0,
	        "dpop_bound_access_tokens"),
	};
}

enum configuration_result
client_configuration_get(struct store *store, struct arena *arena,
    const char *client_id, const struct sha256 *registration_access_token,
    struct client_registration *ret, int64_t *issued_s)
{
	static const struct statement statement = {"client_configuration_get",
	    "SELECT * FROM oauth.client_configuration_get($1, $2)",
	    .repeatable = true};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	enum configuration_result result;

	store_add_text(&params, client_id);
	store_add_digest(&params, registration_access_token);
	result = call(store, &statement, &params, "ok", &row);
	if (result != CONFIGURATION_DONE)
		return result;
	*ret = read_registration(arena, row);
	ret->client_id = client_id;
	*issued_s = store_int64(row, 0, "issued_s");
	return CONFIGURATION_DONE;
}

enum configuration_result
client_configuration_put(struct store *store, struct arena *arena,
    const struct client_registration *registration,
    const struct sha256 *registration_access_token,
    const struct sha256 *presented_secret, int64_t *issued_s,
    bool *secret_issued)
{
	static const struct statement statement = {"client_configuration_put",
	    "SELECT * FROM oauth.client_configuration_put($1, $2, $3, $4, $5, "
	    "$6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, "
	    "$20)",
	    .repeatable = false};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	enum configuration_result result;

	store_add_text(&params, registration->client_id);
	store_add_digest(&params, registration_access_token);
	store_add_digest(&params, presented_secret);
	client_add_metadata(&params, registration);
	store_add_bool(&params, registration->dpop_bound_access_tokens);
	result = call(store, &statement, &params, "updated", &row);
	if (result != CONFIGURATION_DONE)
		return result;
	*issued_s = store_int64(row, 0, "issued_s");
	*secret_issued = store_bool(row, 0, "secret_issued");
	return CONFIGURATION_DONE;
}

enum configuration_result
client_configuration_delete(struct store *store, struct arena *arena,
    const char *client_id, const struct sha256 *registration_access_token,
    const char *remote)
{
	static const struct statement statement =
	    {"client_configuration_delete",
	        "SELECT oauth.client_configuration_delete($1, $2, $3)",
	        .repeatable = false};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_text(&params, client_id);
	store_add_digest(&params, registration_access_token);
	store_add_text(&params, remote);
	return call(store, &statement, &params, "deleted", &row);
}
