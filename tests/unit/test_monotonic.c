/* SPDX-License-Identifier: MIT */
/* Waits by a clock that nobody sets. */
#include <errno.h>

#include "base/monotonic.h"
#include "tap.h"

enum { SHORT_MS = 30, LONG_MS = 1999 };

static void
test_after(void)
{
	const struct timespec before = monotonic_after(0);
	const struct timespec after = monotonic_after(LONG_MS);
	int64_t ms = (int64_t)(after.tv_sec - before.tv_sec) * 1000 +
	    (after.tv_nsec - before.tv_nsec) / 1000000;

	ok(ms >= LONG_MS);
	ok(after.tv_nsec >= 0 && after.tv_nsec < 1000000000);
}

static void
test_condition(void)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t condition;
	const int64_t began_ms = monotonic_ms();
	const struct timespec until = monotonic_after(SHORT_MS);
	int result;

	monotonic_condition(&condition);
	(void)pthread_mutex_lock(&mutex);
	do
		result = pthread_cond_timedwait(&condition, &mutex, &until);
	while (result == 0);
	(void)pthread_mutex_unlock(&mutex);
	ok(result == ETIMEDOUT);
	ok(monotonic_ms() - began_ms >= SHORT_MS);
}

int
main(void)
{
	test_after();
	test_condition();
	return tap_done();
}
