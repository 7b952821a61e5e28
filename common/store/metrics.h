/* SPDX-License-Identifier: MIT */
/* metrics.h - what the database can tell a monitor. */
#ifndef STORE_METRICS_H
#define STORE_METRICS_H

#include "store/store.h"

/* Numbers of rows are estimates once they are large. */
struct store_metrics {
	int64_t migration;
	int64_t sessions, users, clients, authorization_requests, revocations;
	int64_t purge_overdue_s; /* age of what purge should have removed */
	int64_t connections, max_connections;
};

/* False when the database is away. */
bool store_metrics(struct store *store, struct arena *arena,
    struct store_metrics *ret) __attribute__((__warn_unused_result__));

#endif
