/* SPDX-License-Identifier: MIT */
/* redirect_uri.h - which redirect URIs may be registered, and which match. */
#ifndef OAUTH_REDIRECT_URI_H
#define OAUTH_REDIRECT_URI_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/settings.h"

enum { REDIRECT_URI_MAX_BYTES = 2048 };

/*
 * May this URI be registered?  https with any host; http with the literals
 * 127.0.0.1, [::1] or the name localhost; private-use schemes of
 * REDIRECT_URI_SCHEMES (RFC 8252 s7.1).  Never with a fragment, userinfo,
 * dot segments, a wildcard or anything that is no URI.
 */
bool redirect_uri_registrable(struct arena *arena,
    const struct settings *settings, const char *redirect_uri);

/*
 * Does the requested URI match the registered one?  Character for character
 * (RFC 9700 s2.1), but for http on loopback: there the port is left aside
 * (RFC 8252 s7.3) and an empty path equals "/".
 */
bool redirect_uri_matches(struct arena *arena, const char *registered,
    const char *requested);

/* Does it match any of registered, which holds one URI a line? */
bool redirect_uri_matches_any(struct arena *arena, const char *registered,
    const char *requested);

/* http on loopback: the code goes to a program on the user's own machine. */
bool redirect_uri_is_loopback(struct arena *arena, const char *redirect_uri);

bool redirect_uri_is_https(const char *redirect_uri);

/*
 * Everyone who receives codes by redirect_uris, which holds one URI a line, as
 * one text: hosts of https and schemes of apps, each once, sorted, whatever
 * their paths and ports; all of loopback counts as one.
 */
const char *redirect_uri_receivers(struct arena *arena,
    const char *redirect_uris);

/* The URIs given to a registration that names none, one a line: loopback
 * addresses and the editors' schemes, as far as they are allowed. */
const char *redirect_uri_preset(struct arena *arena,
    const struct settings *settings);

#endif
