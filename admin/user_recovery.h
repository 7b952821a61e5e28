/* SPDX-License-Identifier: MIT */
/* user_recovery.h - for people who cannot sign in any more. */
#ifndef ADMIN_USER_RECOVERY_H
#define ADMIN_USER_RECOVERY_H

#include "command.h"

/* user recover EMAIL: print a link by which they choose a new password, once,
 * within an hour.  Returns the exit status. */
int user_recovery_link(struct command *command, const char *email);

/* user reset-second-factor EMAIL: they sign in by the password alone again. */
int user_recovery_reset(struct command *command, const char *email);

#endif
