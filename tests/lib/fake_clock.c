/* SPDX-License-Identifier: MIT */
/*
 * fake_clock.c - a host whose clock is wrong: stands before the functions that
 * tell the time of day and adds FAKE_CLOCK_AHEAD_S seconds to it, or what the
 * file FAKE_CLOCK_FILE holds now.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t
ahead(void)
{
	const char *seconds = getenv("FAKE_CLOCK_AHEAD_S");
	const char *file = getenv("FAKE_CLOCK_FILE");
	char text[32] = "";
	int fd;

	if (file) {
		fd = open(file, O_RDONLY | O_CLOEXEC);
		if (fd >= 0) {
			if (read(fd, text, sizeof(text) - 1) < 0)
				text[0] = '\0';
			(void)close(fd);
		}
		return (time_t)strtol(text, NULL, 10);
	}
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
