/* SPDX-License-Identifier: MIT */
#include "user_recovery.h"

#include <stdio.h>

#include "crypto/digest.h"
#include "store/user_recovery.h"

enum {
	TOKEN_BYTES = 32,
	LINK_EXPIRES_S = 3600, /* which the page of recover.c tells, too */
};

int
user_recovery_link(struct command *command, const char *email)
{
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
	return command_fail("%s", store_last_fault());
}

int
user_recovery_reset(struct command *command, const char *email)
{
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
	return command_fail("%s", store_last_fault());
}
