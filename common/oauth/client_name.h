/* SPDX-License-Identifier: MIT */
/* client_name.h - what a client calls itself, fit to be shown to a person. */
#ifndef OAUTH_CLIENT_NAME_H
#define OAUTH_CLIENT_NAME_H

#include "base/arena.h"

/* The name (UTF-8) without characters that change how the text around them is
 * shown, and cut at 80; NULL when nothing is left.  It lives in the arena. */
const char *client_name_clean(struct arena *arena, const char *name);

#endif
