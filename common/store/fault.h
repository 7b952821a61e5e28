/* SPDX-License-Identifier: MIT */
/* fault.h - why the database was of no use: for the log line, and for
 * store_last_fault() and store_last_sqlstate() of store.h. */
#ifndef STORE_FAULT_H
#define STORE_FAULT_H

#include <libpq-fe.h>

/* Only the first line is kept: of libpq's it names no parameter of ours. */
void fault_note(const char *message);

/* The database answered, with an error. */
void fault_note_refusal(const PGresult *result);

#endif
