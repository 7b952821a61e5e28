/* SPDX-License-Identifier: MIT */
#include "store/device_redemption.h"

#include "store/outcome.h"

enum device_result
device_redeem(struct store *store, struct arena *arena,
    const struct client_credentials *client,
    const struct device_redemption *redemption,
    const struct session_terms *terms, struct session_grant *ret)
{
	static const struct statement statement = {"device_redeem",
	    "SELECT * FROM oauth.device_redeem($1, $2, $3, $4, $5, $6, $7, $8, "
	    "$9, $10, $11, $12)",
	    .repeatable = false, .ends_in_text = true};
	static const char *const outcomes[] = {
	    [DEVICE_REDEEMED] = "redeemed",
	    [DEVICE_PENDING] = "pending",
	    [DEVICE_SLOW_DOWN] = "slow_down",
	    [DEVICE_DENIED] = "denied",
	    [DEVICE_EXPIRED] = "expired",
	    [DEVICE_UNKNOWN] = "unknown",
	    [DEVICE_NOT_YOURS] = "not_yours",
	    [DEVICE_SPENT] = "spent",
	    [DEVICE_USER] = "user",
	    [DEVICE_RESOURCE] = "resource",
	    [DEVICE_GRANT_TYPE] = "grant_type",
	    [DEVICE_DPOP_REQUIRED] = "dpop_required",
	    [DEVICE_BAD_CLIENT] = OUTCOME_BAD_CLIENT,
	    [DEVICE_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	client_add_grantee(&params, client);
	store_add_digest(&params, &redemption->device_code_digest);
	store_add_text(&params, redemption->resource);
	store_add_text(&params, redemption->session_id);
	store_add_text(&params, redemption->refresh_token_hash);
	session_add_terms(&params, terms);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == DEVICE_REDEEMED)
		session_read_start(arena, row, redemption->session_id, ret);
	return (enum device_result)outcome;
}
