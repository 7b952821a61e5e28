/* SPDX-License-Identifier: MIT */
/* statements.h - taking a file of SQL apart into its statements. */
#ifndef ADMIN_STATEMENTS_H
#define ADMIN_STATEMENTS_H

#include <stdbool.h>

#include "base/arena.h"

/*
 * Does the file have to run outside a transaction, one statement at a time?
 * One of the comments that it opens with says so, on a line of its own:
 * "-- mcp-oauth: outside a transaction".
 */
bool statements_outside(const char *sql);

/*
 * The next statement at *sql, which moves behind it; NULL at the end.  One ends
 * where a line does with a semicolon, unless that lies between two $body$; so
 * this is for our own files alone.  Memory: in the arena.
 */
const char *statements_next(struct arena *arena, const char **sql);

#endif
