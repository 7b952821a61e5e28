/* SPDX-License-Identifier: MIT */
/*
 * poller.h - asking the database once a second what was revoked, by one guard
 * of the host (watch.h), which publishes the snapshot.
 */
#ifndef GUARD_POLLER_H
#define GUARD_POLLER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/settings.h"

/* Start the thread, or let a new one take over after settings changed. */
void poller_start(const struct settings *settings);

/*
 * Wait until the snapshot was brought up to date, or until it is clear that it
 * cannot be, at most wait_ms; only a thread's first answer is waited for.
 */
void poller_wait_first(int wait_ms);

/*
 * Ask now, in the thread that serves: for a guard that does not last.  When
 * another process is at it, its answer is waited for, at most wait_ms.  Whether
 * it worked shows in the snapshot's age.
 */
void poller_ask(const struct settings *settings, int64_t fresh_s, int wait_ms);

#endif
