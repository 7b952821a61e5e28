/* SPDX-License-Identifier: MIT */
/* user.c - people, and what they may. */
#include <stdio.h>

#include "act.h"
#include "base/text.h"
#include "confirm.h"
#include "listing.h"
#include "password_input.h"
#include "store/user.h"
#include "verb.h"

int
verb_user_add(struct command *command)
{
	const char *email = command->args[0], *hash, *user_id = NULL;
	enum user_add_result result;
	struct store *store;

	if (!text_is_email(email))
		return command_fail("%s is no email address", email);
	store = command_store(command);
	hash = store ? password_input_hash(command) : NULL;
	if (!hash)
		return EXIT_REFUSED;
	result = user_add(store, command->arena, email,
	    command_value(command, "name"), hash, &user_id);
	store_close(store);
	switch (result) {
	case USER_ADDED:
		(void)printf("user_id=%s\n", user_id);
		return EXIT_GOOD;
	case USER_DUPLICATE:
		return command_fail("there is a user %s already", email);
	case USER_STORE_DOWN:
		break;
	}
	return command_store_fail();
}

int
verb_user_list(struct command *command)
{
	const char *const filters[] = {
	    command_given(command, "disabled") ? "t" : NULL};

	return listing_print(command, LISTING_USERS, filters);
}

int
verb_user_show(struct command *command)
{
	return listing_show(command, DETAILS_USER, "user", command->args[0]);
}

int
verb_user_passwd(struct command *command)
{
	static const struct act_words words = {
	    .act = ACT_USER_PASSWD,
	    .what = "user",
	    .done = "has another password, and is signed out of all browsers",
	};
	const char *hash = password_input_hash(command);

	return hash ? act_run(command, &words, command->args[0], hash)
	            : EXIT_REFUSED;
}

int
verb_user_disable(struct command *command)
{
	static const struct act_words words = {ACT_USER_DISABLE, "user",
	    "is disabled", "is disabled already", "stand still"};

	return act_run(command, &words, command->args[0], NULL);
}

int
verb_user_enable(struct command *command)
{
	static const struct act_words words = {ACT_USER_ENABLE, "user",
	    "is enabled", "is enabled already", NULL};

	return act_run(command, &words, command->args[0], NULL);
}

int
verb_user_delete(struct command *command)
{
	static const struct act_words words = {ACT_USER_DELETE, "user",
	    "is deleted", NULL, "ended"};

	if (!confirm(command, "%s and all that is theirs will be deleted.",
	        command->args[0]))
		return EXIT_REFUSED;
	return act_run(command, &words, command->args[0], NULL);
}
