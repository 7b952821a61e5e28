/* SPDX-License-Identifier: MIT */
#include "file_lock.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lock.h"
#include "command.h"

enum { WAIT_MS = 10000 };

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
	int fd = lock_try(path);

	if (fd < 0 || is_still_at(fd, path))
		return fd;
	(void)close(fd);
	errno = EWOULDBLOCK;
	return -1;
}

bool
file_lock_take(struct arena *arena, const char *path, struct file_lock *ret)
{
	const char *beside = arena_printf(arena, "%s.lock", path);
	int fd, left_ms = WAIT_MS;

	do
		fd = try_lock(beside);
	while (fd < 0 && errno == EWOULDBLOCK && lock_wait(&left_ms));
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
