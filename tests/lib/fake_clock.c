/* SPDX-License-Identifier: MIT */
/*
 * fake_clock.c - a host whose clock is wrong: stands before the functions that
 * tell the time of day and adds FAKE_CLOCK_AHEAD_S seconds to it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static time_t
ahead(void)
{
	const char *seconds = getenv("FAKE_CLOCK_AHEAD_S");

	return seconds ? (time_t)strtol(seconds, NULL, 10) : 0;
}

int
clock_gettime(clockid_t clock, struct timespec *ret)
{
	int (*real)(clockid_t, struct timespec *) = (int (*)(clockid_t,
	    struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	int status = real(clock, ret);

	if (status == 0 && clock == CLOCK_REALTIME)
		ret->tv_sec += ahead();
	return status;
}

int
gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	ret->tv_sec = now.tv_sec;
	ret->tv_usec = now.tv_nsec / 1000;
	return 0;
}

time_t
time(time_t *ret)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (ret)
		*ret = now.tv_sec;
	return now.tv_sec;
}
