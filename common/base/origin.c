/* SPDX-License-Identifier: MIT */
#include "base/origin.h"

#include <stdbool.h>
#include <stddef.h>

static _Thread_local struct {
	struct origin origin;
	bool known;
} current;

void
origin_set(const struct origin *origin)
{
	current.known = origin != NULL;
	if (origin)
		current.origin = *origin;
}

const struct origin *
origin_get(void)
{
	return current.known ? &current.origin : NULL;
}
