/* SPDX-License-Identifier: MIT */
/* html.h - text made safe to stand in HTML. */
#ifndef HTTP_HTML_H
#define HTTP_HTML_H

#include "base/buf.h"

/* Add text so that it can end no element and no quoted attribute. */
void html_add(struct buf *buf, const char *text);

/* The same as a string of its own, in the arena. */
const char *html_escape(struct arena *arena, const char *text);

#endif
