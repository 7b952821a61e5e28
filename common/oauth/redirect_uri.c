/* SPDX-License-Identifier: MIT */
#include "oauth/redirect_uri.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/uri.h"

/* Schemes that run code, read files or embed content: refused whatever the
 * settings say. */
static const char
    never_schemes[] = "javascript data vbscript file blob about filesystem "
                      "view-source http https ftp mailto ws wss";

/* The schemes that REDIRECT_URI_PRESET=guide adds to REDIRECT_URI_SCHEMES. */
static const char
    guide_schemes[] = "vscode vscode-insiders cursor jetbrains intellij "
                      "pycharm webstorm zed atom sublime mcp";

static bool
scheme_allowed(const struct settings *settings, const char *scheme)
{
	if (text_has_word(never_schemes, scheme))
		return false;
	return text_has_word(settings->redirect_uri_schemes, scheme) ||
	    (settings->redirect_uri_preset_guide &&
	        text_has_word(guide_schemes, scheme));
}

/* A private-use URI must lead somewhere: an authority or a path. */
static bool
leads_somewhere(const struct uri *uri)
{
	return (uri->host && *uri->host) || *uri->path;
}

bool
redirect_uri_registrable(struct arena *arena, const struct settings *settings,
    const char *redirect_uri)
{
	struct uri uri;

	if (strlen(redirect_uri) > REDIRECT_URI_MAX_BYTES ||
	    !uri_parse(arena, redirect_uri, &uri))
		return false;
	if (uri.fragment || uri.userinfo || uri_has_dot_segments(&uri) ||
	    strchr(redirect_uri, '*') || !text_starts(redirect_uri, uri.scheme))
		return false;
	if (text_equal(uri.scheme, "https"))
		return true;
	if (text_equal(uri.scheme, "http"))
		return uri_is_loopback(&uri);
	return scheme_allowed(settings, uri.scheme) && leads_somewhere(&uri);
}

static bool
parse_loopback(struct arena *arena, const char *text, struct uri *ret)
{
	return uri_parse(arena, text, ret) && text_equal(ret->scheme, "http") &&
	    !ret->userinfo && !ret->fragment && uri_is_loopback(ret);
}

static const char *
or_slash(const char *path)
{
	return *path ? path : "/";
}

static bool
same_text(const char *a, const char *b)
{
	return a && b ? text_equal(a, b) : a == b;
}

bool
redirect_uri_matches(struct arena *arena, const char *registered,
    const char *requested)
{
	struct uri a, b;

	if (text_equal(registered, requested))
		return true;
	if (!parse_loopback(arena, registered, &a) ||
	    !parse_loopback(arena, requested, &b))
		return false;
	return text_equal(a.host, b.host) &&
	    text_equal(or_slash(a.path), or_slash(b.path)) &&
	    same_text(a.query, b.query) && !(b.port && !*b.port);
}

bool
redirect_uri_matches_any(struct arena *arena, const char *registered,
    const char *requested)
{
	const char **uris = text_split(arena, registered, "\n", NULL);

	for (; *uris; uris++)
		if (redirect_uri_matches(arena, *uris, requested))
			return true;
	return false;
}

bool
redirect_uri_is_loopback(struct arena *arena, const char *redirect_uri)
{
	struct uri uri;

	return parse_loopback(arena, redirect_uri, &uri);
}

bool
redirect_uri_is_https(const char *redirect_uri)
{
	return text_starts(redirect_uri, "https://");
}

static const char *
receiver_kind(struct arena *arena, const char *redirect_uri)
{
	struct uri uri;

	if (!uri_parse(arena, redirect_uri, &uri))
		return "?";
	if (text_equal(uri.scheme, "http"))
		return "loopback";
	return text_equal(uri.scheme, "https")
	    ? uri.host
	    : arena_printf(arena, "%s:", uri.scheme);
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *
redirect_uri_receivers(struct arena *arena, const char *redirect_uris)
{
	struct buf list = buf_in(arena);
	const char **uris;
	size_t n, i;

	uris = text_split(arena, redirect_uris, "\n", &n);
	for (i = 0; i < n; i++)
		uris[i] = receiver_kind(arena, uris[i]);
	qsort(uris, n, sizeof(*uris), compare_texts);
	for (i = 0; i < n; i++)
		if (i == 0 || !text_equal(uris[i], uris[i - 1]))
			buf_addf(&list, "%s%s", i ? " " : "", uris[i]);
	return buf_text(&list);
}

static void
add_loopback(struct buf *list)
{
	static const int ports[] = {3000, 3001, 5000, 5173, 8080, 8000, 4000,
	    6274};
	static const char *const paths[] = {"/oauth/callback", "/callback",
	    "/auth/callback"};
	size_t i, j;

	for (i = 0; i < sizeof(ports) / sizeof(*ports); i++) {
		for (j = 0; j < sizeof(paths) / sizeof(*paths); j++) {
			buf_addf(list, "http://localhost:%d%s\n", ports[i],
			    paths[j]);
			buf_addf(list, "http://127.0.0.1:%d%s\n", ports[i],
			    paths[j]);
		}
	}
}

const char *
redirect_uri_preset(struct arena *arena, const struct settings *settings)
{
	static const char *const editors[] = {"vscode://oauth/callback",
	    "vscode://auth/callback", "vscode-insiders://oauth/callback",
	    "cursor://oauth/callback", "cursor://auth/callback",
	    "cursor://mcp/oauth/callback", "jetbrains://oauth/callback",
	    "intellij://oauth/callback", "pycharm://oauth/callback",
	    "webstorm://oauth/callback", "zed://oauth/callback",
	    "atom://oauth/callback", "sublime://oauth/callback",
	    "mcp://oauth/callback", "mcp://auth/callback"};
	struct buf list = buf_in(arena);
	size_t i;

	add_loopback(&list);
	for (i = 0; i < sizeof(editors) / sizeof(*editors); i++)
		if (redirect_uri_registrable(arena, settings, editors[i]))
			buf_addf(&list, "%s\n", editors[i]);
	return buf_text(&list);
}
