/* SPDX-License-Identifier: MIT */
#include "store/status.h"

bool
store_status(struct store *store, struct arena *arena, struct store_status *ret)
{
	static const struct statement statement = {"status",
	    "SELECT * FROM oauth.status()", .repeatable = true};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = store_call(store, &statement, &params);

	if (!row)
		return false;
	ret->migration = store_int64(row, 0, "migration");
	ret->now_s = store_int64(row, 0, "now_s");
	ret->server_version_num = store_int64(row, 0, "server_version_num");
	return true;
}
