/* SPDX-License-Identifier: MIT */
/* buf.h - text that grows at its end, in an arena. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

#include "base/arena.h"

struct buf {
	struct arena *arena;
	char *data; /* always terminated, never NULL after the first add */
	size_t len, size;
};

struct buf buf_in(struct arena *arena);
void buf_add(struct buf *buf, const char *text);
void buf_add_n(struct buf *buf, const char *data, size_t len_bytes);
void buf_add_char(struct buf *buf, char c);
void buf_addf(struct buf *buf, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));

/* The text so far; "" when nothing was added.  Lives in the arena. */
const char *buf_text(const struct buf *buf);

#endif
