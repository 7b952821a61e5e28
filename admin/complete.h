/* SPDX-License-Identifier: MIT */
/* complete.h - what may come next on the command line, for bash. */
#ifndef ADMIN_COMPLETE_H
#define ADMIN_COMPLETE_H

#include "base/arena.h"

/*
 * "mcp-oauth --complete WORD ... LAST": print, one a line, the words that may
 * stand in LAST's place and begin with it, from the table of verbs; "FILE"
 * where a path does.  Returns the exit status, which is always good.
 */
int complete(struct arena *arena, char **words);

#endif
