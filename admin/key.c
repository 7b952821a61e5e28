/* SPDX-License-Identifier: MIT */
/* key.c - secrets to put into the configuration. */
#include <stdio.h>

#include "base/secret.h"
#include "base/text.h"
#include "command.h"
#include "crypto/digest.h"

enum { SECRET_BYTES = 48 };

int
verb_key(struct command *command, char **args)
{
	const char *secret;

	if (!args[0] || !text_equal(args[0], "generate") || args[1])
		return command_usage("key generate");
	do /* next to never, chance spells a placeholder */
		secret = random_text(command->arena, SECRET_BYTES);
	while (!secret_machine_made(secret));
	puts(secret);
	return EXIT_GOOD;
}
