/* SPDX-License-Identifier: MIT */
#include "base/slot.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lock.h"

static int
try_all(const char *directory, const char *name, int n, bool *usable)
{
	char path[PATH_MAX];
	int i, fd;

	for (i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s.%d", directory, name,
		    i);
		fd = lock_try(path);
		if (fd >= 0 || errno == EWOULDBLOCK)
			*usable = true;
		if (fd >= 0)
			return fd;
	}
	return -1;
}

int
slot_take(const char *directory, const char *name, int n, int wait_ms,
    bool *usable)
{
	int fd = -1;

	*usable = false;
	(void)mkdir(directory, 0700); /* where it may; the open tells */
	do
		fd = try_all(directory, name, n, usable);
	while (fd < 0 && *usable && lock_wait(&wait_ms));
	return fd;
}

int
slot_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 && n < 1024 ? (int)n : 1;
}
