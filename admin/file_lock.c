/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* flock */
#include "file_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "command.h"

enum { WAIT_MS = 10000, PAUSE_MS = 20 };

/* Whoever released it took it away. */
static bool
is_still_at(int fd, const char *path)
{
	struct stat held, there;

	return fstat(fd, &held) == 0 && stat(path, &there) == 0 &&
	    held.st_dev == there.st_dev && held.st_ino == there.st_ino;
}

/* -1 with errno EWOULDBLOCK: somebody else has it. */
static int
try_lock(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int error = EWOULDBLOCK;

	if (fd < 0)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		error = errno;
	else if (is_still_at(fd, path))
		return fd;
	(void)close(fd);
	errno = error;
	return -1;
}

bool
file_lock_take(struct arena *arena, const char *path, struct file_lock *ret)
{
	const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
	const char *beside = arena_printf(arena, "%s.lock", path);
	int fd = try_lock(beside), waited_ms = 0;

	for (; fd < 0 && errno == EWOULDBLOCK && waited_ms < WAIT_MS;
	     waited_ms += PAUSE_MS) {
		(void)nanosleep(&pause, NULL);
		fd = try_lock(beside);
	}
	if (fd >= 0)
		*ret = (struct file_lock){beside, fd};
	else if (errno == EWOULDBLOCK)
		(void)command_fail("another mcp-oauth is changing %s: try "
		                   "again",
		    path);
	else
		(void)command_fail("could not write %s", beside);
	return fd >= 0;
}

void
file_lock_release(struct file_lock *lock)
{
	(void)unlink(lock->path);
	(void)close(lock->fd);
}
