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
 * The Argon2id hash of the first line of --password-file or of standard input,
 * which is asked for without echo at a terminal.
 *
 * Returns the hash, in the arena; NULL after a refusal was told.
 */
const char *password_input_hash(struct command *command);

#endif
