/* SPDX-License-Identifier: MIT */
/* status.h - is the database there, and at which migration? */
#ifndef STORE_STATUS_H
#define STORE_STATUS_H

#include "store/store.h"

struct store_status {
	int64_t migration, now_s, server_version_num;
};

/* False when the database is away. */
bool store_status(struct store *store, struct arena *arena,
    struct store_status *ret) __attribute__((__warn_unused_result__));

#endif
