/* SPDX-License-Identifier: MIT */
/* interrupt.h - Ctrl-C ends what the database is doing, not just this program. */
#ifndef ADMIN_INTERRUPT_H
#define ADMIN_INTERRUPT_H

#include <libpq-fe.h>

/* From now on SIGINT and SIGTERM cancel the statement that runs on this
 * connection, which then fails like any other. */
void interrupt_cancels(PGconn *conn);

/* Before the connection is closed. */
void interrupt_as_usual(void);

#endif
