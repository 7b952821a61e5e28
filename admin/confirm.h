/* SPDX-License-Identifier: MIT */
/* confirm.h - before what cannot be taken back. */
#ifndef ADMIN_CONFIRM_H
#define ADMIN_CONFIRM_H

#include "command.h"

/* The option, for the table of verbs. */
#define CONFIRM_OPTION \
	{ \
		"yes", NULL, "do not ask whether it is meant", 0 \
	}

/*
 * True with --yes.  Otherwise a person at a terminal is asked, by what will be
 * done ("everybody is signed out"); where there is none, it is not meant.
 * False after the refusal was told: EXIT_REFUSED.
 */
bool confirm(struct command *command, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3), __warn_unused_result__));

#endif
