/* SPDX-License-Identifier: MIT */
/*
 * store.h - the worker's one connection to PostgreSQL, and the way every
 * statement goes: prepared at first use (poolers apart), parameters
 * bound, sent without blocking for longer than the deadline.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/settings.h"
#include "crypto/digest.h"

enum {
	STORE_CONNECT_MS = 3000, /* to one host */
	STORE_QUERY_MS = 8000,
	STORE_PARAMS_MAX = 32, /* with the two that store_call() adds */
};

struct store;

/*
 * Remembers where the database is; connects at the first call.  Never NULL.
 * A pooler that lends a connection for one transaction
 * (DATABASE_POOLER=transaction) must find nothing left behind in it: statements
 * are sent whole then, parsed anew each time, instead of prepared.
 */
struct store *store_open(const struct settings *settings);

/* The same from a connection string alone, which is copied; without a pooler. */
struct store *store_open_url(const char *database_url);

/*
 * For a command that a person waits for: calls may take as long as they take.
 * While one does, tick(arg) is called about once a second; when it returns
 * false the call is cancelled, and fails.
 */
void store_be_patient(struct store *store, bool (*tick)(void *arg), void *arg);

void store_close(struct store *store);

/* One call of one SQL function. */
struct statement {
	const char *name; /* the function's */
	const char *sql;
	bool repeatable; /* may be sent again when its outcome is unknown */
	/* It is called much, and its last parameter is of type text: what tells the
	 * database of origin.h can go into that, which costs it less. */
	bool ends_in_text;
	/* Its last parameter is the request_id, and added to those given; no more
	 * of the origin goes with it. */
	bool takes_request_id;
};

/* Bound parameters in the making, all in text form. */
struct store_params {
	struct arena *arena;
	const char *values[STORE_PARAMS_MAX];
	int n;
};

void store_add_text(struct store_params *params, const char *value);
void store_add_int64(struct store_params *params, int64_t value);
void store_add_bool(struct store_params *params, bool value);
void store_add_bytes(struct store_params *params, const void *value,
    size_t len_bytes); /* NULL for NULL */
void store_add_digest(struct store_params *params, const struct sha256 *value);
/* Three parameters: the SHA-256 of a token as sites that were adopted may have it,
 * in hex, base64 and base64url. */
void store_add_legacy_hashes(struct store_params *params, const char *token);
void store_add_digests(struct store_params *params, const struct sha256 *values,
    size_t n); /* an array; NULL for NULL */

/*
 * Call the function; what it audits bears the request of origin.h, for which
 * the statement is one SELECT without conditions.  A connection found dead is
 * opened anew first; one lost while waiting is not asked again unless the
 * statement is repeatable.
 *
 * Returns the rows (at least one), which the caller clears; NULL when the
 *         database could not be reached, answered too late or refused: the
 *         reason is on the log line as "fault".
 */
PGresult *store_call(struct store *store, const struct statement *statement,
    const struct store_params *params) __attribute__((__warn_unused_result__));

/* The same of a function that may answer with no row. */
PGresult *store_list(struct store *store, const struct statement *statement,
    const struct store_params *params) __attribute__((__warn_unused_result__));

/* How many connections were made so far.  Another one may be to another
 * database: a restored dump, a standby that took over. */
unsigned long store_connections(const struct store *store);

/* Why the last call of this thread failed, for a command that tells a person.
 */
const char *store_last_fault(void);

/* The SQLSTATE by which the database refused it; "" when it did not answer. */
const char *store_last_sqlstate(void);

static inline void
auto_pqclear(PGresult **result)
{
	PQclear(*result);
}

#define AUTO_RESULT __attribute__((__cleanup__(auto_pqclear))) PGresult

/* Columns of a row by name; NULL or 0 for NULL.  Text lives in the arena. */
const char *store_text(struct arena *arena, const PGresult *result, int row,
    const char *column);
int64_t store_int64(const PGresult *result, int row, const char *column);
bool store_bool(const PGresult *result, int row, const char *column);

/* Exactly size_bytes bytes, written to ret; false otherwise, and for NULL. */
bool store_bytes(const PGresult *result, int row, const char *column, void *ret,
    size_t size_bytes) __attribute__((__warn_unused_result__));

#endif
