/* SPDX-License-Identifier: MIT */
/* password_input.h - a password that the operator hands over, never in argv. */
#ifndef ADMIN_PASSWORD_INPUT_H
#define ADMIN_PASSWORD_INPUT_H

#include "command.h"

/* The option, for the table of verbs. */
#define PASSWORD_OPTION \
	{ \
		"password-file", "FILE", \
		    "read the password from its first line, not standard " \
		    "input", \
		    0 \
	}

/*
 * The first line of --password-file or of standard input, which is asked for
 * without echo at a terminal.
 *
 * Returns the password, in the arena; NULL after a refusal was told.
 */
const char *password_input(struct command *command);

/* Its Argon2id hash, in the same way. */
const char *password_input_hash(struct command *command);

#endif
