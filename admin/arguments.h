/* SPDX-License-Identifier: MIT */
/* arguments.h - the words of the command line, held against the table of verbs. */
#ifndef ADMIN_ARGUMENTS_H
#define ADMIN_ARGUMENTS_H

#include "verb.h"

enum arguments_result {
	ARGUMENTS_RUN,  /* command and *verb are filled in */
	ARGUMENTS_TOLD, /* help or the version was asked for, and printed */
	ARGUMENTS_WRONG /* standard error says what is */
};

/* Options may stand anywhere, common ones also before the noun. */
enum arguments_result arguments_read(struct command *command, int argc,
    char **argv, const struct verb **verb);

#endif
