/* SPDX-License-Identifier: MIT */
/* render.h - writing files for the guard and for web servers. */
#ifndef ADMIN_RENDER_H
#define ADMIN_RENDER_H

#include "command.h"

enum { RENDER_PERIODS = 12 }; /* ahead, where nobody says how many */

/* Write a file for everybody to read, beside it and renamed: whoever reads finds
 * the old one or the new one. */
bool render_file(struct command *command, const char *path, const char *text)
    __attribute__((__warn_unused_result__));

/* Write the public keys of these settings to path, and tell.  Returns an exit
 * status; failures were told. */
int render_keys(struct command *command, const struct settings *settings,
    const char *path, int periods);

#endif
