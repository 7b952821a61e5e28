/* SPDX-License-Identifier: MIT */
/* reseal.h - second factors, when the root of all keys changes. */
#ifndef ADMIN_RESEAL_H
#define ADMIN_RESEAL_H

#include "command.h"

/*
 * Seal the secrets of all authenticator apps that are under the other root of
 * these settings under JWT_SECRET, as the owner of the database, and tell how
 * many.  Returns an exit status; failures were told.
 */
int reseal_second_factors(struct command *command,
    const struct settings *settings);

#endif
