/* SPDX-License-Identifier: MIT */
/* progress.h - work that takes long: shown where somebody looks, and ended by
 * Ctrl-C in the database too. */
#ifndef ADMIN_PROGRESS_H
#define ADMIN_PROGRESS_H

#include "store/store.h"

/*
 * From now on calls of the store take as long as they take.  A terminal at
 * standard error shows what, how many were done, and for how long; SIGINT and
 * SIGTERM cancel the call that runs.
 */
void progress_begin(struct store *store, const char *what);

/* So many were done so far. */
void progress_count(int64_t n);

/* Was it told to stop? */
bool progress_stopped(void);

/* Clear the line; before anything else is printed. */
void progress_end(void);

#endif
