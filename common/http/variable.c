/* SPDX-License-Identifier: MIT */
#include "http/variable.h"

#include <stddef.h>

/* What stands behind NAME= in a variable; NULL if it is another. */
static const char *
value_if_named(const char *variable, const char *name)
{
	while (*name != '\0' && *variable == *name) {
		variable++;
		name++;
	}
	return *name == '\0' && *variable == '=' ? variable + 1 : NULL;
}

const char *
variable_find(char *const *variables, const char *name)
{
	const char *value = NULL;

	for (; *variables && !value; variables++)
		value = value_if_named(*variables, name);
	return value;
}
