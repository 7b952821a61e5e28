/* SPDX-License-Identifier: MIT */
/*
 * floor.h - what the floors share.
 *
 * A floor does the least that its job allows and nothing of ours, so it tells
 * where the web server, the database and the arithmetic alone would be.  It is
 * no example: it checks nothing that a benchmark does not send.
 */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The content of a file beside the program, or the end of it all. */
static inline size_t
floor_file(const char *name, char *ret, size_t size)
{
	char path[PATH_MAX + 64];
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX);
	FILE *file;
	size_t n;

	if (len < 0)
		abort();
	path[len] = '\0';
	(void)snprintf(strrchr(path, '/') + 1, 64, "%s", name);
	file = fopen(path, "re");
	if (!file)
		abort();
	n = fread(ret, 1, size - 1, file);
	ret[n] = '\0';
	(void)fclose(file);
	return n;
}

#endif
