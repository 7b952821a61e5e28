/* SPDX-License-Identifier: MIT */
/* ending.h - when a worker that was told to end does so. */
#ifndef HTTP_ENDING_H
#define HTTP_ENDING_H

#include <stdbool.h>

/*
 * From now on SIGTERM, or SIGUSR1, is put off until ending_may_interrupt(true):
 * the request in hand is finished, and no call made for it is interrupted.
 * Call it after FCGX_Init(), whose handlers it replaces.
 */
void ending_watch(void);

/* Whether these signals may come now: while a request is waited for. */
void ending_may_interrupt(bool may);

/* Did one of them come? */
bool ending_wanted(void);

/* A request was answered. */
void ending_served(void);

/*
 * Shall the worker end now?  Not before SIGTERM; then it waits for those that
 * come to it still.  mod_fcgid ends its workers first when it is reloaded, and
 * the old server's requests that found all of them busy ask once more a whole
 * second later: whom they do not find then they wait for without end.  So a
 * worker that was idle for longer than that ends at once, another stays until
 * it was, and takes no request later than three seconds after SIGTERM.
 *
 * Returns false when a connection waits on file descriptor 0, or there was no
 *         SIGTERM: accept the next request.
 */
bool ending_now(void);

#endif
