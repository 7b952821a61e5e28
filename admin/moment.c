/* SPDX-License-Identifier: MIT */
#include "moment.h"

#include <time.h>

const char *
moment(struct arena *arena, int64_t when_s)
{
	char text[sizeof("-2147483648-12-31T23:59:60Z")];
	time_t when = (time_t)when_s;
	struct tm tm;

	if (!gmtime_r(&when, &tm) ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return arena_printf(arena, "%lld", (long long)when_s);
	return arena_strdup(arena, text);
}
