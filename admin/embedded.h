/* SPDX-License-Identifier: MIT */
/* embedded.h - the files of schema/, carried inside the command. */
#ifndef ADMIN_EMBEDDED_H
#define ADMIN_EMBEDDED_H

#include "base/embedded.h"

/*
 * Each by its path below schema/: numbered migrations in order, then functions/,
 * adoption.sql, views.sql, roles.sql and grants.sql.  The Makefile generates it.
 */
extern const struct embedded_file embedded_schema[];

#endif
