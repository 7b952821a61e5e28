/* SPDX-License-Identifier: MIT */
#include "base/scope_token.h"

#include <string.h>

bool
scope_token_allowed(const char *token)
{
	const char *p;

	for (p = token; *p; p++)
		if (*p < 0x21 || *p > 0x7E || *p == '"' || *p == '\\')
			return false;
	return p > token;
}

/* The granted token need not end in NUL: the list is read in place. */
static bool
covers(const char *granted, size_t len, const char *wanted)
{
	if (strlen(wanted) == len && memcmp(granted, wanted, len) == 0)
		return true;
	return len > 2 && memcmp(granted + len - 2, ":*", 2) == 0 &&
	    strncmp(granted, wanted, len - 1) == 0 && wanted[len - 1] != '\0' &&
	    scope_token_allowed(wanted);
}

bool
scope_token_covers(const char *granted, const char *wanted)
{
	return covers(granted, strlen(granted), wanted);
}

bool
scope_list_covers(const char *list, const char *wanted)
{
	size_t len;

	for (list += strspn(list, " "); *list; list += strspn(list, " ")) {
		len = strcspn(list, " ");
		if (covers(list, len, wanted))
			return true;
		list += len;
	}
	return false;
}
