/* SPDX-License-Identifier: MIT */
/*
 * crash.c - ends or stops the process at a step of a request: for "make
 * CRASH=1" alone.  The file crash beside the program says which step and which
 * signal, such as "before statement KILL"; whoever comes there first takes the
 * file away, so that it happens once.
 */
#define _GNU_SOURCE
#include "base/crash.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"

enum { PATH_BYTES = 512, LINE_BYTES = 128 };

/* NAME beside this program. */
static bool
beside(const char *name, char *ret)
{
	char program[PATH_BYTES];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
	char *slash;

	if (len <= 0)
		return false;
	program[len] = '\0';
	slash = strrchr(program, '/');
	if (!slash)
		return false;
	*slash = '\0';
	return snprintf(ret, PATH_BYTES, "%s/%s", program, name) < PATH_BYTES;
}

/* The signal that is wanted at step; 0 for none. */
static int
wanted(const char *path, const char *step)
{
	AUTO_FILE *file = fopen(path, "re");
	char line[LINE_BYTES] = "";
	size_t len = strlen(step);

	if (!file || !fgets(line, sizeof(line), file) ||
	    strncmp(line, step, len) != 0 || line[len] != ' ')
		return 0;
	return strncmp(line + len + 1, "STOP", 4) == 0 ? SIGSTOP : SIGKILL;
}

void
crash_point(const char *step)
{
	char path[PATH_BYTES], taken[PATH_BYTES];
	int signal;

	if (!beside("crash", path) || !beside("crashed", taken))
		return;
	signal = wanted(path, step);
	if (signal && rename(path, taken) == 0)
		(void)kill(getpid(), signal);
}
