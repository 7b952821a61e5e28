/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* flock */
#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_MS = 20 };

int
lock_try(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int error;

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	error = errno;
	(void)close(fd);
	errno = error;
	return -1;
}

bool
lock_wait(int *left_ms)
{
	const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};

	if (*left_ms <= 0)
		return false;
	(void)nanosleep(&pause, NULL);
	*left_ms -= PAUSE_MS;
	return true;
}
