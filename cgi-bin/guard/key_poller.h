/* SPDX-License-Identifier: MIT */
/*
 * key_poller.h - fetching JWKS_URL every other second, by one guard of the
 * host (watch.h), which keeps the last good copy as a file of STATE_DIRECTORY
 * for all of them.
 *
 * So often because a key that was taken away has to be refused everywhere soon;
 * and by the clock alone: no request, whatever key it names, causes a fetch.
 */
#ifndef GUARD_KEY_POLLER_H
#define GUARD_KEY_POLLER_H

#include "base/arena.h"
#include "base/settings.h"

/* Where the copy of a JWKS_URL lies; each URL has its own, so that no keys of
 * another site are ever taken. */
const char *key_poller_copy(struct arena *arena, const char *state_directory,
    const char *jwks_url);

/* Start fetching, or go on with these settings; end it without JWKS_URL. */
void key_poller_start(const struct settings *settings);

/* Wait until it is known whether JWKS_URL answers, at most wait_ms; once. */
void key_poller_wait_first(int wait_ms);

#endif
