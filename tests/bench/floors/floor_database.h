/* SPDX-License-Identifier: MIT */
/* floor_database.h - one statement, prepared once, and the hash that it asks by. */
#ifndef BENCH_FLOOR_DATABASE_H
#define BENCH_FLOOR_DATABASE_H

#include <libpq-fe.h>
#include <sodium.h>

#include "floor.h"

enum { FLOOR_HASH_SIZE = 2 * crypto_hash_sha256_BYTES + 1 };

/* A connection with the statement "floor", or the end of it all. */
static inline PGconn *
floor_database(const char *statement)
{
	char url[512];
	PGconn *conn;
	PGresult *result;

	(void)floor_file("database", url, sizeof(url));
	conn = PQconnectdb(url);
	result = PQprepare(conn, "floor", statement, 0, NULL);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		abort();
	PQclear(result);
	return conn;
}

/* Its answer when it is one row and not null; NULL otherwise. */
static inline PGresult *
floor_ask(PGconn *conn, int n, const char *const *values)
{
	PGresult *result = PQexecPrepared(conn, "floor", n, values, NULL, NULL,
	    0);

	if (PQntuples(result) == 1 && !PQgetisnull(result, 0, 0))
		return result;
	PQclear(result);
	return NULL;
}

static inline void
floor_hash(const char *token, char *ret)
{
	unsigned char digest[crypto_hash_sha256_BYTES];

	(void)crypto_hash_sha256(digest, (const unsigned char *)token,
	    strlen(token));
	(void)sodium_bin2hex(ret, FLOOR_HASH_SIZE, digest, sizeof(digest));
}

#endif
