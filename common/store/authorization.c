/* SPDX-License-Identifier: MIT */
#include "store/authorization.h"

#include "store/outcome.h"

static void
add_request_and_browser(struct store_params *params, const char *request_id,
    const struct browser *browser)
{
	store_add_text(params, request_id);
	store_add_digest(params, &browser->browser_digest);
	store_add_digest(params, browser->login_digest);
}

void
authorization_add_request(struct store_params *params,
    const struct authorization_request *request)
{
	store_add_text(params, request->client_id);
	store_add_text(params, request->redirect_uri);
	store_add_text(params, request->scope);
	store_add_text(params, request->resource);
	store_add_text(params, request->state);
	store_add_text(params, request->code_challenge);
	store_add_text(params, request->prompt);
	store_add_text(params, request->nonce);
	store_add_text(params, request->max_age_s);
	store_add_text(params, request->login_hint);
	store_add_text(params, request->expected_user_id);
	store_add_text(params, request->dpop_jkt);
}

enum authorization_create_result
authorization_request_create(struct store *store, struct arena *arena,
    const struct browser *browser, const struct authorization_request *request,
    int64_t expires_s, bool *signed_in)
{
	static const struct statement statement =
	    {"authorization_request_create",
	        "SELECT * FROM oauth.authorization_request_create($1, $2, $3, "
	        "$4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
	        .repeatable = false};
	static const char *const outcomes[] = {
	    [AUTHORIZATION_CREATED] = "created",
	    [AUTHORIZATION_UNKNOWN_CLIENT] = "unknown_client",
	    [AUTHORIZATION_CREATE_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	add_request_and_browser(&params, request->request_id, browser);
	authorization_add_request(&params, request);
	store_add_int64(&params, expires_s);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == AUTHORIZATION_CREATE_STORE_DOWN)
		return AUTHORIZATION_CREATE_STORE_DOWN;
	*signed_in = store_bool(row, 0, "signed_in");
	return (enum authorization_create_result)outcome;
}

static void
read_request(struct arena *arena, const PGresult *row, const char *request_id,
    struct authorization_request *ret)
{
	ret->request_id = request_id;
	ret->client_id = store_text(arena, row, 0, "client_id");
	ret->client_name = store_text(arena, row, 0, "client_name");
	ret->client_uri = store_text(arena, row, 0, "client_uri");
	ret->registration = store_text(arena, row, 0, "registration");
	ret->redirect_uri = store_text(arena, row, 0, "redirect_uri");
	ret->scope = store_text(arena, row, 0, "scope");
	ret->scope_asked = store_text(arena, row, 0, "scope_asked");
	ret->resource = store_text(arena, row, 0, "resource");
	ret->state = store_text(arena, row, 0, "state");
	ret->prompt = store_text(arena, row, 0, "prompt");
	ret->login_hint = store_text(arena, row, 0, "login_hint");
	ret->code_challenge = NULL;
	ret->user_id = store_text(arena, row, 0, "user_id");
	ret->email = store_text(arena, row, 0, "email");
	ret->remembered = store_bool(row, 0, "remembered");
	ret->device_code_digest = store_text(arena, row, 0,
	    "device_code_digest");
}

enum authorization_result
authorization_request_get(struct store *store, struct arena *arena,
    const char *request_id, const struct browser *browser,
    struct authorization_request *ret)
{
	static const struct statement statement = {"authorization_request_get",
	    "SELECT * FROM oauth.authorization_request_get($1, $2, $3)",
	    .repeatable = true};
	static const char *const outcomes[] = {
	    [AUTHORIZATION_PENDING] = "pending",
	    [AUTHORIZATION_UNKNOWN] = "unknown",
	    [AUTHORIZATION_EXPIRED] = "expired",
	    [AUTHORIZATION_DECIDED] = "decided",
	    [AUTHORIZATION_OTHER_BROWSER] = "other_browser",
	    [AUTHORIZATION_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	add_request_and_browser(&params, request_id, browser);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == AUTHORIZATION_PENDING)
		read_request(arena, row, request_id, ret);
	return (enum authorization_result)outcome;
}

/* Both decisions answer alike; made is what the function calls its success. */
static enum decision_result
decide(struct store *store, struct arena *arena,
    const struct statement *statement, const struct store_params *params,
    const char *made, struct decision *ret)
{
	const char *const outcomes[] = {
	    [DECISION_MADE] = made,
	    [DECISION_REPEATED] = "repeated",
	    [DECISION_UNKNOWN] = "unknown",
	    [DECISION_EXPIRED] = "expired",
	    [DECISION_DECIDED] = "decided",
	    [DECISION_OTHER_BROWSER] = "other_browser",
	    [DECISION_NOT_SIGNED_IN] = "not_signed_in",
	    [DECISION_SCOPE] = "scope",
	    [DECISION_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	AUTO_RESULT *row = NULL;
	int outcome = outcome_of(store, statement, params, outcomes, &row);

	if (outcome == DECISION_MADE || outcome == DECISION_REPEATED) {
		ret->redirect_uri = store_text(arena, row, 0, "redirect_uri");
		ret->state = store_text(arena, row, 0, "state");
		ret->client_id = store_text(arena, row, 0, "client_id");
	}
	return (enum decision_result)outcome;
}

enum decision_result
consent_grant(struct store *store, struct arena *arena, const char *request_id,
    const struct browser *browser, const struct sha256 *code_digest,
    int64_t code_expires_s, bool remember, const char *remote,
    struct decision *ret)
{
	static const struct statement statement = {"consent_grant",
	    "SELECT * FROM oauth.consent_grant($1, $2, $3, $4, $5, $6, $7)",
	    .repeatable = false};
	struct store_params params = {.arena = arena};

	add_request_and_browser(&params, request_id, browser);
	store_add_digest(&params, code_digest);
	store_add_int64(&params, code_expires_s);
	store_add_bool(&params, remember);
	store_add_text(&params, remote);
	return decide(store, arena, &statement, &params, "granted", ret);
}

enum decision_result
consent_deny(struct store *store, struct arena *arena, const char *request_id,
    const struct browser *browser, const char *remote, struct decision *ret)
{
	static const struct statement statement = {"consent_deny",
	    "SELECT * FROM oauth.consent_deny($1, $2, $3, $4)",
	    .repeatable = false};
	struct store_params params = {.arena = arena};

	add_request_and_browser(&params, request_id, browser);
	store_add_text(&params, remote);
	return decide(store, arena, &statement, &params, "denied", ret);
}
