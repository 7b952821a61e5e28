/* SPDX-License-Identifier: MIT */
/* key.c - secrets and signing keys to put into the configuration. */
#include <stdio.h>

#include "base/secret.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/private_key.h"
#include "key.h"
#include "verb.h"

enum { SECRET_BYTES = 48 };

const char *
key_secret(struct arena *arena)
{
	const char *secret;

	do /* next to never, chance spells a placeholder */
		secret = random_text(arena, SECRET_BYTES);
	while (!secret_machine_made(secret));
	return secret;
}

static int
generate_secret(struct command *command)
{
	puts(key_secret(command->arena));
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
verb_key_generate(struct command *command)
{
	const char *alg = command_value(command, "alg");

	if (!alg)
		return generate_secret(command);
	return generate_private_key(command,
	    text_equal(alg, "RS256") ? JWT_RS256 : JWT_ES256);
}
