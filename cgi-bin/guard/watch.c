/* SPDX-License-Identifier: MIT */
#include "watch.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/monotonic.h"
#include "base/slot.h"
#include "base/thread.h"

/* One thread and what it works with; freed by the thread itself. */
struct watch_thread {
	struct watch *watch;
	bool stop; /* under the mutex: another has taken over */

	/* The thread's own. */
	const struct watch_duty *duty;
	char *state_directory, *lock;
	void *work;
	int held; /* the lock; -1: another guard has it */
	bool failing;
};

/* Rare and short: one for all duties. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_cond_t changed;

static void
prepare(void)
{
	monotonic_condition(&changed);
}

static void
free_thread(struct watch_thread *thread)
{
	if (thread->held >= 0)
		(void)close(thread->held);
	thread->duty->release(thread->work);
	free(thread->state_directory);
	free(thread->lock);
	free(thread);
}

/* ---- one round ---- */

/* Tell the log when it stops working and when it works again, not between. */
static void
note_change(struct watch_thread *thread, bool good)
{
	if (good != thread->failing)
		return;
	thread->failing = !good;
	log_raise(good ? LOG_NOTICE : LOG_ERROR);
	thread->duty->tell(good);
	log_end();
}

static bool
holds_lock(struct watch_thread *thread)
{
	bool usable;

	if (thread->held < 0)
		thread->held = slot_take(thread->state_directory, thread->lock,
		    1, 0, &usable);
	if (thread->held < 0 && !usable) {
		log_begin();
		log_text("fault", "STATE_DIRECTORY cannot be written");
		note_change(thread, false);
	}
	return thread->held >= 0;
}

static void
do_round(struct watch_thread *thread)
{
	if (!holds_lock(thread))
		return;
	log_begin();
	note_change(thread, thread->duty->round(thread->work));
}

/* ---- the thread ---- */

static void
announce_first(struct watch_thread *thread)
{
	(void)pthread_mutex_lock(&mutex);
	if (thread->watch->current == thread && thread->held >= 0)
		thread->watch->first_known = true;
	(void)pthread_cond_broadcast(&changed);
	(void)pthread_mutex_unlock(&mutex);
}

static bool
stopped(struct watch_thread *thread)
{
	bool stop;

	(void)pthread_mutex_lock(&mutex);
	stop = thread->stop;
	(void)pthread_mutex_unlock(&mutex);
	return stop;
}

static void *
run(void *arg)
{
	struct watch_thread *thread = arg;
	const struct timespec pause = {
	    .tv_sec = thread->duty->pause_ms / 1000,
	    .tv_nsec = (long)(thread->duty->pause_ms % 1000) * 1000000,
	};

	while (!stopped(thread)) {
		do_round(thread);
		announce_first(thread);
		(void)nanosleep(&pause, NULL);
	}
	free_thread(thread);
	return NULL;
}

static struct watch_thread *
thread_for(struct watch *watch, const char *state_directory, const char *lock,
    void *work)
{
	struct watch_thread *thread = memory_must(calloc(1, sizeof(*thread)));

	thread->watch = watch;
	thread->duty = watch->duty;
	thread->state_directory = memory_must_copy(state_directory);
	thread->lock = memory_must_copy(lock);
	thread->work = work;
	thread->held = -1;
	return thread;
}

/* NULL: nobody takes over. */
static void
take_over(struct watch *watch, struct watch_thread *thread)
{
	(void)pthread_mutex_lock(&mutex);
	if (watch->current)
		watch->current->stop = true;
	watch->current = thread;
	watch->first_known = false;
	(void)pthread_mutex_unlock(&mutex);
}

void
watch_start(struct watch *watch, const char *state_directory, const char *lock,
    void *work)
{
	struct watch_thread *thread = thread_for(watch, state_directory, lock,
	    work);

	(void)pthread_once(&once, prepare);
	take_over(watch, thread);
	if (!thread_start(run, thread))
		log_alone(LOG_ERROR, "%s", watch->duty->no_thread);
}

void
watch_stop(struct watch *watch)
{
	take_over(watch, NULL);
}

void
watch_wait_first(struct watch *watch, int wait_ms)
{
	const struct timespec until = monotonic_after(wait_ms);

	(void)pthread_once(&once, prepare);
	(void)pthread_mutex_lock(&mutex);
	while (!watch->first_known &&
	    pthread_cond_timedwait(&changed, &mutex, &until) == 0)
		;
	watch->first_known = true; /* waited for once, whatever came */
	(void)pthread_mutex_unlock(&mutex);
}
