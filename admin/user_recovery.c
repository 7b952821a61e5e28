/* SPDX-License-Identifier: MIT */
/* user_recovery.c - help for people who cannot sign in any more. */

#include <stdio.h>

#include "crypto/digest.h"
#include "store/user_recovery.h"
#include "verb.h"

enum {
	TOKEN_BYTES = 32,
	LINK_EXPIRES_S = 3600, /* which the page of recover.c tells, too */
};

int
verb_user_recover(struct command *command)
{
	const char *email = command->args[0];
	const char *token = random_text(command->arena, TOKEN_BYTES);
	struct sha256 digest = sha256_of_text(token);
	const struct settings *settings = command_settings(command);
	const char *url = settings ? command_database_url(command) : NULL;
	enum user_recover_result result;
	struct store *store;

	if (!url)
		return EXIT_REFUSED;
	store = store_open_url(url);
	result = user_recover(store, command->arena, email, &digest,
	    LINK_EXPIRES_S);
	store_close(store);
	switch (result) {
	case USER_RECOVER_MADE:
		(void)printf("%s/api/oauth/recover?token=%s\n",
		    settings->oauth_base_url, token);
		return EXIT_GOOD;
	case USER_RECOVER_DISABLED:
		return command_fail("%s is disabled", email);
	case USER_RECOVER_UNKNOWN:
		return command_fail("there is no user %s", email);
	case USER_RECOVER_STORE_DOWN:
		break;
	}
	return command_store_fail();
}

int
verb_user_reset_second_factor(struct command *command)
{
	const char *email = command->args[0];
	const char *url = command_database_url(command);
	enum user_reset_result result;
	struct store *store;

	if (!url)
		return EXIT_REFUSED;
	store = store_open_url(url);
	result = user_reset_second_factor(store, command->arena, email);
	store_close(store);
	switch (result) {
	case USER_RESET_DONE:
		return EXIT_GOOD;
	case USER_RESET_NONE:
		return command_fail("%s has no second factor", email);
	case USER_RESET_UNKNOWN:
		return command_fail("there is no user %s", email);
	case USER_RESET_STORE_DOWN:
		break;
	}
	return command_store_fail();
}
