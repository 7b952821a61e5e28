/* SPDX-License-Identifier: MIT */
#include "oauth/group_scope.h"

#include <string.h>

#include "base/text.h"
#include "oauth/scope.h"

static const char *
without_blanks_around(struct arena *arena, const char *text)
{
	size_t len;

	text += strspn(text, " \t");
	for (len = strlen(text); len > 0 && strchr(" \t", text[len - 1]); len--)
		;
	return arena_strndup(arena, text, len);
}

/* What one group adds to list. */
static const char *
add_group(struct arena *arena, const struct settings *settings,
    const char *group, const char *list)
{
	const struct group_scopes *line = settings->remote_group_scopes;
	size_t i;

	for (i = 0; i < settings->n_remote_group_scopes; i++)
		if (text_equal(line[i].group, group))
			list = scope_union(arena, list, line[i].scopes);
	return list;
}

const char *
group_scope_given(struct arena *arena, const struct settings *settings,
    const char *groups)
{
	const char **group = text_split(arena, groups ? groups : "",
	    settings->remote_groups_separator, NULL);
	const char *list = "";

	for (; *group; group++)
		list = add_group(arena, settings,
		    without_blanks_around(arena, *group), list);
	return list;
}
