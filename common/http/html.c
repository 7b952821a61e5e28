/* SPDX-License-Identifier: MIT */
#include "http/html.h"

static const char *
entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void
html_add(struct buf *buf, const char *text)
{
	for (; *text; text++) {
		if (entity(*text))
			buf_add(buf, entity(*text));
		else
			buf_add_char(buf, *text);
	}
}

const char *
html_escape(struct arena *arena, const char *text)
{
	struct buf buf = buf_in(arena);

	html_add(&buf, text);
	return buf_text(&buf);
}
