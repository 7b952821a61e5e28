/* SPDX-License-Identifier: MIT */
#include "base/monotonic.h"

int64_t
monotonic_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct timespec
monotonic_after(int ms)
{
	struct timespec ret;

	(void)clock_gettime(CLOCK_MONOTONIC, &ret);
	ret.tv_nsec += (long)(ms % 1000) * 1000000;
	ret.tv_sec += ms / 1000 + ret.tv_nsec / 1000000000;
	ret.tv_nsec %= 1000000000;
	return ret;
}

void
monotonic_condition(pthread_cond_t *ret)
{
	pthread_condattr_t attributes;

	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(ret, &attributes);
	(void)pthread_condattr_destroy(&attributes);
}
