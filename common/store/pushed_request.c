/* SPDX-License-Identifier: MIT */
#include "store/pushed_request.h"

#include "store/outcome.h"

enum pushed_create_result
pushed_request_create(struct store *store, struct arena *arena,
    const struct sha256 *request_uri_digest,
    const struct authorization_request *request, int64_t expires_s)
{
	static const struct statement statement = {"pushed_request_create",
	    "SELECT oauth.pushed_request_create($1, $2, $3, $4, $5, $6, $7, "
	    "$8, $9, $10, $11, $12, $13, $14)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [PUSHED_CREATED] = "created",
	    [PUSHED_UNKNOWN_CLIENT] = "unknown_client",
	    [PUSHED_CREATE_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_digest(&params, request_uri_digest);
	authorization_add_request(&params, request);
	store_add_int64(&params, expires_s);
	return (enum pushed_create_result)outcome_of(store, &statement, &params,
	    outcomes, &row);
}

enum pushed_use_result
pushed_request_use(struct store *store, struct arena *arena,
    const struct sha256 *request_uri_digest, const char *client_id,
    const struct browser *browser, const char *request_id, int64_t expires_s,
    struct authorization_request *ret, bool *signed_in)
{
	static const struct statement statement = {"pushed_request_use",
	    "SELECT * FROM oauth.pushed_request_use($1, $2, $3, $4, $5, $6)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [PUSHED_USED] = "used",
	    [PUSHED_UNKNOWN] = "unknown",
	    [PUSHED_EXPIRED] = "expired",
	    [PUSHED_NOT_YOURS] = "not_yours",
	    [PUSHED_CLIENT] = "unknown_client",
	    [PUSHED_USE_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_digest(&params, request_uri_digest);
	store_add_text(&params, client_id);
	store_add_text(&params, request_id);
	store_add_digest(&params, &browser->browser_digest);
	store_add_digest(&params, browser->login_digest);
	store_add_int64(&params, expires_s);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == PUSHED_USED) {
		*ret = (struct authorization_request){
		    .request_id = request_id,
		    .client_id = client_id,
		    .redirect_uri = store_text(arena, row, 0, "redirect_uri"),
		    .state = store_text(arena, row, 0, "state"),
		    .prompt = store_text(arena, row, 0, "prompt"),
		    .max_age_s = store_text(arena, row, 0, "max_age_s"),
		};
		*signed_in = store_bool(row, 0, "signed_in");
	}
	return (enum pushed_use_result)outcome;
}
