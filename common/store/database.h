/* SPDX-License-Identifier: MIT */
/*
 * database.h - the connection to PostgreSQL below store.h: made, found dead,
 * waited on for no longer than a deadline, and given up.
 *
 * Deadlines are of monotonic_ms().
 */
#ifndef STORE_DATABASE_H
#define STORE_DATABASE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

struct database;

/* Remembers where it is.  pooled: a pooler lends connections for one
 * transaction.  Never NULL. */
struct database *database_new(const char *database_url, bool pooled);
void database_free(struct database *database);

/* As store_be_patient(). */
void database_be_patient(struct database *database, bool (*tick)(void *arg),
    void *arg);

bool database_is_pooled(const struct database *database);

/* When a call that begins now is late. */
int64_t database_deadline_ms(const struct database *database);

/*
 * Have a connection that works: the last one, or a new one to the first host
 * that will do.  Returns false, with the fault noted, when there is none.
 */
bool database_connected(struct database *database, int64_t deadline_ms)
    __attribute__((__warn_unused_result__));
void database_disconnect(struct database *database);

/* NULL between database_disconnect() and database_connected(). */
PGconn *database_connection(const struct database *database);

/* How many connections were made so far. */
unsigned long database_connections(const struct database *database);

/*
 * The last result of what was sent, which the caller clears.  NULL when the
 * connection is lost, the deadline passed or nobody waits any more: then the
 * statement is cancelled, and the connection is of no use.
 */
PGresult *database_result(struct database *database, int64_t deadline_ms)
    __attribute__((__warn_unused_result__));

/* Why there was none. */
const char *database_why_lost(const struct database *database);

/* Does nobody wait any more? */
bool database_is_stopped(const struct database *database);

#endif
