/* SPDX-License-Identifier: MIT */
#include "store/purge.h"

PGresult *
store_purge(struct store *store, struct arena *arena, int64_t batch,
    int64_t audit_keep_days)
{
	static const struct statement statement = {"purge",
	    "SELECT * FROM oauth.purge($1, $2)", .repeatable = true};
	struct store_params params = {.arena = arena};

	store_add_int64(&params, batch);
	if (audit_keep_days == STORE_PURGE_NO_AUDIT)
		store_add_text(&params, NULL);
	else
		store_add_int64(&params, audit_keep_days);
	return store_call(store, &statement, &params);
}
