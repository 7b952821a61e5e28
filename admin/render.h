/* SPDX-License-Identifier: MIT */
/* render.h - writing the public keys for the guard. */
#ifndef ADMIN_RENDER_H
#define ADMIN_RENDER_H

#include "command.h"

enum { RENDER_PERIODS = 12 }; /* ahead, where nobody says how many */

/* Write the public keys of these settings to path, and tell.  Returns an exit
 * status; failures were told. */
int render_keys(struct command *command, const struct settings *settings,
    const char *path, int periods);

#endif
