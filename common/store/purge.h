/* SPDX-License-Identifier: MIT */
/* purge.h - removing what is of no more use. */
#ifndef STORE_PURGE_H
#define STORE_PURGE_H

#include "store/store.h"

enum { STORE_PURGE_NO_AUDIT = -1 };

/*
 * Remove up to batch rows of each kind, and the months of the audit that ended
 * more than audit_keep_days ago, or none (STORE_PURGE_NO_AUDIT).
 *
 * Returns a row for each kind, with columns kind and deleted; NULL when the
 *         database is away.
 */
PGresult *store_purge(struct store *store, struct arena *arena, int64_t batch,
    int64_t audit_keep_days) __attribute__((__warn_unused_result__));

#endif
