/* SPDX-License-Identifier: MIT */
#include "origin.h"

#include "base/text.h"
#include "base/uri.h"

bool
origin_allowed(struct arena *arena, const struct settings *settings,
    const char *origin)
{
	struct uri uri;

	if (!origin)
		return true;
	if (settings->mcp_allowed_origins)
		return text_has_word(settings->mcp_allowed_origins, origin);
	if (!uri_parse(arena, origin, &uri) || *uri.path)
		return false;
	return text_equal(uri_origin(arena, &uri), settings->oauth_base_url) ||
	    (text_equal(uri.scheme, "http") && uri_is_loopback(&uri));
}
