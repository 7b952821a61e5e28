/* SPDX-License-Identifier: MIT */
#include "oauth/scope.h"

#include "base/buf.h"
#include "base/scope_token.h"
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
scope_without(struct arena *arena, const char *list, const char *unwanted)
{
	const char **tokens = text_split(arena, list, " ", NULL);
	struct buf rest = buf_in(arena);

	for (; *tokens; tokens++)
		if (!text_has_word(unwanted, *tokens))
			add_once(&rest, *tokens);
	return buf_text(&rest);
}

const char *
scope_without_habits(struct arena *arena, const char *requested)
{
	return scope_without(arena, requested, "openid offline_access");
}

const char *
scope_without_identity(struct arena *arena, const char *list)
{
	return scope_without(arena, list,
	    "openid profile email offline_access");
}

const char *
scope_served(struct arena *arena, const struct settings *settings,
    const char *list)
{
	return scope_without(arena, list,
	    settings->openid ? "offline_access" : "openid offline_access");
}

const char *
scope_supported(struct arena *arena, const struct settings *settings)
{
	return scope_served(arena, settings, settings->scopes_supported);
}

const char *
scope_of_resource(struct arena *arena, const struct settings *settings,
    const struct resource_setting *resource)
{
	const char *own = resource->scopes ? resource->scopes : "";

	return scope_served(arena, settings,
	    scope_union(arena, settings->scopes_supported, own));
}

const char *
scope_base(struct arena *arena, const struct settings *settings,
    const struct resource_setting *resource)
{
	return scope_without_habits(arena,
	    resource->base_scopes ? resource->base_scopes
	                          : settings->scopes_supported);
}

const char *
scope_anywhere(struct arena *arena, const struct settings *settings)
{
	const char *list = scope_supported(arena, settings);
	size_t i;

	for (i = 0; i < settings->n_mcp_resources; i++)
		list = scope_union(arena, list,
		    scope_of_resource(arena, settings,
		        &settings->mcp_resources[i]));
	return list;
}

const char *
scope_intersect(struct arena *arena, const char *requested, const char *allowed)
{
	const char **tokens = text_split(arena, requested, " ", NULL);
	struct buf list = buf_in(arena);

	for (; *tokens; tokens++)
		if (scope_list_covers(allowed, *tokens))
			add_once(&list, *tokens);
	return buf_text(&list);
}

const char *
scope_common(struct arena *arena, const char *a, const char *b)
{
	return scope_union(arena, scope_intersect(arena, a, b),
	    scope_intersect(arena, b, a));
}

bool
scope_covers(struct arena *arena, const char *granted, const char *required)
{
	const char **tokens = text_split(arena, required, " ", NULL);

	for (; *tokens; tokens++)
		if (!scope_list_covers(granted, *tokens))
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
