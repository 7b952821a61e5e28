/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* flock */
#include "base/slot.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_MS = 20 };

static int
try_slot(const char *directory, const char *name, int number, bool *usable)
{
	char path[PATH_MAX];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s.%d", directory, name, number);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	*usable = true;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static int
try_all(const char *directory, const char *name, int n, bool *usable)
{
	int i, fd;

	for (i = 0; i < n; i++) {
		fd = try_slot(directory, name, i, usable);
		if (fd >= 0)
			return fd;
	}
	return -1;
}

int
slot_take(const char *directory, const char *name, int n, int wait_ms,
    bool *usable)
{
	const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
	int fd;

	*usable = false;
	(void)mkdir(directory, 0700); /* where it may; the open tells */
	for (;;) {
		fd = try_all(directory, name, n, usable);
		if (fd >= 0 || !*usable || wait_ms <= 0)
			return fd;
		(void)nanosleep(&pause, NULL);
		wait_ms -= PAUSE_MS;
	}
}

int
slot_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 && n < 1024 ? (int)n : 1;
}
