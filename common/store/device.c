/* SPDX-License-Identifier: MIT */
#include "store/device.h"

#include "base/log.h"
#include "store/outcome.h"

enum device_create_result
device_authorization_create(struct store *store, struct arena *arena,
    const struct device_authorization *device)
{
	static const struct statement statement = {"device_authorization_"
	                                           "create",
	    "SELECT oauth.device_authorization_create($1, $2, $3, $4, $5, $6, "
	    "$7)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [DEVICE_CREATED] = "created",
	    [DEVICE_DUPLICATE] = "duplicate",
	    [DEVICE_UNKNOWN_CLIENT] = "unknown_client",
	    [DEVICE_CREATE_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_digest(&params, &device->device_code_digest);
	store_add_digest(&params, &device->user_code_digest);
	store_add_text(&params, device->client_id);
	store_add_text(&params, device->scope);
	store_add_text(&params, device->resource);
	store_add_int64(&params, device->interval_s);
	store_add_int64(&params, device->expires_s);
	return (enum device_create_result)outcome_of(store, &statement, &params,
	    outcomes, &row);
}

enum device_request_result
device_request_create(struct store *store, struct arena *arena,
    const struct sha256 *user_code_digest, const struct browser *browser,
    const char *request_id, int64_t expires_s, const char *remote,
    const struct device_limits *limits, bool *signed_in, int64_t *retry_after_s)
{
	static const struct statement statement = {"device_request_create",
	    "SELECT * FROM oauth.device_request_create($1, $2, $3, $4, $5, $6, "
	    "$7, $8, $9)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [DEVICE_REQUEST_CREATED] = "created",
	    [DEVICE_REQUEST_UNKNOWN] = "unknown",
	    [DEVICE_REQUEST_THROTTLED] = "throttled",
	    [DEVICE_REQUEST_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_digest(&params, user_code_digest);
	store_add_text(&params, request_id);
	store_add_digest(&params, &browser->browser_digest);
	store_add_digest(&params, browser->login_digest);
	store_add_int64(&params, expires_s);
	store_add_text(&params, remote);
	store_add_int64(&params, limits->per_remote);
	store_add_int64(&params, limits->per_user);
	store_add_int64(&params, limits->window_s);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == DEVICE_REQUEST_STORE_DOWN)
		return DEVICE_REQUEST_STORE_DOWN;
	log_text("client_id", store_text(arena, row, 0, "client_id"));
	*signed_in = store_bool(row, 0, "signed_in");
	*retry_after_s = store_int64(row, 0, "retry_after_s");
	return (enum device_request_result)outcome;
}
