/* SPDX-License-Identifier: MIT */
#include "base/settings_reader.h"

bool
settings_fail(struct settings_reader *r, const char *key, const char *why)
{
	*r->error = arena_printf(r->arena, "%s: %s %s", r->file, key, why);
	return false;
}
