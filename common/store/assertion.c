/* SPDX-License-Identifier: MIT */
#include "store/assertion.h"

#include "store/outcome.h"

enum client_keys_result
client_keys(struct store *store, struct arena *arena, const char *client_id,
    struct client_keys *ret)
{
	static const struct statement statement = {"client_keys",
	    "SELECT * FROM oauth.client_keys($1)", .repeatable = true};
	static const char *const outcomes[] = {
	    [CLIENT_KEYS_OK] = "ok",
	    [CLIENT_KEYS_UNKNOWN] = "unknown_client",
	    [CLIENT_KEYS_NONE] = "no_keys",
	    [CLIENT_KEYS_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_text(&params, client_id);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == CLIENT_KEYS_STORE_DOWN)
		return CLIENT_KEYS_STORE_DOWN;
	ret->jwks = store_text(arena, row, 0, "jwks");
	ret->jwks_uri = store_text(arena, row, 0, "jwks_uri");
	ret->fresh = store_bool(row, 0, "fresh");
	ret->known = store_bool(row, 0, "known");
	return (enum client_keys_result)outcome;
}

enum client_keys_result
issuer_keys(struct store *store, struct arena *arena, const char *issuer,
    const char *jwks_uri, struct client_keys *ret)
{
	static const struct statement statement = {"issuer_keys",
	    "SELECT * FROM oauth.issuer_keys($1, $2)", .repeatable = true};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_text(&params, issuer);
	store_add_text(&params, jwks_uri);
	row = store_call(store, &statement, &params);
	if (!row)
		return CLIENT_KEYS_STORE_DOWN;
	ret->jwks = store_text(arena, row, 0, "jwks");
	ret->jwks_uri = jwks_uri;
	ret->fresh = store_bool(row, 0, "fresh");
	ret->known = true;
	return CLIENT_KEYS_OK;
}

bool
keys_turn(struct store *store, struct arena *arena, enum keys_of kind,
    const char *owner, const char *jwks_uri, int64_t wait_s)
{
	static const struct statement statements[] = {
	    [KEYS_OF_CLIENT] = {"client_keys_turn",
	        "SELECT oauth.client_keys_turn($1, $2, $3) AS taken",
	        .repeatable = false},
	    [KEYS_OF_ISSUER] = {"issuer_keys_turn",
	        "SELECT oauth.issuer_keys_turn($1, $2, $3) AS taken",
	        .repeatable = false},
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_text(&params, owner);
	store_add_text(&params, jwks_uri);
	store_add_int64(&params, wait_s);
	row = store_call(store, &statements[kind], &params);
	return row && store_bool(row, 0, "taken");
}

bool
keys_put(struct store *store, struct arena *arena, enum keys_of kind,
    const char *owner, const char *jwks_uri, const char *jwks, int64_t fresh_s)
{
	static const struct statement statements[] = {
	    [KEYS_OF_CLIENT] = {"client_keys_put",
	        "SELECT oauth.client_keys_put($1, $2, $3, $4)",
	        .repeatable = true},
	    [KEYS_OF_ISSUER] = {"issuer_keys_put",
	        "SELECT oauth.issuer_keys_put($1, $2, $3, $4)",
	        .repeatable = true},
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_text(&params, owner);
	store_add_text(&params, jwks_uri);
	store_add_text(&params, jwks);
	store_add_int64(&params, fresh_s);
	row = store_call(store, &statements[kind], &params);
	return row != NULL;
}

enum jti_result
jti_take(struct store *store, struct arena *arena, const struct sha256 *digest,
    int64_t expires_s)
{
	static const struct statement statement = {"jti_take",
	    "SELECT oauth.jti_take($1, $2) AS fresh", .repeatable = false};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_digest(&params, digest);
	store_add_int64(&params, expires_s);
	row = store_call(store, &statement, &params);
	if (!row)
		return JTI_STORE_DOWN;
	return store_bool(row, 0, "fresh") ? JTI_FRESH : JTI_SPENT;
}
