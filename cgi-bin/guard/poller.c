/* SPDX-License-Identifier: MIT */
#include "poller.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/slot.h"
#include "base/text.h"
#include "snapshot.h"
#include "store/revocation.h"

enum { POLL_EVERY_MS = 1000, POLLER_ARENA_BYTES = 8 << 20 };

/* One thread and what it works with; freed by the thread itself. */
struct poller {
	char *state_directory;
	bool stop; /* under the mutex: another has taken over */

	/* The thread's own. */
	struct arena *arena;
	struct store *store;
	struct snapshot_writer writer;
	char since[32];
	unsigned long connections; /* what since counts for */
	int lock;                  /* -1: another guard polls */
	bool failing;
};

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	struct poller *current;
	bool first_known; /* the current thread's first try has ended */
} state = {.mutex = PTHREAD_MUTEX_INITIALIZER,
    .changed = PTHREAD_COND_INITIALIZER};

static void
free_poller(struct poller *poller)
{
	if (poller->lock >= 0)
		(void)close(poller->lock);
	if (poller->store)
		store_close(poller->store);
	snapshot_writer_close(&poller->writer);
	arena_free(poller->arena);
	free(poller->state_directory);
	free(poller);
}

static struct poller *
poller_for(const struct settings *settings)
{
	struct poller *poller = calloc(1, sizeof(*poller));

	if (!poller)
		abort();
	poller->state_directory = strdup(settings->state_directory);
	if (!poller->state_directory)
		abort();
	poller->arena = arena_new(POLLER_ARENA_BYTES);
	poller->store = store_open(settings);
	poller->writer.state_directory = poller->state_directory;
	poller->since[0] = '0';
	poller->lock = -1;
	return poller;
}

/* ---- one poll ---- */

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
poll_database(struct poller *poller)
{
	struct revocation *revocations;
	const char *next;
	size_t n;

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

/* Tell the log when it stops working and when it works again, not between. */
static void
note_change(struct poller *poller, bool good)
{
	if (good != poller->failing)
		return;
	poller->failing = !good;
	log_raise(good ? LOG_NOTICE : LOG_ERROR);
	log_event(
	    good ? "revocations are read again" : "could not read revocations");
	log_end();
}

static bool
holds_lock(struct poller *poller)
{
	bool usable;

	if (poller->lock < 0)
		poller->lock = slot_take(poller->state_directory,
		    "revocations.lock", 1, 0, &usable);
	if (poller->lock < 0 && !usable) {
		log_begin();
		log_text("fault", "STATE_DIRECTORY cannot be written");
		note_change(poller, false);
	}
	return poller->lock >= 0;
}

static void
poll_once(struct poller *poller)
{
	if (!holds_lock(poller))
		return;
	log_begin();
	note_change(poller, poll_database(poller));
	arena_reset(poller->arena);
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
	struct poller *poller = poller_for(settings);
	bool usable;

	poller->lock = slot_take(poller->state_directory, "revocations.lock", 1,
	    wait_ms, &usable);
	/* Whoever held the lock may have asked for us. */
	if (poller->lock >= 0 && !is_fresh(fresh_s))
		(void)poll_database(poller);
	free_poller(poller);
}

/* ---- the thread ---- */

static void
announce_first(struct poller *poller)
{
	(void)pthread_mutex_lock(&state.mutex);
	if (state.current == poller && poller->lock >= 0)
		state.first_known = true;
	(void)pthread_cond_broadcast(&state.changed);
	(void)pthread_mutex_unlock(&state.mutex);
}

static bool
stopped(struct poller *poller)
{
	bool stop;

	(void)pthread_mutex_lock(&state.mutex);
	stop = poller->stop;
	(void)pthread_mutex_unlock(&state.mutex);
	return stop;
}

static void *
run(void *arg)
{
	const struct timespec pause = {.tv_sec = POLL_EVERY_MS / 1000};
	struct poller *poller = arg;

	while (!stopped(poller)) {
		poll_once(poller);
		announce_first(poller);
		(void)nanosleep(&pause, NULL);
	}
	free_poller(poller);
	return NULL;
}

/* Signals are for the thread that serves: they end its wait for a request. */
static bool
start_thread(struct poller *poller)
{
	sigset_t all, before;
	pthread_t thread;
	bool started;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	started = pthread_create(&thread, NULL, run, poller) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (started)
		(void)pthread_detach(thread);
	return started;
}

void
poller_start(const struct settings *settings)
{
	struct poller *poller = poller_for(settings);

	(void)pthread_mutex_lock(&state.mutex);
	if (state.current)
		state.current->stop = true;
	state.current = poller;
	state.first_known = false;
	(void)pthread_mutex_unlock(&state.mutex);
	if (!start_thread(poller))
		log_alone(LOG_ERROR,
		    "could not start the thread that reads revocations");
}

void
poller_wait_first(int wait_ms)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
	until.tv_sec += wait_ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	(void)pthread_mutex_lock(&state.mutex);
	while (!state.first_known &&
	    pthread_cond_timedwait(&state.changed, &state.mutex, &until) == 0)
		;
	state.first_known = true; /* waited for once, whatever came */
	(void)pthread_mutex_unlock(&state.mutex);
}
