/* SPDX-License-Identifier: MIT */
/* origin.h - which web pages may call an MCP server from a browser. */
#ifndef GUARD_ORIGIN_H
#define GUARD_ORIGIN_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/settings.h"

/* No Origin at all (NULL) is fine; one must stand in MCP_ALLOWED_ORIGINS, or
 * without that be our own or http on loopback. */
bool origin_allowed(struct arena *arena, const struct settings *settings,
    const char *origin);

#endif
