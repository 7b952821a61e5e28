/* SPDX-License-Identifier: MIT */
/* usage.h - what the table of verbs says of itself. */
#ifndef ADMIN_USAGE_H
#define ADMIN_USAGE_H

#include <stdio.h>

#include "verb.h"

/* All verbs, or with a noun those of it, one a line with their help. */
void usage_list(FILE *to, const char *noun);

/* "usage: mcp-oauth user add EMAIL [--name NAME]", broken into lines. */
void usage_line(struct arena *arena, FILE *to, const struct verb *verb);

/* --help of a verb: what it does, its usage and its options. */
void usage_help(struct arena *arena, const struct verb *verb);

#endif
