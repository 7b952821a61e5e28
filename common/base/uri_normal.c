/* SPDX-License-Identifier: MIT */
#include "base/uri_normal.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

/* s6.2.2.1 and s6.2.2.2: unreserved characters stand for themselves, the
 * encodings of others are in upper case. */
static const char *
plain_encodings(struct arena *arena, const char *path)
{
	struct buf plain = buf_in(arena);
	const char *decoded;

	for (; *path; path++) {
		if (*path != '%') {
			buf_add_char(&plain, *path);
			continue;
		}
		decoded = uri_decode(arena, path, 3, false);
		if (decoded)
			uri_encode(&plain, decoded);
		else /* of a byte that is no character by itself */
			buf_addf(&plain, "%%%c%c", toupper(path[1]),
			    toupper(path[2]));
		path += 2;
	}
	return buf_text(&plain);
}

/* Take the last segment off again. */
static void
drop_segment(struct buf *path)
{
	char *slash = path->len > 0 ? strrchr(path->data, '/') : NULL;

	if (!slash)
		return;
	*slash = '\0';
	path->len = (size_t)(slash - path->data);
}

/* s6.2.2.3, of a path that is empty or begins with a slash. */
static const char *
without_dot_segments(struct arena *arena, const char *path)
{
	struct buf kept = buf_in(arena);
	const char *segment;
	size_t len;

	for (; *path; path += len) {
		len = 1 + strcspn(path + 1, "/");
		segment = arena_strndup(arena, path, len);
		if (!text_equal(segment, "/.") && !text_equal(segment, "/..")) {
			buf_add(&kept, segment);
			continue;
		}
		if (text_equal(segment, "/.."))
			drop_segment(&kept);
		if (path[len] == '\0') /* a folder is meant */
			buf_add_char(&kept, '/');
	}
	return kept.len > 0 ? buf_text(&kept) : "/";
}

const char *
uri_normal(struct arena *arena, const struct uri *uri)
{
	return arena_printf(arena, "%s%s", uri_origin(arena, uri),
	    without_dot_segments(arena, plain_encodings(arena, uri->path)));
}
