/* SPDX-License-Identifier: MIT */
/* slot.h - a limit that holds for all processes of the host: numbered files in
 * a folder, each locked by one process at a time. */
#ifndef BASE_SLOT_H
#define BASE_SLOT_H

#include <stdbool.h>

/*
 * Take one of n slots called name in directory, waiting up to wait_ms for one.
 *
 * Returns a descriptor to be closed when done; -1 when all stayed taken or the
 *         folder cannot be written (*usable tells which).
 */
int slot_take(const char *directory, const char *name, int n, int wait_ms,
    bool *usable);

/* How many processors the host has, at least 1. */
int slot_processors(void);

#endif
