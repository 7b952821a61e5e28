/* SPDX-License-Identifier: MIT */
/*
 * poller.h - asking the database once a second what was revoked, by one guard
 * of the host (watch.h), which publishes the snapshot.
 */
#ifndef GUARD_POLLER_H
#define GUARD_POLLER_H

#include <stdbool.h>

#include "base/settings.h"

/* Start the thread, or let a new one take over after settings changed. */
void poller_start(const struct settings *settings);

/*
 * Wait until the snapshot was brought up to date, or until it is clear that it
 * cannot be, at most wait_ms; only a thread's first answer is waited for.
 */
void poller_wait_first(int wait_ms);

#endif
