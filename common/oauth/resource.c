/* SPDX-License-Identifier: MIT */
#include "oauth/resource.h"

#include <string.h>

#include "base/text.h"
#include "base/uri.h"

static const char *
normalised(struct arena *arena, const char *resource)
{
	struct uri uri;
	char *text;
	size_t len;

	if (!uri_parse(arena, resource, &uri) || !uri.host || uri.userinfo ||
	    uri.query || uri.fragment)
		return NULL;
	text = arena_printf(arena, "%s%s", uri_origin(arena, &uri), uri.path);
	len = strlen(text);
	if (len > 0 && text[len - 1] == '/')
		text[len - 1] = '\0';
	return text;
}

const struct resource_setting *
resource_default(const struct settings *settings)
{
	return &settings->mcp_resources[0];
}

const struct resource_setting *
resource_find(struct arena *arena, const struct settings *settings,
    const char *resource)
{
	const char *wanted = normalised(arena, resource);
	size_t i;

	if (!wanted)
		return NULL;
	for (i = 0; i < settings->n_mcp_resources; i++)
		if (text_equal(settings->mcp_resources[i].uri, wanted))
			return &settings->mcp_resources[i];
	if (settings->n_mcp_resources == 1 &&
	    text_equal(wanted, settings->oauth_base_url))
		return resource_default(settings);
	return NULL;
}

const char *
resource_plain_path(struct arena *arena, const char *path)
{
	struct uri uri = {.path = path};
	const char *plain = uri_decode(arena, path, strlen(path), false);

	if (!plain || uri_has_dot_segments(&uri) || strstr(plain, "//") ||
	    strchr(plain, '\\'))
		return NULL;
	uri.path = plain; /* what was encoded twice stays encoded once */
	if (uri_has_dot_segments(&uri))
		return NULL;
	return strstr(path, "%2f") || strstr(path, "%2F") ? NULL : plain;
}

/* Is prefix the whole of path, or followed there by a slash? */
static bool
holds_path(const char *prefix, const char *path)
{
	size_t len = strlen(prefix);

	if (text_equal(prefix, "/"))
		return path[0] == '/';
	return text_starts(path, prefix) &&
	    (path[len] == '\0' || path[len] == '/');
}

const struct resource_setting *
resource_of_path(const struct settings *settings, const char *path)
{
	const struct resource_setting *best = NULL, *candidate;
	size_t i;

	for (i = 0; i < settings->n_mcp_resources; i++) {
		candidate = &settings->mcp_resources[i];
		if (holds_path(candidate->path, path) &&
		    (!best || strlen(candidate->path) > strlen(best->path)))
			best = candidate;
	}
	return best;
}

bool
resource_param(struct request *rq, int param,
    const struct resource_setting **ret)
{
	const struct resource_setting *found = NULL, *next;
	const char *value;
	size_t at = 0;

	while ((value = request_next_value(rq, param, &at))) {
		next = resource_find(rq->arena, rq->settings, value);
		if (!next || (found && next != found))
			return false;
		found = next;
	}
	*ret = found;
	return true;
}

const char *
resource_metadata_url(struct arena *arena, const struct settings *settings,
    const struct resource_setting *resource)
{
	return arena_printf(arena, "%s/.well-known/oauth-protected-resource%s",
	    settings->oauth_base_url,
	    text_equal(resource->path, "/") ? "" : resource->path);
}
