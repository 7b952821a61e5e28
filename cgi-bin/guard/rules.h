/* SPDX-License-Identifier: MIT */
/*
 * rules.h - which scopes a token needs, from the file that GUARD_RULES names.
 *
 *	# resource  method  name  scopes
 *	/mcp        *       *     email
 *
 * First match wins, like pg_hba.conf; no match, or no such file, asks for no
 * scope.  method and name are "*" in this version: a rule by method or tool is
 * refused, never passed over.
 */
#ifndef GUARD_RULES_H
#define GUARD_RULES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/settings.h"

/* Read the file anew for these settings; a fault makes rules_scopes() fail. */
void rules_load(const struct settings *settings);

/* The scopes that a token for the resource needs, "" for none; NULL with
 * *fault set when the file cannot be used. */
const char *rules_scopes(const char *resource_path, const char **fault);

#endif
