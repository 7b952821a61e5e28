/* SPDX-License-Identifier: MIT */
/* client_manage.c - clients that are there, however they came. */
#include <stdio.h>

#include "act.h"
#include "confirm.h"
#include "crypto/digest.h"
#include "listing.h"
#include "progress.h"
#include "verb.h"

enum {
	SECRET_BYTES = 32,
	PRUNE_DAYS = 90, /* as the table of verbs says */
	PRUNE_DAYS_MAX = 36500,
	PRUNE_BATCH = 1000,
};

int
verb_client_list(struct command *command)
{
	const char *const filters[] = {command_value(command, "registration"),
	    command_given(command, "disabled") ? "t" : NULL};

	return listing_print(command, LISTING_CLIENTS, filters);
}

int
verb_client_show(struct command *command)
{
	return listing_show(command, DETAILS_CLIENT, "client",
	    command->args[0]);
}

int
verb_client_disable(struct command *command)
{
	static const struct act_words words = {ACT_CLIENT_DISABLE, "client",
	    "is disabled", "is disabled already", "stand still"};

	return act_run(command, &words, command->args[0], NULL);
}

int
verb_client_enable(struct command *command)
{
	static const struct act_words words = {ACT_CLIENT_ENABLE, "client",
	    "is enabled", "is enabled already", NULL};

	return act_run(command, &words, command->args[0], NULL);
}

int
verb_client_delete(struct command *command)
{
	static const struct act_words words = {ACT_CLIENT_DELETE, "client",
	    "is deleted", NULL, "ended"};

	if (!confirm(command, "%s and all that is its will be deleted.",
	        command->args[0]))
		return EXIT_REFUSED;
	return act_run(command, &words, command->args[0], NULL);
}

int
verb_client_rotate_secret(struct command *command)
{
	const char *client_id = command->args[0];
	const char *secret = random_text(command->arena, SECRET_BYTES);
	struct sha256 digest = sha256_of_text(secret);
	struct store *store = command_store(command);
	enum client_rotate_result result;

	if (!store)
		return EXIT_REFUSED;
	result = client_rotate_secret(store, command->arena, client_id,
	    &digest);
	store_close(store);
	switch (result) {
	case CLIENT_ROTATED:
		(void)printf("client_id=%s\nclient_secret=%s\n", client_id,
		    secret);
		return EXIT_GOOD;
	case CLIENT_ROTATE_NO_SECRET:
		return command_fail("%s has no secret", client_id);
	case CLIENT_ROTATE_UNKNOWN:
		return command_fail("there is no client %s", client_id);
	case CLIENT_ROTATE_STORE_DOWN:
		break;
	}
	return command_store_fail();
}

int
verb_client_prune(struct command *command)
{
	struct store *store;
	int64_t days, some = PRUNE_BATCH, all = 0;

	if (!command_number(command, "unused-days", 1, PRUNE_DAYS_MAX,
	        PRUNE_DAYS, &days))
		return EXIT_USAGE;
	store = command_store(command);
	if (!store)
		return EXIT_REFUSED;
	progress_begin(store, "removing clients");
	while (some == PRUNE_BATCH && !progress_stopped()) {
		some = client_prune(store, command->arena, days, PRUNE_BATCH);
		all += some > 0 ? some : 0;
		progress_count(all);
	}
	progress_end();
	store_close(store);
	(void)printf("clients that were removed: %lld\n", (long long)all);
	if (some < 0)
		return command_store_fail();
	return some == PRUNE_BATCH
	    ? command_fail("interrupted: there may be more")
	    : EXIT_GOOD;
}
