/* SPDX-License-Identifier: MIT */
#include "reseal.h"

#include <stdio.h>

#include "oauth/second_code.h"
#include "store/second_factor_seal.h"

enum { AT_ONCE = 500 };

struct resealing {
	struct command *command;
	const struct settings *settings;
	struct store *store;
	struct arena *arena; /* of one page */
	size_t done, lost;
};

static bool
reseal(struct resealing *resealing, const struct sealed_secret *secret)
{
	unsigned char sealed[SECOND_FACTOR_SEALED_BYTES];

	switch (second_secret_reseal(resealing->arena, resealing->settings,
	    secret->user_id, secret->sealed, sealed)) {
	case RESEAL_NOT_NEEDED:
		return true;
	case RESEAL_LOST:
		resealing->lost++;
		return true;
	case RESEAL_DONE:
		break;
	}
	resealing->done++;
	return second_factor_reseal(resealing->store, resealing->arena, secret,
	    sealed);
}

/* False when the database fails. */
static bool
reseal_all(struct resealing *resealing)
{
	struct sealed_secret *page;
	const char *after = NULL;
	size_t i, n;

	do {
		arena_reset(resealing->arena);
		if (!second_factors_sealed(resealing->store, resealing->arena,
		        after, AT_ONCE, &page, &n))
			return false;
		for (i = 0; i < n; i++)
			if (!reseal(resealing, &page[i]))
				return false;
		if (n > 0)
			after = arena_strdup(resealing->command->arena,
			    page[n - 1].user_id);
	} while (n == AT_ONCE);
	return true;
}

static void
tell(const struct resealing *resealing)
{
	if (resealing->done > 0)
		(void)printf("second factors sealed anew: %zu\n",
		    resealing->done);
	if (resealing->lost > 0)
		(void)printf("second factors under none of these secrets: "
		             "%zu: \"mcp-oauth user reset-second-factor\" "
		             "helps their people\n",
		    resealing->lost);
}

int
reseal_second_factors(struct command *command, const struct settings *settings)
{
	struct resealing resealing = {.command = command, .settings = settings};
	const char *url = command_database_url(command);
	int status = EXIT_GOOD;

	if (!url)
		return EXIT_REFUSED;
	resealing.store = store_open_url(url);
	resealing.arena = arena_new(4 << 20);
	if (reseal_all(&resealing))
		tell(&resealing);
	else
		status = command_store_fail();
	arena_free(resealing.arena);
	store_close(resealing.store);
	return status;
}
