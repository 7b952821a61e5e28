/* SPDX-License-Identifier: MIT */
/* Redirect URIs, two on two lines: which may be registered, which match. */
#include <string.h>

#include "base/text.h"
#include "base/uri.h"
#include "fuzz.h"
#include "oauth/redirect_uri.h"
#include "oauth/resource.h"

/* What match goes to the same place; on loopback whatever the port. */
static void
try_match(struct arena *arena, const char *registered, const char *requested)
{
	struct uri a = {.path = ""}, b = a;

	if (text_equal(registered, requested))
		return;
	fuzz_must(redirect_uri_is_loopback(arena, registered) &&
	    redirect_uri_is_loopback(arena, requested));
	fuzz_must(uri_parse(arena, registered, &a) &&
	    uri_parse(arena, requested, &b));
	fuzz_must(text_equal(a.host, b.host) && !b.userinfo && !b.fragment);
	fuzz_must(text_equal(*a.path ? a.path : "/", *b.path ? b.path : "/"));
	fuzz_must(text_equal(a.query ? a.query : "", b.query ? b.query : ""));
}

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	const struct settings *settings = fuzz_settings();
	const char *rest = text;
	const char *registered = fuzz_line(arena, &rest);
	const char *requested = fuzz_line(arena, &rest);

	(void)len_bytes;
	(void)resource_find(arena, settings, registered);
	(void)resource_plain_path(arena, registered);
	if (!redirect_uri_registrable(arena, settings, registered))
		return;
	fuzz_must(strlen(registered) <= REDIRECT_URI_MAX_BYTES);
	fuzz_must(redirect_uri_matches(arena, registered, registered));
	fuzz_must(!strpbrk(registered, " \\#<>\"\r\n*"));
	fuzz_must(*redirect_uri_receivers(arena, registered));
	if (redirect_uri_matches(arena, registered, requested))
		try_match(arena, registered, requested);
}
