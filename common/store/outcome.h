/* SPDX-License-Identifier: MIT */
/* outcome.h - the word in the first column of a function's answer, as one of the
 * caller's enumerators. */
#ifndef STORE_OUTCOME_H
#define STORE_OUTCOME_H

#include "store/store.h"

/*
 * In a table of words by enumerator, all enumerators in it: every word by which
 * the functions refuse a client; and what there is without an answer, or with
 * one that is not in the table.  The latter ends it.
 */
#define OUTCOME_BAD_CLIENT "bad client"
#define OUTCOME_NO_ANSWER NULL

/*
 * Call the function and look its outcome up in the table, noting the word on
 * the log line as "outcome".
 *
 * Returns the enumerator.  Unless it is that of OUTCOME_NO_ANSWER, *row holds
 *         the rows.  The caller clears them in any case.
 */
int outcome_of(struct store *store, const struct statement *statement,
    const struct store_params *params, const char *const *outcomes,
    PGresult **row) __attribute__((__warn_unused_result__));

#endif
