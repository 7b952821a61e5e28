/* SPDX-License-Identifier: MIT */
/* cancel.h - telling the database that nobody waits for a statement any more. */
#ifndef STORE_CANCEL_H
#define STORE_CANCEL_H

#include <libpq-fe.h>

/*
 * Ask the server to end what conn runs, as a courtesy: nothing follows from its
 * answer.  PQcancel() waits for that answer without an end, which a server that
 * is stopped or mute never sends; so a thread waits for it, this call a moment
 * only.  While such a thread is stuck, further calls do nothing: there is never
 * more than one.
 */
void cancel_statement(PGconn *conn);

#endif
