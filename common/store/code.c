/* SPDX-License-Identifier: MIT */
#include "store/code.h"

#include "store/outcome.h"

enum code_result
code_redeem(struct store *store, struct arena *arena,
    const struct client_credentials *client,
    const struct code_redemption *redemption, const struct session_terms *terms,
    struct session_grant *ret)
{
	static const struct statement statement = {"code_redeem",
	    "SELECT * FROM oauth.code_redeem($1, $2, $3, $4, $5, $6, $7, $8, "
	    "$9, $10, $11, $12, $13, $14)",
	    .repeatable = false, .ends_in_text = true};
	static const char *const outcomes[] = {
	    [CODE_REDEEMED] = "redeemed",
	    [CODE_UNKNOWN] = "unknown",
	    [CODE_EXPIRED] = "expired",
	    [CODE_NOT_YOURS] = "not_yours",
	    [CODE_REDIRECT_URI] = "redirect_uri",
	    [CODE_RESOURCE] = "resource",
	    [CODE_WRONG_VERIFIER] = "verifier",
	    [CODE_USER] = "user",
	    [CODE_GRANT_TYPE] = "grant_type",
	    [CODE_DPOP_JKT] = "dpop_jkt",
	    [CODE_DPOP_REQUIRED] = "dpop_required",
	    [CODE_REPLAYED] = "replayed",
	    [CODE_BAD_CLIENT] = OUTCOME_BAD_CLIENT,
	    [CODE_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	client_add_grantee(&params, client);
	store_add_digest(&params, &redemption->code_digest);
	store_add_text(&params, redemption->redirect_uri);
	store_add_text(&params, redemption->code_challenge);
	store_add_text(&params, redemption->resource);
	store_add_text(&params, redemption->session_id);
	store_add_text(&params, redemption->refresh_token_hash);
	session_add_terms(&params, terms);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == CODE_REDEEMED)
		session_read_start(arena, row, redemption->session_id, ret);
	return (enum code_result)outcome;
}
