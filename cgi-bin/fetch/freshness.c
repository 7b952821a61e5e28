/* SPDX-License-Identifier: MIT */
#include "freshness.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

enum { YEAR_S = 31536000 };

const char *
header_value(struct arena *arena, const char *headers, const char *name)
{
	const char **lines = text_split(arena, headers, "\r\n", NULL);
	size_t len = strlen(name);
	const char *value = NULL;

	for (; *lines; lines++)
		if (strncasecmp(*lines, name, len) == 0 && (*lines)[len] == ':')
			value = *lines + len + 1 +
			    strspn(*lines + len + 1, " \t");
	return value;
}

/* The number of a directive such as max-age=60, quoted or not. */
static int64_t
directive_s(struct arena *arena, const char *directive, const char *name)
{
	size_t len = strlen(name);
	const char *value = directive + len + 1;
	int64_t seconds = -1;

	if (strncasecmp(directive, name, len) != 0 || directive[len] != '=')
		return -1;
	if (*value == '"')
		value = arena_strndup(arena, value + 1,
		    strcspn(value + 1, "\""));
	return text_to_int64(value, YEAR_S, &seconds) ? seconds : -1;
}

static int64_t
lifetime_s(struct arena *arena, const char *cache_control)
{
	const char **words = text_split(arena, cache_control, ", \t", NULL);
	int64_t max_age = -1, shared = -1, seconds;

	for (; *words; words++) {
		if (text_equal_nocase(*words, "no-store") ||
		    text_equal_nocase(*words, "no-cache"))
			return 0;
		seconds = directive_s(arena, *words, "max-age");
		max_age = seconds >= 0 ? seconds : max_age;
		seconds = directive_s(arena, *words, "s-maxage");
		shared = seconds >= 0 ? seconds : shared;
	}
	return shared >= 0 ? shared : max_age;
}

int64_t
freshness_s(struct arena *arena, const char *headers)
{
	const char *cache_control = header_value(arena, headers,
	    "cache-control");
	const char *age = header_value(arena, headers, "age");
	int64_t lifetime, age_s = 0;

	if (!cache_control)
		return -1;
	lifetime = lifetime_s(arena, cache_control);
	if (lifetime <= 0 || !age || !text_to_int64(age, YEAR_S, &age_s))
		return lifetime;
	return lifetime > age_s ? lifetime - age_s : 0;
}
