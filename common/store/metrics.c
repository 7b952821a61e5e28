/* SPDX-License-Identifier: MIT */
#include "store/metrics.h"

bool
store_metrics(struct store *store, struct arena *arena,
    struct store_metrics *ret)
{
	static const struct statement statement = {"metrics",
	    "SELECT * FROM oauth.metrics()", .repeatable = true};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = store_call(store, &statement, &params);

	if (!row)
		return false;
	ret->migration = store_int64(row, 0, "migration");
	ret->sessions = store_int64(row, 0, "sessions");
	ret->users = store_int64(row, 0, "users");
	ret->clients = store_int64(row, 0, "clients");
	ret->authorization_requests = store_int64(row, 0,
	    "authorization_requests");
	ret->revocations = store_int64(row, 0, "revocations");
	ret->purge_overdue_s = store_int64(row, 0, "purge_overdue_s");
	ret->connections = store_int64(row, 0, "connections");
	ret->max_connections = store_int64(row, 0, "max_connections");
	return true;
}
