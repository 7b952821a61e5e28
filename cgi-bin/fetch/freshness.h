/* SPDX-License-Identifier: MIT */
/* freshness.h - how long an answer may be kept (RFC 9111 s4.2). */
#ifndef FETCH_FRESHNESS_H
#define FETCH_FRESHNESS_H

#include <stdint.h>

#include "base/arena.h"

/* The value of a header field in a block of header lines, of the last one when
 * it stands there twice; NULL when it is absent.  name is in lower case. */
const char *header_value(struct arena *arena, const char *headers,
    const char *name);

/* Seconds that the answer stays fresh from now: of s-maxage or max-age less
 * Age, 0 with no-store or no-cache, -1 when the headers do not say. */
int64_t freshness_s(struct arena *arena, const char *headers);

#endif
