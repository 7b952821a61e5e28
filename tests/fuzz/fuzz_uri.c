/* SPDX-License-Identifier: MIT */
/* URIs, and percent-encoding there and back. */
#include <string.h>

#include "base/text.h"
#include "base/uri_normal.h"
#include "fuzz.h"

/* A parsed URI put together again. */
static const char *
whole(struct arena *arena, const struct uri *uri)
{
	struct buf buf = buf_in(arena);

	buf_addf(&buf, "%s:", uri->scheme);
	if (uri->host)
		buf_addf(&buf, "//%s%s%s%s%s",
		    uri->userinfo ? uri->userinfo : "",
		    uri->userinfo ? "@" : "", uri->host, uri->port ? ":" : "",
		    uri->port ? uri->port : "");
	buf_add(&buf, uri->path);
	if (uri->query)
		buf_addf(&buf, "?%s", uri->query);
	if (uri->fragment)
		buf_addf(&buf, "#%s", uri->fragment);
	return buf_text(&buf);
}

static void
try_normal(struct arena *arena, const struct uri *uri)
{
	const char *normal = uri_normal(arena, uri);
	struct uri again;

	fuzz_must(uri_parse(arena, normal, &again));
	fuzz_must(text_equal(uri_normal(arena, &again), normal));
	fuzz_must(
	    text_equal(uri_origin(arena, &again), uri_origin(arena, uri)));
	if (uri_host_is_plain(uri))
		fuzz_must(*uri->host && !strpbrk(uri->host, "%@/\\?#"));
}

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	struct buf encoded = buf_in(arena);
	const char *decoded;
	struct uri uri;

	if (uri_parse(arena, text, &uri)) {
		fuzz_must(text_equal_nocase(whole(arena, &uri), text));
		(void)uri_has_dot_segments(&uri);
		if (uri.host)
			try_normal(arena, &uri);
	}
	decoded = uri_decode(arena, text, len_bytes, true);
	if (!decoded)
		return;
	fuzz_must(text_is_utf8(decoded, strlen(decoded)));
	uri_encode(&encoded, decoded);
	fuzz_must(
	    text_equal(uri_decode(arena, buf_text(&encoded), encoded.len, true),
	        decoded));
}
