/* SPDX-License-Identifier: MIT */
/*
 * listing.h - what an operator lists, page by page: there may be a million
 * rows, and none of them is held longer than its page.
 */
#ifndef STORE_LISTING_H
#define STORE_LISTING_H

#include "store/store.h"

/* With what they are limited by; each may be NULL. */
enum listing {
	LISTING_USERS,      /* disabled ("t" or "f") */
	LISTING_CLIENTS,    /* registration, disabled */
	LISTING_SESSIONS,   /* email, client_id */
	LISTING_CONSENTS,   /* email, client_id */
	LISTING_IDENTITIES, /* source */
	LISTING_AUDIT,      /* email or user_id, client_id, event, since */
};

/*
 * No more than limit rows, as the functions of that name return them; filters
 * are those above, in order.  after is column "cursor" of the last row of the
 * page before, NULL for the first page.
 *
 * Returns the rows, which the caller clears; NULL when the database is away or
 *         refused.
 */
PGresult *listing_page(struct store *store, struct arena *arena,
    enum listing listing, const char *const *filters, const char *after,
    int64_t limit) __attribute__((__warn_unused_result__));

/*
 * The last limit rows of the audit when snapshot is NULL; when it is column
 * "snapshot" of the last row of an earlier answer, what came since.  filters are
 * those of LISTING_AUDIT without the last; the last row holds nothing but the
 * snapshot.
 */
PGresult *listing_audit_new(struct store *store, struct arena *arena,
    const char *const *filters, const char *snapshot, int64_t limit)
    __attribute__((__warn_unused_result__));

#endif
