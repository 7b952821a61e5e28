/* SPDX-License-Identifier: MIT */
/*
 * full_disk.c - a disk on which nothing is left: while the file FULL_DISK_WHEN
 * is there, no file whose path holds FULL_DISK_AT grows.  What is written over
 * what was there before still fits, as on a disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Would the file end behind this offset, and is there no room for that? */
static int
full(int fd, off_t end)
{
	const char *when = getenv("FULL_DISK_WHEN");
	const char *at = getenv("FULL_DISK_AT");
	char link[64], path[4096];
	struct stat st;
	ssize_t n;

	if (!when || !at || access(when, F_OK) != 0)
		return 0;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return 0;
	path[n] = '\0';
	if (!strstr(path, at) || fstat(fd, &st) != 0 || end <= st.st_size)
		return 0;
	errno = ENOSPC;
	return 1;
}

static off_t
length(const struct iovec *parts, int n)
{
	off_t all = 0;
	int i;

	for (i = 0; i < n; i++)
		all += (off_t)parts[i].iov_len;
	return all;
}

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))

ssize_t
pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
	if (full(fd, at + (off_t)n))
		return -1;
	return REAL("pwrite64",
	    ssize_t(*)(int, const void *, size_t, off64_t))(fd, bytes, n, at);
}

ssize_t
pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	return pwrite64(fd, bytes, n, at);
}

ssize_t
pwritev64(int fd, const struct iovec *parts, int n, off64_t at)
{
	if (full(fd, at + length(parts, n)))
		return -1;
	return REAL("pwritev64",
	    ssize_t(*)(int, const struct iovec *, int, off64_t))(fd, parts, n,
	    at);
}

ssize_t
pwritev(int fd, const struct iovec *parts, int n, off_t at)
{
	return pwritev64(fd, parts, n, at);
}

int
posix_fallocate64(int fd, off64_t at, off64_t n)
{
	if (full(fd, at + n))
		return ENOSPC;
	return REAL("posix_fallocate64", int (*)(int, off64_t, off64_t))(fd, at,
	    n);
}

int
posix_fallocate(int fd, off_t at, off_t n)
{
	return posix_fallocate64(fd, at, n);
}
