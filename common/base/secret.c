/* SPDX-License-Identifier: MIT */
#include "base/secret.h"

#include <string.h>

#include "base/arena.h"
#include "base/text.h"

/* Does text hold one byte over and over, or a run of few different ones? */
static bool
too_regular(const char *text)
{
	bool seen[256] = {false};
	int different = 0;

	for (; *text; text++) {
		different += !seen[(unsigned char)*text];
		seen[(unsigned char)*text] = true;
	}
	return different < 8;
}

static bool
is_placeholder(const char *secret)
{
	static const char *const words[] = {"your-", "secret", "change",
	    "example", "placeholder", "password", "replace"};
	struct arena *arena = arena_new(4096);
	const char *lower = text_lower(arena, secret);
	bool found = false;
	size_t i;

	/* Random text holds such a word by chance less than once in a million. */
	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		found = found || strstr(lower, words[i]);
	arena_free(arena);
	return found;
}

bool
secret_machine_made(const char *secret)
{
	size_t len = strlen(secret);
	bool hex = text_only(secret, "0123456789abcdefABCDEF");

	if (!text_is_base64url(secret) || len < (hex ? 64 : 43) || len > 512)
		return false;
	return !too_regular(secret) && !is_placeholder(secret);
}
