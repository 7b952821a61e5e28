/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "http/fetch.h"

enum { PATH_MAX_BYTES = 4096 };

/* fetch/fetch beside the folder of the program that runs. */
const char *
fetch_program(struct arena *arena)
{
	char path[PATH_MAX_BYTES];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;
	int i;

	if (len <= 0)
		return MCP_OAUTH_LIBEXECDIR "/fetch/fetch";
	path[len] = '\0';
	for (i = 0; i < 2; i++) {
		slash = strrchr(path, '/');
		if (slash)
			*slash = '\0';
	}
	return arena_printf(arena, "%s/fetch/fetch", path);
}
