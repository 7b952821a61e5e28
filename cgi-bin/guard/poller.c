/* SPDX-License-Identifier: MIT */
#include "poller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/auto.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/slot.h"
#include "base/text.h"
#include "snapshot.h"
#include "store/revocation.h"
#include "watch.h"

static const char lock[] = "revocations.lock";

enum { POLL_EVERY_MS = 1000, POLLER_ARENA_BYTES = 8 << 20 };

struct poller {
	char *state_directory;
	struct arena *arena;
	struct store *store;
	struct snapshot_writer writer;
	char since[32];
	unsigned long connections; /* what since counts for */
};

static void
free_poller(void *work)
{
	struct poller *poller = work;

	if (poller->store)
		store_close(poller->store);
	snapshot_writer_close(&poller->writer);
	arena_free(poller->arena);
	free(poller->state_directory);
	free(poller);
}

/* Is this another database than the last time: a restored dump, a standby that
 * took over?  It came with another connection, or a pooler hid that, but then
 * transactions, which only ever count on, may begin anew. */
static bool
may_be_another(const struct poller *poller, const char *next)
{
	return store_connections(poller->store) != poller->connections ||
	    strtoull(next, NULL, 10) < strtoull(poller->since, NULL, 10);
}

/* Of another database nothing was read so far.  Whoever asked for everything
 * has read all, whichever it was. */
static void
read_on_from(struct poller *poller, const char *next)
{
	bool again = !text_equal(poller->since, "0") &&
	    may_be_another(poller, next);

	poller->connections = store_connections(poller->store);
	(void)snprintf(poller->since, sizeof(poller->since), "%s",
	    again ? "0" : next);
}

static bool
poll_database(void *work)
{
	struct poller *poller = work;
	struct revocation *revocations;
	const char *next;
	size_t n;

	arena_reset(poller->arena);
	if (!revocations_since(poller->store, poller->arena, poller->since,
	        &next, &revocations, &n))
		return false;
	if (!snapshot_publish(&poller->writer, revocations, n, time(NULL))) {
		log_text("fault", "STATE_DIRECTORY cannot be written");
		return false;
	}
	read_on_from(poller, next);
	return true;
}

static void
tell(bool good)
{
	log_event(
	    good ? "revocations are read again" : "could not read revocations");
}

static const struct watch_duty duty = {
    .pause_ms = POLL_EVERY_MS,
    .round = poll_database,
    .release = free_poller,
    .tell = tell,
    .no_thread = "could not start the thread that reads revocations",
};

static struct watch watch = {.duty = &duty};

static struct poller *
poller_for(const struct settings *settings)
{
	struct poller *poller = memory_must(calloc(1, sizeof(*poller)));

	poller->state_directory = memory_must_copy(settings->state_directory);
	poller->arena = arena_new(POLLER_ARENA_BYTES);
	poller->store = store_open(settings);
	poller->writer.state_directory = poller->state_directory;
	poller->since[0] = '0';
	return poller;
}

void
poller_start(const struct settings *settings)
{
	watch_start(&watch, settings->state_directory, lock,
	    poller_for(settings));
}

void
poller_wait_first(int wait_ms)
{
	watch_wait_first(&watch, wait_ms);
}

/* ---- without a thread ---- */

static bool
is_fresh(int64_t fresh_s)
{
	int64_t age_s = snapshot_age_s(time(NULL));

	return age_s >= 0 && age_s <= fresh_s;
}

void
poller_ask(const struct settings *settings, int64_t fresh_s, int wait_ms)
{
	bool usable;
	AUTO_FD held = slot_take(settings->state_directory, lock, 1, wait_ms,
	    &usable);
	struct poller *poller;

	/* Whoever held the lock may have asked for us. */
	if (held < 0 || is_fresh(fresh_s))
		return;
	poller = poller_for(settings);
	(void)poll_database(poller);
	free_poller(poller);
}
