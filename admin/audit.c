/* SPDX-License-Identifier: MIT */
/* audit.c - what happened: lately, since a time, and as it happens. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "listing.h"
#include "moment.h"
#include "verb.h"

enum {
	LAST = 100, /* as the table of verbs says */
	LAST_MAX = 100000,
	LAST_FOLLOWED = 10,
	PAUSE_S = 1,
	ROUND_BYTES = 64 << 20,
	NUMBER_MAX = 1000000,
};

struct following {
	struct command *command;
	struct store *store;
	struct arena *arena;    /* of one round */
	const char *filters[3]; /* of LISTING_AUDIT, without since */
	char *snapshot;         /* NULL: none yet */
	bool json, names;
};

/* "90m", "24h", "7d" as so long ago; anything else as it is, which PostgreSQL
 * reads. */
static const char *
since_of(struct arena *arena, const char *text)
{
	static const char units[] = "smhd";
	static const int64_t seconds[] = {1, 60, 3600, 86400};
	size_t len = text ? strlen(text) : 0;
	const char *unit = len > 1 ? strchr(units, text[len - 1]) : NULL;
	int64_t n;

	if (!unit || !*unit ||
	    !text_to_int64(arena_strndup(arena, text, len - 1), NUMBER_MAX, &n))
		return text;
	return moment(arena, time(NULL) - n * seconds[unit - units]);
}

/* ---- the last ones, and those that come ---- */

static void
print_new(struct following *following, const PGresult *rows, int n)
{
	int i;

	if (following->names)
		listing_print_names(rows);
	following->names = false;
	for (i = 0; i < n; i++)
		listing_print_row(following->arena, rows, i, following->json);
	(void)fflush(stdout);
}

/* What is new since the snapshot, or the last limit rows; the last row that
 * comes is the next snapshot. */
static bool
look(struct following *following, int64_t limit)
{
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the snapshot is freed */
	AUTO_RESULT *rows = listing_audit_new(following->store,
	    following->arena, following->filters, following->snapshot, limit);
	int last = rows ? PQntuples(rows) - 1 : 0;

	if (!rows)
		return false;
	print_new(following, rows, last);
	free(following->snapshot);
	following->snapshot = strdup(
	    store_text(following->arena, rows, last, "snapshot"));
	return true;
}

static void
pause_a_moment(void)
{
	const struct timespec pause = {.tv_sec = PAUSE_S};

	(void)nanosleep(&pause, NULL);
}

/* Until Ctrl-C, or nobody reads any more.  A database that goes away is waited
 * for: the snapshot knows what was missed. */
static int
follow(struct following *following)
{
	bool told = false;

	while (!ferror(stdout)) {
		pause_a_moment();
		arena_reset(following->arena);
		if (look(following, 0)) {
			told = false;
			continue;
		}
		if (!command_store_passes())
			return command_store_fail();
		if (!told)
			(void)command_store_fail();
		told = true;
	}
	return EXIT_REFUSED;
}

static int
print_last(struct command *command, const char *const *filters, int64_t limit)
{
	struct following following = {
	    .command = command,
	    .filters = {filters[0], filters[1], filters[2]},
	    .json = command_given(command, "json"),
	    .store = command_store(command),
	};
	int status = EXIT_GOOD;

	if (!following.store)
		return EXIT_REFUSED;
	following.names = !following.json && isatty(STDOUT_FILENO);
	following.arena = arena_new(ROUND_BYTES);
	if (!look(&following, limit))
		status = command_store_fail();
	else if (command_given(command, "follow"))
		status = follow(&following);
	free(following.snapshot);
	arena_free(following.arena);
	store_close(following.store);
	return status;
}

int
verb_audit(struct command *command)
{
	const char *const filters[] = {command_value(command, "user"),
	    command_value(command, "client"), command_value(command, "event"),
	    since_of(command->arena, command_value(command, "since"))};
	bool follows = command_given(command, "follow");
	bool since = filters[3] || command_given(command, "after");
	int64_t limit;

	if (follows && since)
		return command_usage("--follow begins with the last rows: not "
		                     "with --since or --after");
	if (since)
		return listing_print(command, LISTING_AUDIT, filters);
	if (!command_number(command, "limit", 0, LAST_MAX,
	        follows ? LAST_FOLLOWED : LAST, &limit))
		return EXIT_USAGE;
	return print_last(command, filters, limit);
}
