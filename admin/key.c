/* SPDX-License-Identifier: MIT */
/* key.c - secrets and signing keys to put into the configuration. */
#include <stdio.h>

#include "base/secret.h"
#include "base/text.h"
#include "command.h"
#include "crypto/digest.h"
#include "crypto/private_key.h"

enum { SECRET_BYTES = 48 };

static int
generate_secret(struct command *command)
{
	const char *secret;

	do /* next to never, chance spells a placeholder */
		secret = random_text(command->arena, SECRET_BYTES);
	while (!secret_machine_made(secret));
	puts(secret);
	return EXIT_GOOD;
}

static int
generate_private_key(struct command *command, enum jwt_alg alg)
{
	const char *pem = private_key_generate(command->arena, alg);

	if (!pem)
		return command_fail("libcrypto could not make a key");
	(void)fputs(pem, stdout);
	return EXIT_GOOD;
}

int
verb_key(struct command *command, char **args)
{
	const char *alg = command_option(args, "--alg");

	if (args[0] && text_equal(args[0], "generate") && !args[1]) {
		if (!alg)
			return generate_secret(command);
		if (text_equal(alg, "RS256"))
			return generate_private_key(command, JWT_RS256);
		if (text_equal(alg, "ES256"))
			return generate_private_key(command, JWT_ES256);
	}
	return command_usage("key generate [--alg RS256|ES256]");
}
