/* SPDX-License-Identifier: MIT */
/* session.c - sessions, and what users allowed: looking at them, ending them. */
#include <stdio.h>

#include "act.h"
#include "confirm.h"
#include "listing.h"
#include "verb.h"

int
verb_session_list(struct command *command)
{
	const char *const filters[] = {command_value(command, "user"),
	    command_value(command, "client")};

	return listing_print(command, LISTING_SESSIONS, filters);
}

static int
revoke_everything(struct command *command)
{
	static const struct act_words words = {ACT_REVOKE_EVERYTHING, "session",
	    "everybody is signed out", NULL, "ended"};

	if (!confirm(command, "All sessions of everybody will end."))
		return EXIT_REFUSED;
	return act_run(command, &words, NULL, NULL);
}

int
verb_session_revoke(struct command *command)
{
	static const struct act_words of_user = {ACT_REVOKE_USER, "user",
	    "is signed out", NULL, "ended"};
	static const struct act_words of_client = {ACT_REVOKE_CLIENT, "client",
	    "is disconnected", NULL, "ended"};
	static const struct act_words one = {ACT_REVOKE_SESSION, "session",
	    "ended", NULL, NULL};
	const char *id = command->args[0];
	const char *user = command_value(command, "user");
	const char *client = command_value(command, "client");
	bool all = command_given(command, "all");

	if ((id != NULL) + (user != NULL) + (client != NULL) + all != 1)
		return command_usage(
		    "which ones?  SESSION_ID, --user, --client "
		    "or --all, and one of them");
	if (all)
		return revoke_everything(command);
	if (user)
		return act_run(command, &of_user, user, NULL);
	if (client)
		return act_run(command, &of_client, client, NULL);
	return act_run(command, &one, id, NULL);
}

int
verb_consent_list(struct command *command)
{
	const char *const filters[] = {command_value(command, "user"),
	    command_value(command, "client")};

	return listing_print(command, LISTING_CONSENTS, filters);
}

int
verb_consent_revoke(struct command *command)
{
	static const struct act_words words = {ACT_REVOKE_CONSENT, "user",
	    "allows it no more", "had allowed it nothing", "ended"};

	return act_run(command, &words, command->args[0], command->args[1]);
}
