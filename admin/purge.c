/* SPDX-License-Identifier: MIT */
/* purge.c - removing what is of no more use, in batches, until nothing is left. */
#include "store/purge.h"

#include <stdio.h>

#include "listing.h"
#include "progress.h"
#include "verb.h"

enum {
	BATCH = 10000, /* as the table of verbs says */
	BATCH_MAX = 1000000,
	KEEP_DAYS_MAX = 36500,
};

struct purging {
	struct store *store;
	struct json_object *counts; /* by kind */
	int64_t batch, keep_days, all;
	bool more; /* some kind may have more */
};

/* The rows of one round on top of those before. */
static void
add_round(struct arena *arena, struct purging *purging, const PGresult *rows)
{
	int i, n = PQntuples(rows);

	purging->more = false;
	for (i = 0; i < n; i++) {
		const char *kind = store_text(arena, rows, i, "kind");
		int64_t some = store_int64(rows, i, "deleted"), before = 0;

		(void)json_int64(purging->counts, kind, &before);
		json_add_int64(purging->counts, kind, before + some);
		purging->all += some;
		if (some >= purging->batch)
			purging->more = true;
	}
	progress_count(purging->all);
}

/* False when the database is away or Ctrl-C came. */
static bool
purge_all(struct arena *arena, struct purging *purging)
{
	purging->more = true;
	while (purging->more && !progress_stopped()) {
		AUTO_RESULT *rows = store_purge(purging->store, arena,
		    purging->batch, purging->keep_days);

		if (!rows)
			return false;
		add_round(arena, purging, rows);
	}
	return true;
}

int
verb_purge(struct command *command)
{
	AUTO_JSON *counts = json_new_object();
	struct purging purging = {.counts = counts};
	bool good;

	if (!command_number(command, "batch", 1, BATCH_MAX, BATCH,
	        &purging.batch) ||
	    !command_number(command, "audit-keep-days", 1, KEEP_DAYS_MAX,
	        STORE_PURGE_NO_AUDIT, &purging.keep_days))
		return EXIT_USAGE;
	purging.store = command_store(command);
	if (!purging.store)
		return EXIT_REFUSED;
	progress_begin(purging.store, "purging");
	good = purge_all(command->arena, &purging);
	progress_end();
	store_close(purging.store);
	if (good || purging.all > 0)
		listing_print_object(command, counts);
	if (!good)
		return command_store_fail();
	return purging.more ? command_fail("interrupted: there may be more")
	                    : EXIT_GOOD;
}
