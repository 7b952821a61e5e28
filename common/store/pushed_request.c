/* SPDX-License-Identifier: MIT */
#include "store/pushed_request.h"

enum pushed_create_result
pushed_request_create(struct store *store, struct arena *arena,
    const struct sha256 *request_uri_digest,
    const struct authorization_request *request, int64_t expires_s)
{
	static const struct statement statement = {"pushed_request_create",
	    "SELECT oauth.pushed_request_create($1, $2, $3, $4, $5, $6, $7, "
	    "$8, $9, $10, $11, $12, $13)",
	    false};
	static const char *const outcomes[] = {
	    [PUSHED_CREATED] = "created",
	    [PUSHED_UNKNOWN_CLIENT] = "unknown_client",
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_digest(&params, request_uri_digest);
	store_add_text(&params, request->client_id);
	store_add_text(&params, request->redirect_uri);
	store_add_text(&params, request->scope);
	store_add_text(&params, request->resource);
	store_add_text(&params, request->state);
	store_add_text(&params, request->code_challenge);
	store_add_text(&params, request->prompt);
	authorization_add_openid(&params, request);
	store_add_int64(&params, expires_s);
	row = store_call(store, &statement, &params);
	outcome = row ? store_outcome(row, outcomes, 2) : -1;
	return outcome < 0 ? PUSHED_CREATE_STORE_DOWN
	                   : (enum pushed_create_result)outcome;
}

enum pushed_use_result
pushed_request_use(struct store *store, struct arena *arena,
    const struct sha256 *request_uri_digest, const char *client_id,
    const struct browser *browser, const char *request_id, int64_t expires_s,
    struct authorization_request *ret, bool *signed_in)
{
	static const struct statement statement = {"pushed_request_use",
	    "SELECT * FROM oauth.pushed_request_use($1, $2, $3, $4, $5, $6)",
	    false};
	static const char *const outcomes[] = {
	    [PUSHED_USED] = "used",
	    [PUSHED_UNKNOWN] = "unknown",
	    [PUSHED_EXPIRED] = "expired",
	    [PUSHED_NOT_YOURS] = "not_yours",
	    [PUSHED_CLIENT] = "unknown_client",
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
	row = store_call(store, &statement, &params);
	outcome = row ? store_outcome(row, outcomes, 5) : -1;
	if (outcome < 0)
		return PUSHED_USE_STORE_DOWN;
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
