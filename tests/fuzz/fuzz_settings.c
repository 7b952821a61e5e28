/* SPDX-License-Identifier: MIT */
/* The configuration files; one that is good prints what is as good. */
#include <string.h>

#include "fuzz.h"

/* The file itself may say a secret a second time, where it is none: as a name
 * that is shown. */
static bool
stands_once(const char *text, const char *secret)
{
	const char *first = strstr(text, secret);

	return first && !strstr(first + 1, secret);
}

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	const struct settings *settings = fuzz_load(arena, SETTINGS_SERVER,
	    text, len_bytes);
	struct buf printed = buf_in(arena);

	if (settings) {
		fuzz_must(settings->n_mcp_resources > 0);
		settings_print(settings, &printed);
		fuzz_must(!settings->jwt_secret ||
		    !stands_once(text, settings->jwt_secret) ||
		    !strstr(buf_text(&printed), settings->jwt_secret));
	}
	(void)fuzz_load(arena, SETTINGS_GUARD, text, len_bytes);
}
