/* SPDX-License-Identifier: MIT */
/* scope.h - lists of scope tokens (RFC 6749 s3.3). */
#ifndef OAUTH_SCOPE_H
#define OAUTH_SCOPE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/settings.h"

/* What can be granted: SCOPES_SUPPORTED without openid, which needs ID
 * tokens. */
const char *scope_supported(struct arena *arena,
    const struct settings *settings);

/* The tokens of requested that allowed holds too, each once, in the order
 * asked; "" when none is left. */
const char *scope_intersect(struct arena *arena, const char *requested,
    const char *allowed);

/* requested without openid and offline_access, which clients add by habit. */
const char *scope_without_habits(struct arena *arena, const char *requested);

/* Does granted hold every token of required? */
bool scope_covers(struct arena *arena, const char *granted,
    const char *required);

/* Both lists as one, each token once. */
const char *scope_union(struct arena *arena, const char *a, const char *b);

#endif
