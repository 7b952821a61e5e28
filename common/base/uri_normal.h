/* SPDX-License-Identifier: MIT */
/* uri_normal.h - URIs that mean the same, spelt the same (RFC 3986 s6.2). */
#ifndef BASE_URI_NORMAL_H
#define BASE_URI_NORMAL_H

#include "base/uri.h"

/*
 * Scheme, host, port and path of an http or https URI in their normal form:
 * by syntax (s6.2.2: case, percent-encodings, dot segments) and by scheme
 * (s6.2.3: no default port, an empty path is "/").  Query, fragment and
 * userinfo are left out.  In the arena.
 */
const char *uri_normal(struct arena *arena, const struct uri *uri);

#endif
