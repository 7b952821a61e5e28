/* SPDX-License-Identifier: MIT */
#include "oauth/scope.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

static void
add_once(struct buf *list, const char *token)
{
	if (text_has_word(buf_text(list), token))
		return;
	if (list->len > 0)
		buf_add_char(list, ' ');
	buf_add(list, token);
}

const char *
scope_without_habits(struct arena *arena, const char *requested)
{
	const char **tokens = text_split(arena, requested, " ", NULL);
	struct buf list = buf_in(arena);

	for (; *tokens; tokens++)
		if (!text_equal(*tokens, "openid") &&
		    !text_equal(*tokens, "offline_access"))
			add_once(&list, *tokens);
	return buf_text(&list);
}

const char *
scope_supported(struct arena *arena, const struct settings *settings)
{
	return scope_without_habits(arena, settings->scopes_supported);
}

const char *
scope_intersect(struct arena *arena, const char *requested, const char *allowed)
{
	const char **tokens = text_split(arena, requested, " ", NULL);
	struct buf list = buf_in(arena);

	for (; *tokens; tokens++)
		if (text_has_word(allowed, *tokens))
			add_once(&list, *tokens);
	return buf_text(&list);
}

bool
scope_covers(struct arena *arena, const char *granted, const char *required)
{
	const char **tokens = text_split(arena, required, " ", NULL);

	for (; *tokens; tokens++)
		if (!text_has_word(granted, *tokens))
			return false;
	return true;
}

const char *
scope_union(struct arena *arena, const char *a, const char *b)
{
	const char **tokens = text_split(arena,
	    arena_printf(arena, "%s %s", a, b), " ", NULL);
	struct buf list = buf_in(arena);

	for (; *tokens; tokens++)
		add_once(&list, *tokens);
	return buf_text(&list);
}
