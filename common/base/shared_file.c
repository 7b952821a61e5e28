/* SPDX-License-Identifier: MIT */
#include "base/shared_file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"

/* The file as it is; -1 without one, or with one of another size. */
static int
open_existing(const char *path, size_t size_bytes)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat state;

	if (fd < 0)
		return -1;
	if (fstat(fd, &state) == 0 && S_ISREG(state.st_mode) &&
	    (size_t)state.st_size == size_bytes)
		return fd;
	(void)close(fd);
	(void)unlink(path);
	return -1;
}

static bool
fill(const char *path, size_t size_bytes, const void *content)
{
	AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd >= 0 && posix_fallocate(fd, 0, (off_t)size_bytes) == 0 &&
	    (!content ||
	        pwrite(fd, content, size_bytes, 0) == (ssize_t)size_bytes);
}

/* Under its name stands either nothing or the whole file. */
static bool
make(const char *path, size_t size_bytes, const void *content)
{
	char unfinished[PATH_MAX];
	bool made;

	(void)snprintf(unfinished, sizeof(unfinished), "%s.%ld", path,
	    (long)getpid());
	(void)unlink(unfinished);
	made = fill(unfinished, size_bytes, content) &&
	    link(unfinished, path) == 0;
	(void)unlink(unfinished);
	return made;
}

int
shared_file_open(const char *path, size_t size_bytes, const void *content)
{
	int fd = open_existing(path, size_bytes);

	if (fd >= 0)
		return fd;
	(void)make(path, size_bytes, content); /* unless another is faster */
	return open_existing(path, size_bytes);
}

bool
shared_file_there(int fd)
{
	struct stat state;

	return fstat(fd, &state) == 0 && state.st_nlink > 0;
}
