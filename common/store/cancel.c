/* SPDX-License-Identifier: MIT */
#include "store/cancel.h"

#include <pthread.h>
#include <stdbool.h>

#include "base/monotonic.h"
#include "base/thread.h"

/* Enough for a server that is there to have heard of it; then a plain CGI
 * program may end without taking it back. */
enum { MOMENT_MS = 500 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_cond_t ended;
static bool under_way;

static void
prepare(void)
{
	monotonic_condition(&ended);
}

static void *
run(void *arg)
{
	PGcancel *handle = arg;
	char why[256];

	(void)PQcancel(handle, why, sizeof(why));
	PQfreeCancel(handle);
	(void)pthread_mutex_lock(&mutex);
	under_way = false;
	(void)pthread_cond_broadcast(&ended);
	(void)pthread_mutex_unlock(&mutex);
	return NULL;
}

/* With the mutex held. */
static void
wait_a_moment(void)
{
	const struct timespec until = monotonic_after(MOMENT_MS);

	while (under_way && pthread_cond_timedwait(&ended, &mutex, &until) == 0)
		;
}

void
cancel_statement(PGconn *conn)
{
	PGcancel *handle;

	(void)pthread_once(&once, prepare);
	(void)pthread_mutex_lock(&mutex);
	handle = under_way ? NULL : PQgetCancel(conn);
	if (handle) {
		under_way = thread_start(run, handle);
		if (!under_way)
			PQfreeCancel(handle);
		wait_a_moment();
	}
	(void)pthread_mutex_unlock(&mutex);
}
