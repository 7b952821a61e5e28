/* SPDX-License-Identifier: MIT */
/* migration_list.h - the migrations that the command carries. */
#ifndef ADMIN_MIGRATION_LIST_H
#define ADMIN_MIGRATION_LIST_H

#include <stdbool.h>

#include "base/arena.h"
#include "embedded.h"

/* What oauth.migration calls functions, views and grants together. */
#define MIGRATION_FUNCTIONS "functions and grants"

bool migration_is(const struct embedded_file *file); /* and no function */

/* The number that a migration's name begins with. */
long migration_number(const struct embedded_file *file);

/* SHA-256 of a migration, and of all functions, views and grants, in hex. */
const char *migration_digest(struct arena *arena,
    const struct embedded_file *file);
const char *migration_functions_digest(struct arena *arena);

#endif
