/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath */
#include "whole_file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"

enum { FILE_MAX_BYTES = 64 << 10 };

const char *
whole_file_path(struct arena *arena, const char *path)
{
	char real[PATH_MAX];

	return realpath(path, real) ? arena_strdup(arena, real) : NULL;
}

const char *
whole_file_read(struct arena *arena, const char *path)
{
	AUTO_FILE *file = fopen(path, "re");
	struct stat state;
	char *text;

	if (!file || fstat(fileno(file), &state) != 0 ||
	    !S_ISREG(state.st_mode) || state.st_size > FILE_MAX_BYTES)
		return NULL;
	text = arena_alloc(arena, (size_t)state.st_size + 1);
	text[fread(text, 1, (size_t)state.st_size, file)] = '\0';
	return ferror(file) ? NULL : text;
}

/* Owner first: the mode must not open it to the group of somebody else. */
static bool
write_like(int fd, const struct stat *like, const char *text)
{
	size_t len = strlen(text);

	return fchown(fd, like->st_uid, like->st_gid) == 0 &&
	    fchmod(fd, like->st_mode & 0777) == 0 &&
	    write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
}

const char *
whole_file_beside(struct arena *arena, const char *path, const char *text)
{
	const char *beside = arena_printf(arena, "%s.new", path);
	struct stat like;
	AUTO_FD fd = -1;

	if (stat(path, &like) != 0)
		return NULL;
	(void)unlink(beside);
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0 && write_like(fd, &like, text))
		return beside;
	if (fd >= 0)
		(void)unlink(beside);
	return NULL;
}

bool
whole_file_replace(const char *beside, const char *path)
{
	return rename(beside, path) == 0;
}
