/* SPDX-License-Identifier: MIT */
#include "store/token_state.h"

#include "store/store.h"

const char *
access_token_state(struct store *store, struct arena *arena,
    const struct introspected *token)
{
	static const struct statement statement = {"access_token_state",
	    "SELECT oauth.access_token_state($1, $2, $3, $4) AS state",
	    .repeatable = true};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_text(&params, token->session_id);
	store_add_text(&params, token->client_id);
	store_add_text(&params, token->jti);
	store_add_int64(&params, token->issued_s);
	row = store_call(store, &statement, &params);
	return row ? store_text(arena, row, 0, "state") : NULL;
}

const char *
refresh_token_state(struct store *store, struct arena *arena,
    const char *session_id, const char *token, const char **ret)
{
	static const struct statement statement = {"refresh_token_state",
	    "SELECT * FROM oauth.refresh_token_state($1, $2, $3, $4)",
	    .repeatable = true};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_text(&params, session_id);
	store_add_legacy_hashes(&params, token);
	row = store_call(store, &statement, &params);
	if (!row)
		return NULL;
	*ret = store_text(arena, row, 0, "session_id");
	return store_text(arena, row, 0, "state");
}
