/* SPDX-License-Identifier: MIT */
/* revocation.h - what was revoked since, for the guards. */
#ifndef STORE_REVOCATION_H
#define STORE_REVOCATION_H

#include "store/store.h"

enum revocation_kind {
	REVOKED_SESSION,
	REVOKED_USER,
	REVOKED_CLIENT,
	REVOKED_JTI,
	REVOKED_ALL,
};

struct revocation {
	enum revocation_kind kind;
	const char *subject;  /* "" with REVOKED_ALL */
	int64_t not_before_s; /* tokens issued at or before this are dead */
	int64_t expires_s;
};

/*
 * Revocations whose transaction is not older than since ("0": all), by
 * transaction and not by time, so that a late commit is not missed.  *next is
 * what to ask with the next time.  False when the database is away.
 */
bool revocations_since(struct store *store, struct arena *arena,
    const char *since, const char **next, struct revocation **ret, size_t *n)
    __attribute__((__warn_unused_result__));

#endif
